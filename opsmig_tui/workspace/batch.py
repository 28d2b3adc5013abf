"""A change of several revision files, or of their names: made and taken back as one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.project.atomic import Replacement, write_all_whole
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.review.source_text import SourceText
from opsmig_tui.workspace.edits import MOST_UNDONE, digest, unchanged, unified
from opsmig_tui.workspace.guards import refuse_when_read_only, refuse_while_running

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace


@dataclass(frozen=True)
class FileEdit:
    """One file's new bytes, and the path that it then has."""

    path: Path
    before: bytes
    after: bytes
    target: Path

    @property
    def moves(self) -> bool:
        return self.target != self.path

    @property
    def reversed(self) -> FileEdit:
        return FileEdit(self.target, self.after, self.before, self.path)


@dataclass(frozen=True)
class Batch:
    """A change to look at. `diff` is one that git apply takes, from the repository's top folder;
    empty where nothing would change. `notes` are sentences to mind before saying yes."""

    title: str
    files: tuple[FileEdit, ...]
    diff: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class WrittenBatch:
    """A change that was made, as the undo stack holds it."""

    title: str
    files: tuple[FileEdit, ...]

    @property
    def path(self) -> Path:
        """A file to show once it is taken back."""
        return self.files[0].path


def batch(
    workspace: Workspace,
    title: str,
    changes: Iterable[tuple[SourceText, str, Path]],
    notes: tuple[str, ...] = (),
) -> Batch:
    """(text, new text, new path) of each file; those where nothing changes are left out.

    Raises OpsmigError where a file's encoding lacks a character.
    """
    files: list[FileEdit] = []
    diff: list[str] = []
    project = workspace.project
    root = (project.repository or project.root).resolve()
    for text, new, target in changes:
        after = text.encode(new)
        if after == text.data and target == text.path:
            continue
        files.append(FileEdit(text.path, text.data, after, target))
        diff += _shown(_name(text.path, root), _name(target, root), text.text, new)
    return Batch(title, tuple(files), tuple(diff), notes)


def _name(path: Path, root: Path) -> str:
    path = path.parent.resolve() / path.name
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _shown(name: str, new_name: str, old: str, new: str) -> list[str]:
    moved = [f"rename from {name}", f"rename to {new_name}"] if name != new_name else []
    head = [f"diff --git a/{name} b/{new_name}", *moved]
    return [*head, *unified(f"a/{name}", old, new, f"b/{new_name}")]


async def write_batch(workspace: Workspace, change: Batch) -> None:
    """Makes the change in all files or in none, and remembers it for `edits.undo`.

    Raises ChangedOnDisk, OpsmigError in read-only mode, during a run, or where a file cannot be
    written.
    """
    refuse_when_read_only(workspace, "change revision files")
    refuse_while_running(workspace)
    async with workspace.writing:
        await asyncio.to_thread(_replace, change.files)
        stack = workspace.written
        stack.append(WrittenBatch(change.title, change.files))
        del stack[:-MOST_UNDONE]
    await workspace.refresh("history", "git")


def take_back(written: WrittenBatch) -> None:
    """Blocking. Raises as `write_batch` does; the files then stay."""
    _replace([one.reversed for one in written.files])


def _replace(files: Iterable[FileEdit]) -> None:
    files = tuple(files)
    for one in files:
        unchanged(one.path, digest(one.before))
        if one.moves and one.path.is_symlink():
            raise OpsmigError(f"{one.path.name} is a link: rename what it leads to by hand.")
    try:
        for one in files:
            one.target.parent.mkdir(parents=True, exist_ok=True)  # file_template may have folders
        write_all_whole([_replacement(one) for one in files])
    except FileExistsError as error:
        raise OpsmigError(f"{error.filename} exists already: nothing was written.") from error
    except OSError as error:
        name = error.filename or files[0].path
        raise OpsmigError(f"{name} cannot be written: {error.strerror}.") from error


def _replacement(one: FileEdit) -> Replacement:
    path = one.path.resolve()
    target = path if one.target == one.path else one.target.parent.resolve() / one.target.name
    return Replacement(path, one.after, target)
