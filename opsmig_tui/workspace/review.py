"""Reviewing one revision: which file, the facts the rules may know, and the review itself."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.changes.companions import static_companions
from opsmig_tui.history.model import History, Revision
from opsmig_tui.history.targets import resolve
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Project
from opsmig_tui.review.engine import review_source
from opsmig_tui.review.known import known_enums, known_tables, pending_enum_values
from opsmig_tui.review.model import ChainFacts, Facts, Review
from opsmig_tui.worker.protocol import FactsResult, GatherFacts
from opsmig_tui.workspace.guards import why_not_asked
from opsmig_tui.workspace.live_facts import Known, with_live_facts, with_position
from opsmig_tui.workspace.rehearsed import residues
from opsmig_tui.workspace.rendering import render, second_opinion
from opsmig_tui.workspace.severities import left_alone, severities
from opsmig_tui.workspace.shared import Shared, history_of, read_shared
from opsmig_tui.workspace.standing import edited_since, new_before
from opsmig_tui.workspace.status import describe

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace


async def review(
    workspace: Workspace,
    target: str | Path | None = None,
    *,
    facts: bool = True,
    shared: Shared | None = None,
) -> Review:
    """Reviews a revision id (or a unique prefix), a file, or by default the uncommitted revision
    file, else the head. With `facts` False only what reading files tells: at once. `shared` is what
    several reviews need and was read before.

    Raises OpsmigError when the target cannot be found or is no migration.
    """
    path = await find_target(workspace, target)
    shared = shared or await read_shared(workspace)
    known = await gather(workspace, path, shared, facts=facts)
    if facts:
        (found,) = await with_live_facts(workspace, [known])
        known = replace(known, facts=found)
    return await judge(workspace, known, shared)


async def gather(workspace: Workspace, path: Path, shared: Shared, *, facts: bool) -> Known:
    """All that a review goes by except live data. Raises OpsmigError when the file cannot be
    read."""
    source = await asyncio.to_thread(read, path)
    known = await static_facts(workspace, path, shared)
    known = replace(known, residue=residues(workspace.state, path, source))
    known = await with_position(workspace, path, known)
    if facts:
        known = with_worker_facts(known, shared.answer or await ask_worker(workspace))
        known = await with_rendering(workspace, path, source, known)
    return Known(path, source, known)


async def judge(workspace: Workspace, known: Known, shared: Shared) -> Review:
    """Raises OpsmigError when the file is no migration."""
    path, source, facts = known.path, known.source, known.facts
    base = await _diff_base(workspace, path, source, shared)
    facts = replace(facts, edited_after_apply=edited_since(facts.applied, base, source))
    return await asyncio.to_thread(review_source, path, source, facts, diff_base=base)


async def with_rendering(workspace: Workspace, path: Path, source: bytes, known: Facts) -> Facts:
    """Adds the migration as SQL, or why it could not be had, and what squawk says of it."""
    rendered, why = await render(workspace, path, source)
    known = replace(known, rendered=rendered, no_render_reason=why)
    return replace(known, opinions=await second_opinion(workspace, known))


def read(path: Path) -> bytes:
    """The file's bytes. Raises OpsmigError saying which file and why."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise OpsmigError(f"Cannot read {path}: {error.strerror}.") from error


async def find_target(workspace: Workspace, target: str | Path | None) -> Path:
    """The file to review; see `review`. A relative path goes by the working directory.

    Raises OpsmigError.
    """
    history = history_of(workspace)
    if target is None:
        return await _default(workspace, history)
    if isinstance(target, str):
        found = _named(history, target)
        if found is not None:
            return found
        target = Path(target)
    if not target.exists():
        raise OpsmigError(f"There is no file {target}.", hint="Name a revision or a file.")
    if target.is_dir():
        raise OpsmigError(
            f"{target} is a folder.", hint="Name a revision or a file, or take --all."
        )
    return target.resolve()


def _named(history: History, text: str) -> Path | None:
    """The file of the revision that `text` names, None when it is the path of a file."""
    if text in history.by_id:
        return history.by_id[text].path
    given = Path(text)
    if given.suffix == ".py" or len(given.parts) > 1:
        return None
    try:
        return resolve(history, text).path
    except OpsmigError:
        if given.exists():
            return None
        raise


