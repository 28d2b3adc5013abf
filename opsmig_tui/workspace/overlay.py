"""The files of ghosts, out of git into a folder that nobody else can read, for as long as needed.

They are code of another branch, so nothing runs them before they were reviewed and accepted. The
work tree is never written to.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.history.ghosts import Ghost, gaps, picked
from opsmig_tui.history.reader import read_history
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.workspace.ghosts import ghosts_of, unknown_of
from opsmig_tui.workspace.guards import (
    refuse_when_read_only,
    refuse_when_untrusted,
    refuse_while_running,
)
from opsmig_tui.workspace.shared import history_of
from opsmig_tui.workspace.status import refresh

if TYPE_CHECKING:
    from opsmig_tui.review.model import Review
    from opsmig_tui.workspace.workspace import Workspace

PREFIX = "opsmig-ghost-"
ITS_RIGHTS = (
    "This code is not of this branch. It goes to a temporary folder, not into the work tree, and "
    "runs with your rights and on this database."
)


@dataclass(frozen=True)
class Overlay:
    """Each of `ghosts` has the one file that is in `folder`; `reviews` are in their order."""

    folder: Path
    ghosts: tuple[Ghost, ...]
    reviews: tuple[Review, ...]

    def check(self) -> None:
        """Raises OpsmigError where another text than the reviewed one would run."""
        reviewed = {one.file.data for one in self.ghosts if one.file is not None}
        for path in self.folder.glob("*.py"):
            if path.read_bytes() not in reviewed:
                raise OpsmigError(f"{path} is not what was reviewed. Nothing was changed.")


@asynccontextmanager
async def overlaid(workspace: Workspace, holder: str = "") -> AsyncIterator[Overlay | None]:
    """The files of the database's ghosts, reviewed from their text alone, until the block ends.

    None where the database has no ghost. `holder` names the branch, commit or stash whose file is
    meant, where git has several. Raises OpsmigError where a file is missing or it cannot be told
    which one it is.
    """
    await refresh(workspace, "status", quiet=True)
    if not unknown_of(workspace.state):
        if holder:
            raise OpsmigError("--from names a ghost's file, but every revision has a file here.")
        yield None
        return
    refuse_when_read_only(workspace, "downgrade")
    refuse_while_running(workspace)
    refuse_when_untrusted(workspace, "downgrade")
    if workspace.state.ghosts.phase != "ready":
        await workspace.refresh("ghosts")
    ghosts = picked(ghosts_of(workspace.state), holder)
    missing = gaps(history_of(workspace), ghosts)
    if missing:
        raise OpsmigError(
            f"The database stands on {', '.join(missing)}, and git has no file of it.",
            hint="Fetch the branch that has it; or opsmig stamp says where the database stands.",
        )
    remove_left()
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-") as name:  # mode 700
        folder = Path(os.path.realpath(name))
        paths = [_write(folder, one) for one in ghosts]
        yield Overlay(folder, ghosts, await _reviewed(workspace, folder, paths))


def remove_left() -> None:
    """Removes the folders of this user's that a process left behind when it was killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        number = folder.name.removeprefix(PREFIX).partition("-")[0]
        try:
            if not number.isdigit() or folder.lstat().st_uid != os.getuid():
                continue
            os.kill(int(number), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue  # gone meanwhile, or the process is another user's by now


def _write(folder: Path, ghost: Ghost) -> Path:
    assert ghost.file is not None
    name = ghost.file.revision.path.name
    path = folder / name
    if path.exists():
        path = folder / f"{ghost.revision}_{name}"
    path.write_bytes(ghost.file.data)
    return path


async def _reviewed(
    workspace: Workspace, folder: Path, paths: Sequence[Path]
) -> tuple[Review, ...]:
    """By their text alone: to render them would run them."""
    from opsmig_tui.workspace.review import review
    from opsmig_tui.workspace.shared import read_shared

    shared = await read_shared(workspace)
    config = workspace.project.config
    history = read_history([*config.version_locations, folder], config.recursive)
    # Two heads are what ghosts are about, and no news.
    history = replace(
        history, problems=tuple(one for one in history.problems if one.kind != "multiple-heads")
    )
    shared = replace(shared, chain=replace(shared.chain, history=history), committed={})
    found = [await review(workspace, path, facts=False, shared=shared) for path in paths]
    return tuple(found)


def told(overlay: Overlay) -> list[str]:
    """Sentences for the question whether this code may run: whose it is, what was found in it."""
    lines = [ITS_RIGHTS]
    for ghost, review in zip(overlay.ghosts, overlay.reviews, strict=True):
        lines.append(origin(ghost))
        does = ", ".join(review.summary.downgrade)
        lines.append(f"{ghost.revision}  downgrade: {does or 'nothing that could be read'}")
        signs = {"error": "✖", "warning": "▲", "note": "●"}
        lines += [
            f"{signs[one.severity]} line {one.line}  {one.rule}: {one.message}"
            for one in review.findings
        ]
    return lines


def origin(ghost: Ghost) -> str:
    """Whose file it is: "c3 add colours: branch feature by Ada, 2026-02-03"."""
    assert ghost.file is not None
    by = f" by {ghost.file.author}, {ghost.file.date[:10]}" if ghost.file.author else ""
    return f"{ghost.revision}  {ghost.message}: {ghost.file.held_by}{by}"


def as_diff(overlay: Overlay) -> str:
    """All of the code, as a diff that adds it."""
    parts = []
    for review in overlay.reviews:
        rows = review.source.removesuffix("\n").split("\n")
        name = review.path.name
        parts += [f"diff --git a/{name} b/{name}", "--- /dev/null", f"+++ b/{name}"]
        parts += [f"@@ -0,0 +1,{len(rows)} @@", *(f"+{row}" for row in rows)]
    return "\n".join(parts) + "\n"
