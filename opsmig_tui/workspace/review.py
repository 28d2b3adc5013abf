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
from opsmig_tui.review.known import known_enums, pending_enum_values
from opsmig_tui.review.model import ChainFacts, Facts, Review
from opsmig_tui.worker.protocol import FactsResult, GatherFacts
from opsmig_tui.workspace.live_facts import with_live_facts, with_position
from opsmig_tui.workspace.rendering import render, second_opinion
from opsmig_tui.workspace.standing import commits_each, edited_since, new_before
from opsmig_tui.workspace.status import describe

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace

CREATED_TABLE = re.compile(r"""create_table\(\s*["'](\w+)["']""")


async def review(
    workspace: Workspace, target: str | Path | None = None, *, facts: bool = True
) -> Review:
    """Reviews a revision id (or a unique prefix), a file, or by default the uncommitted revision
    file, else the head. With `facts` False only what reading files tells: at once.

    Raises OpsmigError when the target cannot be found or is no migration.
    """
    path = await find_target(workspace, target)
    source = await asyncio.to_thread(read, path)
    known = await static_facts(workspace, path)
    known = await with_position(workspace, path, known)
    if facts:
        known = await with_worker_facts(workspace, known)
        known = await with_rendering(workspace, path, source, known)
        known = await with_live_facts(workspace, path, source, known)
    base = await _diff_base(workspace, path, source)
    known = replace(known, edited_after_apply=edited_since(known.applied, base, source))
    return await asyncio.to_thread(review_source, path, source, known, diff_base=base)


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
    history = _history(workspace)
    if target is None:
        return await _default(workspace, history)
    if isinstance(target, str):
        found = _named(history, target)
        if found is not None:
            return found
        target = Path(target)
    if not target.exists():
        raise OpsmigError(f"There is no file {target}.", hint="Name a revision or a file.")
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
        if given.is_file():
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


def _history(workspace: Workspace) -> History:
    if workspace.state.history.value is None:
        workspace.read_history()
    view = workspace.state.history.value
    if view is None:
        raise OpsmigError(f"The revisions cannot be read: {workspace.state.history.problem}.")
    return view.history


async def static_facts(workspace: Workspace, path: Path) -> Facts:
    """What files and git tell: no code of the project runs, no database is asked."""
    history = _history(workspace)
    own = next((r for r in history.revisions if r.path == path), None)
    chain = await _chain(workspace, history)
    before, after = await asyncio.to_thread(_texts_around, history, own)
    settings = workspace.project.settings
    models = await asyncio.to_thread(_model_texts, workspace.project)
    companions = static_companions([*models, *before], settings.companion_suffixes)
    return Facts(
        chain=chain,
        companions=companions or None,
        known_enums=known_enums(before),
        known_tables=frozenset(name for text in before for name in CREATED_TABLE.findall(text)),
        enum_values_pending=pending_enum_values(after),
        is_last_pending=own is None or _answers_for_models(own, chain),
        companion_suffixes=settings.companion_suffixes,
        ignore=frozenset(settings.ignore),
        large_rows=settings.large_rows,
        file_template=workspace.project.config.file_template,
        pending_before=await asyncio.to_thread(new_before, chain, own),
        transaction_per_migration=commits_each(workspace.project.config.script_location),
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


def _texts_around(history: History, own: Revision | None) -> tuple[list[str], list[str]]:
    """The texts of the revisions below this one, and of every other one."""
    below = history.ancestors(own.down_revisions) if own is not None else frozenset(history.by_id)
    texts = {
        r.revision: r.path.read_text("utf-8", errors="replace")
        for r in history.revisions
        if r is not own and r.path.exists()
    }
    return [texts[name] for name in texts if name in below], list(texts.values())


def _model_texts(project: Project) -> list[str]:
    from opsmig_tui.services.model_files import model_roots, model_sources

    paths = model_sources(model_roots(project))
    return [path.read_text("utf-8", errors="replace") for path in paths]


async def _chain(workspace: Workspace, history: History) -> ChainFacts:
    """Heads of the base branch and what is new on this one, from the file names git lists."""
    project = workspace.project
    if project.repository is None:
        return ChainFacts(history)
    from opsmig_tui.history.reader import read_revision
    from opsmig_tui.services import git

    if workspace.state.git.value is None:
        await workspace.refresh("git")
    view = workspace.state.git.value
    if view is None or view.branch is None or view.branch.base is None:
        return ChainFacts(history)
    files = await git.base_files(project.repository, view.branch, project.config.version_locations)
    texts = {Path(name): data.decode(errors="replace") for name, data in files.items()}
    read = [read_revision(path, text) for path, text in texts.items() if path.suffix == ".py"]
    base = [r for r in read if isinstance(r, Revision) and r.revision]
    ids = frozenset(r.revision for r in base)
    parents = {parent for r in base for parent in r.down_revisions}
    return ChainFacts(history, frozenset(history.by_id) - ids, ids - parents)


async def with_worker_facts(workspace: Workspace, known: Facts) -> Facts:
    """Adds models and catalog where the project is trusted; else says why not."""
    if not workspace.state.trusted:
        reason = "this project is not trusted yet"
        return replace(
            known,
            no_models_reason=f"no worker: {reason}",
            no_database_reason=f"no database: {reason}",
        )
    try:
        reader = await workspace.workers.reader(fresh=True)
        answer = await reader.request(GatherFacts())
    except Exception as error:
        problem, _ = describe(error)
        return replace(
            known,
            no_models_reason=f"no worker: {problem}",
            no_database_reason=f"no database: {problem}",
        )
    assert isinstance(answer, FactsResult)
    companions = answer.models.companions if answer.models is not None else None
    return replace(
        known,
        models=answer.models,
        database=answer.database,
        companions=companions if companions is not None else known.companions,
        transaction_per_migration=answer.transaction_per_migration
        or known.transaction_per_migration,
        no_models_reason=f"no models: {answer.models_problem}",
        no_database_reason=f"no database: {answer.database_problem}",
    )


async def _diff_base(workspace: Workspace, path: Path, source: bytes) -> str:
    """The last committed text: "" for a file that git does not have, or without git the file
    itself, so that it is shown as it is."""
    repository = workspace.project.repository
    text = source.decode("utf-8", errors="replace")
    if repository is None:
        return text
    from opsmig_tui.services import git

    committed = await git.committed_text(repository, path)
    return committed if committed is not None else ""
