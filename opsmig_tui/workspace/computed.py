"""What revision files work out when they run: alembic's answer, once the worker is up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.history.model import History, Revision
from opsmig_tui.history.reader import arranged
from opsmig_tui.project.errors import OpsmigError

if TYPE_CHECKING:
    from opsmig_tui.worker.protocol import RevisionFacts, RevisionsResult
    from opsmig_tui.workspace.workspace import Workspace

# When the file was last written, in ns, and its size: an answer holds for that text only.
Stamp = tuple[int, int]


@dataclass
class Computed:
    """What alembic said, by file, and for which texts it was asked."""

    asked: dict[Path, Stamp] = field(default_factory=dict)
    facts: dict[Path, RevisionFacts] = field(default_factory=dict)

    def filled(self, history: History) -> History:
        """The history with what is known of its computed files put in."""
        answers = {
            one.revision: self.facts[one.path]
            for one in history.revisions
            if one.computed and one.path in self.facts and _stamp(one.path) == self.asked[one.path]
        }
        if not answers:
            return history
        found = {(new := _filled(one, answers)).revision: new for one in history.revisions}
        of_files = [
            one
            for one in history.problems
            if one.kind == "duplicate-revision"
            or (one.kind == "unreadable" and not one.revisions)  # those of ids are found anew
        ]
        return arranged(list(found.values()), of_files)


async def ask(workspace: Workspace) -> None:
    """Asks the resident worker, once for each text, and shows the history anew.

    Where alembic refuses the history as a whole, the files stay marked: the status says why.
    """
    from opsmig_tui.services.worker_client import WorkerFailed
    from opsmig_tui.worker.protocol import Revisions

    view, known = workspace.state.history.value, workspace.computed
    if view is None:
        return
    wanted = {one.path: _stamp(one.path) for one in view.history.revisions if one.computed}
    if all(known.asked.get(path) == stamp for path, stamp in wanted.items()):
        return
    known.asked = wanted
    try:
        reader = await workspace.workers.reader()
        result: RevisionsResult = await reader.request(Revisions())
    except (WorkerFailed, OpsmigError):
        return
    by_path = {Path(one.path).resolve(): one for one in result.revisions}
    known.facts = {path: by_path[path] for path in wanted if path in by_path}
    workspace.read_history()


def _filled(item: Revision, answers: Mapping[str, RevisionFacts]) -> Revision:
    facts = answers.get(item.revision)
    if facts is None:
        return item
    return replace(
        item,
        revision=facts.revision,
        down_revisions=facts.down_revisions,
        depends_on=facts.depends_on,
        branch_labels=facts.branch_labels,
        message=item.message or facts.message,
        answered=True,
    )


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
