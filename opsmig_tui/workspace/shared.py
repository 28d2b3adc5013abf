"""What the reviews of one project have in common: read once, however many files are reviewed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.history.model import History, Revision
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Project
from opsmig_tui.review.model import ChainFacts
from opsmig_tui.workspace.standing import bounds_waiting, commits_each

if TYPE_CHECKING:
    from opsmig_tui.worker.protocol import FactsResult
    from opsmig_tui.workspace.workspace import Workspace


@dataclass(frozen=True)
class Shared:
    """`texts` are the revision files by id, `models` the model files. `committed` are HEAD's texts
    of the files to review, and `answer` is the worker's, or why there is none; None where each
    review asks by itself."""

    chain: ChainFacts
    texts: Mapping[str, str]
    models: tuple[str, ...]
    commits_each: bool
    bounds_waiting: bool
    committed: Mapping[Path, str] | None = None
    answer: FactsResult | str | None = None


def history_of(workspace: Workspace) -> History:
    """Raises OpsmigError when the revisions cannot be read."""
    if workspace.state.history.value is None:
        workspace.read_history()
    view = workspace.state.history.value
    if view is None:
        raise OpsmigError(f"The revisions cannot be read: {workspace.state.history.problem}.")
    return view.history


async def read_shared(workspace: Workspace) -> Shared:
    """Raises OpsmigError when the revisions cannot be read or git fails."""
    history = history_of(workspace)
    chain = await _chain(workspace, history)
    return await asyncio.to_thread(_read, workspace.project, chain)


def _read(project: Project, chain: ChainFacts) -> Shared:
    from opsmig_tui.services.model_files import model_roots, model_sources

    return Shared(
        chain,
        {one.revision: text for one in chain.history.revisions if (text := _text(one.path))},
        tuple(map(_text, model_sources(model_roots(project)))),
        commits_each(project.config.script_location),
        bounds_waiting(project.config.script_location),
    )


def _text(path: Path) -> str:
    """ "" for a file that is gone by now."""
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""


async def _chain(workspace: Workspace, history: History) -> ChainFacts:
    """Heads of the base branch and what is new on this one, from the file names git lists."""
    project = workspace.project
    if project.repository is None:
        return ChainFacts(history)
    from opsmig_tui.services import git

    if workspace.state.git.value is None:
        await workspace.refresh("git")
    view = workspace.state.git.value
    if view is None or view.branch is None or view.branch.base is None:
        return ChainFacts(history)
    files = await git.base_files(project.repository, view.branch, project.config.version_locations)
    return await asyncio.to_thread(_beside_base, history, files)


def _beside_base(history: History, files: Mapping[str, bytes]) -> ChainFacts:
    from opsmig_tui.history.reader import read_revision

    texts = {Path(name): data.decode(errors="replace") for name, data in files.items()}
    read = [read_revision(path, text) for path, text in texts.items() if path.suffix == ".py"]
    base = [r for r in read if isinstance(r, Revision) and r.revision]
    ids = frozenset(r.revision for r in base)
    parents = {parent for r in base for parent in r.down_revisions}
    return ChainFacts(history, frozenset(history.by_id) - ids, ids - parents)
