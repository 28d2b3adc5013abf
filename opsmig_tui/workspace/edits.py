"""Changes of a revision file: shown first, written whole, taken back in order.

A file that changed on disk since it was reviewed is never written over.
"""

from __future__ import annotations

import asyncio
import difflib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.project.atomic import write_whole
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.review.model import Review
from opsmig_tui.review.source_text import SourceText, source_text
from opsmig_tui.workspace.guards import refuse_when_read_only

if TYPE_CHECKING:
    from opsmig_tui.workspace.batch import WrittenBatch
    from opsmig_tui.workspace.workspace import Workspace

_ANY_WRITES = 0o222
MOST_UNDONE = 100  # changes that are remembered


class ChangedOnDisk(OpsmigError):
    """The file is not what was reviewed, or not what was written: review it again."""


@dataclass(frozen=True)
class Proposal:
    """A change to look at. `title` says what it does, `diff` shows it as the lines of a unified
    diff (empty where nothing would change), `note` is a sentence to mind before saying yes, "" as
    a rule. `before_digest` and `after` are for `write`."""

    path: Path
    title: str
    diff: tuple[str, ...]
    before_digest: str
    after: bytes
    note: str = ""


@dataclass(frozen=True)
class Written:
    """A change that was made, as the undo stack holds it."""

    path: Path
    title: str
    before: bytes
    after_digest: str


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def reviewed_text(review: Review) -> SourceText:
    """The file as it is now, which is what was reviewed. Raises ChangedOnDisk, OpsmigError."""
    found = source_text(review.path, _read(review.path))
    if found.text != review.source:
        raise ChangedOnDisk(
            f"{review.path.name} changed on disk since it was reviewed.",
            hint="It is read again; then ask once more.",
        )
    return found


def current_text(path: Path) -> SourceText:
    """The file as it is now. Raises OpsmigError where it cannot be read, or is no text."""
    return source_text(path, _read(path))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise OpsmigError(f"Cannot read {path}: {error.strerror}.") from error


def proposal(review: Review, text: SourceText, new: str, title: str) -> Proposal:
    """The reviewed text replaced by `new`. Raises OpsmigError where the file's encoding lacks a
    character."""
    applied = review.facts.applied is True
    note = "This revision is applied here: the database stays as it is." if applied else ""
    diff = unified(review.path.name, text.text, new)
    return Proposal(review.path, title, diff, digest(text.data), text.encode(new), note)


def unified(name: str, old: str, new: str, new_name: str = "") -> tuple[str, ...]:
    """The lines of a unified diff, as patch and git apply read it."""
    made = difflib.unified_diff(_lines(old), _lines(new), name, new_name or name, lineterm="")
    return tuple(line for item in made for line in item.split("\n"))


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    last = lines.pop()
    return [*lines, f"{last}\n\\ No newline at end of file"] if last else lines


async def write(workspace: Workspace, change: Proposal) -> None:
    """Makes the change, and remembers it for `undo`. Reads history and git again.

    Raises ChangedOnDisk, OpsmigError in read-only mode or where the file cannot be written.
    """
    refuse_when_read_only(workspace, f"change {change.path.name}")
    async with workspace.writing:
        before = await asyncio.to_thread(_replace, change.path, change.before_digest, change.after)
        stack = workspace.written
        stack.append(Written(change.path, change.title, before, digest(change.after)))
        del stack[:-MOST_UNDONE]
    await workspace.refresh("history", "git")


async def undo(workspace: Workspace) -> Written | WrittenBatch:
    """Takes the last change back, and says which it was. Reads history and git again.

    Raises OpsmigError where there is none or the file changed since; it then stays to be undone.
    """
    async with workspace.writing:  # the next one waits, and takes back the change before
        if not workspace.written:
            raise OpsmigError("There is nothing to undo.")
        last = workspace.written[-1]
        refuse_when_read_only(workspace, f"change {last.path.name}")
        if isinstance(last, Written):
            await asyncio.to_thread(_replace, last.path, last.after_digest, last.before)
        else:
            from opsmig_tui.workspace.batch import take_back

            await asyncio.to_thread(take_back, last)
        workspace.written.pop()
    await workspace.refresh("history", "git")
    return last


def _replace(path: Path, wanted: str, data: bytes) -> bytes:
    """Writes the file if it still is what the digest says; returns what it was."""
    before = unchanged(path, wanted)
    try:
        write_whole(path, data)
    except OSError as error:
        raise OpsmigError(f"{path} cannot be written: {error.strerror}.") from error
    return before


def unchanged(path: Path, wanted: str) -> bytes:
    """The file's bytes, if they still are what the digest says and may be replaced.

    Raises ChangedOnDisk, OpsmigError.
    """
    before = _read(path)
    if digest(before) != wanted:
        raise ChangedOnDisk(
            f"{path.name} changed on disk meanwhile: nothing was written.",
            hint="It is read again; then ask once more.",
        )
    # It is replaced, which the folder's permissions alone would allow; root may write everything.
    if not path.stat().st_mode & _ANY_WRITES or not os.access(path, os.W_OK):
        raise OpsmigError(f"{path.name} may not be written: nothing was.")
    return before