async def _default(workspace: Workspace, history: History) -> Path:
    """The uncommitted revision file nearest to head, else the head. Never by modification time.

    An uncommitted file that cannot be read as a revision comes before the head: it is what is being
    worked on, and the review says what is wrong with it.
    """
    if workspace.state.git.value is None:
        await workspace.refresh("git")
    view = workspace.state.git.value
    marks = view.marks if view is not None else {}
    unreadable = [one.path for one in history.problems if one.path and one.kind == "unreadable"]
    for path in (*(one.path for one in history.revisions), *unreadable):
        if marks.get(path) in ("untracked", "staged", "unstaged"):
            return path
    if not history.revisions:
        where = ", ".join(str(p) for p in workspace.project.config.version_locations)
        raise OpsmigError(f"There is no revision to review in {where}.")
    if len(history.heads) > 1:
        heads = ", ".join(history.heads)
        raise OpsmigError(
            f"There are {len(history.heads)} heads ({heads}): say which one to review."
        )
    return history.by_id[history.heads[0]].path if history.heads else history.revisions[0].path


async def static_facts(workspace: Workspace, path: Path, shared: Shared | None = None) -> Facts:
    """What files and git tell: no code of the project runs, no database is asked."""
    shared = shared or await read_shared(workspace)
    return await asyncio.to_thread(_static_facts, workspace.project, path, shared)


def _static_facts(project: Project, path: Path, shared: Shared) -> Facts:
    chain = shared.chain
    own = next((r for r in chain.history.revisions if r.path == path), None)
    before, others = _texts_around(shared, own)
    settings = project.settings
    companions = static_companions([*shared.models, *before], settings.companion_suffixes)
    return Facts(
        chain=chain,
        companions=companions or None,
        known_enums=known_enums(before),
        known_tables=known_tables(before),
        enum_values_pending=pending_enum_values(others),
        is_last_pending=own is None or _answers_for_models(own, chain),
        companion_suffixes=settings.companion_suffixes,
        ignore=frozenset(settings.ignore),
        severities=severities(project, path),
        left_alone=left_alone(project, chain.history, own),
        postgresql=settings.postgresql_version,
        large_rows=settings.large_rows,
        file_template=project.config.file_template,
        pending_before=new_before(chain, own),
        transaction_per_migration=shared.commits_each,
        bounds_waiting=shared.bounds_waiting,
        no_render_reason="the project's code was not asked",
        no_models_reason="no worker: the project's code was not asked",
        no_database_reason="no database: it was not asked",
        no_live_reason="no database: it was not asked",
    )


def _answers_for_models(own: Revision, chain: ChainFacts) -> bool:
    """Whether the models may be held against this revision: the newest one of this branch.

    One that the base branch has already was written for the models as they were there.
    """
    new = chain.new_revisions
    return own.revision in chain.history.heads and (new is None or own.revision in new)


def _texts_around(shared: Shared, own: Revision | None) -> tuple[list[str], list[str]]:
    """The texts of the revisions below this one, and of every other one."""
    history, texts = shared.chain.history, shared.texts
    below = history.ancestors(own.down_revisions) if own is not None else frozenset(history.by_id)
    mine = own.revision if own is not None else None
    before = [text for name, text in texts.items() if name in below and name != mine]
    return before, [text for name, text in texts.items() if name != mine]


async def ask_worker(workspace: Workspace) -> FactsResult | str:
    """Models and catalog where the project is trusted; else why not, in a few words."""
    if why := why_not_asked(workspace):
        return why
    try:
        reader = await workspace.workers.reader(fresh=True)
        answer = await reader.request(GatherFacts())
    except Exception as error:
        return describe(error)[0]
    assert isinstance(answer, FactsResult)
    return answer


def with_worker_facts(known: Facts, answer: FactsResult | str) -> Facts:
    """Adds what the worker answered, or why it could not."""
    if isinstance(answer, str):
        return replace(
            known,
            no_models_reason=f"no worker: {answer}",
            no_database_reason=f"no database: {answer}",
        )
    companions = answer.models.companions if answer.models is not None else None
    return replace(
        known,
        models=answer.models,
        database=answer.database,
        companions=companions if companions is not None else known.companions,
        transaction_per_migration=answer.transaction_per_migration
        or known.transaction_per_migration,
        alembic=tuple(int(n) for n in re.findall(r"\d+", answer.alembic)[:3]) or None,
        no_models_reason=f"no models: {answer.models_problem}",
        no_database_reason=f"no database: {answer.database_problem}",
    )


async def _diff_base(workspace: Workspace, path: Path, source: bytes, shared: Shared) -> str:
    """The last committed text: "" for a file that git does not have, or without git the file
    itself, so that it is shown as it is."""
    repository = workspace.project.repository
    if repository is None:
        return source.decode("utf-8", errors="replace")
    from opsmig_tui.services import git

    if shared.committed is not None:
        return shared.committed.get(path, "")
    return await git.committed_text(repository, path) or ""
