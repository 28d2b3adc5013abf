"""Notes in the person's state folder of the scratch databases that an opsmig has under way.

What may be dropped the databases themselves say (scratch_marks). A note says only that there may be
something to look for, so that a start without one costs nothing.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from opsmig_tui.project.state_file import read_state, state_folder, write_state
from opsmig_tui.worker.protocol import Scratch


def note(stem: str, root: Path, server: str) -> None:
    """Databases of that stem are about to be made, on that server. Raises OpsmigError."""
    write_state(_path(stem), {"root": str(root), "server": server})


def forget(stem: str) -> None:
    """There is none any more. A note that stays only costs a look at the next start."""
    with contextlib.suppress(OSError):
        _path(stem).unlink(missing_ok=True)


def any_there() -> bool:
    """Whether there is a note at all, by whomever."""
    return next(_folder().glob("*.json"), None) is not None


def left_behind(root: Path, server: str) -> list[str]:
    """The stems that a dead process of this machine noted for this project and server."""
    from opsmig_tui.workspace.scratch_marks import is_left_behind

    found = []
    for path in sorted(_folder().glob("*.json")):
        told = read_state(path)
        here = (told.get("root"), told.get("server")) == (str(root), server)
        if here and is_left_behind(Scratch(f"{path.stem}_base", "", 0)):
            found.append(path.stem)
    return found


def _folder() -> Path:
    return state_folder() / "scratch"


def _path(stem: str) -> Path:
    return _folder() / f"{stem}.json"
