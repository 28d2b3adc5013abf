"""A review as a file of its own: where it goes by default, and writing it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.project.atomic import write_whole
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.workspace.guards import refuse_when_read_only

if TYPE_CHECKING:
    from opsmig_tui.review.model import Review
    from opsmig_tui.workspace.workspace import Workspace


def default_path(workspace: Workspace, review: Review, suffix: str) -> Path:
    """A file beside the project that does not exist yet, named by the revision."""
    return free_path(workspace, f"review-{review.revision or review.path.stem}", suffix)


def free_path(workspace: Workspace, stem: str, suffix: str) -> Path:
    """A file beside the project that does not exist yet; a number behind `stem` where need be."""
    folder = workspace.project.repository or workspace.project.root
    names = (f"{stem}{f'-{n}' if n else ''}{suffix}" for n in range(1_000_000))
    return next(path for name in names if not (path := folder / name).exists())


def why_not_write(path: Path) -> str:
    """Why no export can be written there; "" when it can. What exists is never written over."""
    if path.is_dir():
        return f"{path} is a folder: name a file."
    if path.exists():
        return f"{path.name} exists already: give another name."
    if not path.parent.is_dir():
        return f"There is no folder {path.parent}."
    return ""


def export(workspace: Workspace, path: Path, text: str) -> None:
    """Writes the file whole. Raises OpsmigError, also where `why_not_write` has a reason."""
    refuse_when_read_only(workspace, f"write {path.name}")
    reason = why_not_write(path)
    if reason:
        raise OpsmigError(reason)
    try:
        write_whole(path, text.encode("utf-8", "replace"))
    except OSError as error:
        raise OpsmigError(f"{path} cannot be written: {error.strerror}.") from error
