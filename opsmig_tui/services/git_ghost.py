"""Revisions that no file here has, looked for in all that git still remembers.

One walk over what other branches, stashes and reflogs added to the version locations, one batch
that reads those files: a search of every branch for the id would take a second for each hundred.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from opsmig_tui.history.ghosts import Ghost, GhostFile, parents_of
from opsmig_tui.history.model import Revision
from opsmig_tui.history.reader import read_revision
from opsmig_tui.project.errors import OpsmigError

from .git_command import TIMEOUT_SECONDS, GitFailed, Log, lines, read_objects, run
from .git_holders import with_holders
from .git_status import within
from .git_worktrees import other_files

# What is read at most in one go: the newest first, and those whose name holds the id in any case.
MOST_FILES = 5_000
_LOG = (
    "log", "--all", "--reflog", "--no-show-signature", "--full-history", "-m", "--root",
    "--no-renames", "--diff-filter=d", "--raw", "--no-abbrev", "-z",
    "--format=%x01%H%x00%an%x00%aI%x00",
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """A version of a file, and a commit that brought it: the newest that did. In another work tree
    (`tree`) there need be no commit, and `blob` is the file's whole path."""

    path: str
    blob: str
    commit: str
    author: str
    date: str
    tree: str = ""


async def find_ghosts(
    repository: Path,
    ids: Iterable[str],
    known: frozenset[str],
    version_locations: Sequence[Path],
    log: Log | None = None,
) -> tuple[Ghost, ...]:
    """Each of `ids`, and below it whatever else is not `known`, down to a revision that is.

    Found in branches, tags, stashes, reflogs and other work trees; what is nowhere has no files.
    Raises OpsmigError where the repository could not be looked through in time, and without git.
    """
    return await asyncio.to_thread(
        _find, repository, tuple(ids), known, tuple(version_locations), log
    )


def _find(
    repository: Path,
    ids: tuple[str, ...],
    known: frozenset[str],
    locations: tuple[Path, ...],
    log: Log | None,
) -> tuple[Ghost, ...]:
    paths = within(repository, locations)
    texts: dict[str, bytes] = {}
    seen: dict[tuple[str, str], Seen] = {}
    found: dict[str, list[tuple[Seen, Revision]]] = {one: [] for one in ids}
    late = ""
    for scope in _scopes(paths):
        try:
            newer = {(one.path, one.blob): one for one in _walk(repository, scope, ids, log)}
            seen = newer | seen
            blobs = [blob for _, blob in newer if blob not in texts]
            texts |= read_objects(repository, blobs)
        except GitFailed as error:
            late = error.said if "Timeout" in error.said else late
            continue  # no commit yet, or too large to be walked in time
        found = _chain(ids, known, seen.values(), texts)
        if all(found.values()):
            break
    if not all(found.values()):
        with suppress(GitFailed):
            for root, path, data, date in other_files(repository, paths):
                whole = str(root / path)
                texts[whole] = data
                seen[(path, whole)] = Seen(path, whole, "", "", date, str(root))
        found = _chain(ids, known, seen.values(), texts)
    if late and not all(found.values()):
        raise OpsmigError(f"git did not get through {repository} within {TIMEOUT_SECONDS} s.")
    files = with_holders(repository, found, texts)
    return tuple(Ghost(name, files[name], name in ids) for name in found)


def _scopes(paths: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Where to look, the likeliest first: what HEAD lacks, what HEAD had, and other folders."""
    if paths:
        yield ("--not", "HEAD", "--", *paths)
        yield ("--", *paths)
    yield ("--not", "HEAD", "--")


def _walk(
    repository: Path, scope: tuple[str, ...], ids: tuple[str, ...], log: Log | None
) -> Iterator[Seen]:
    """Newest first. Without a folder only what looks like a revision file by its path."""
    everywhere = scope[-1] == "--"
    taken = 0
    commit = author = date = path = ""
    parts = iter(lines_of(run(repository, [*_LOG, *scope], log=log)))
    for part in parts:
        if part.startswith("\x01"):
            commit, author, date = part[1:], next(parts), next(parts)
            continue
        if not part.startswith(":"):
            continue
        blob, path = part.split(" ")[3], next(parts)
        named = any(one in path for one in ids)
        if not path.endswith(".py") or (everywhere and not named and "versions/" not in path):
            continue
        taken += 1
        if taken <= MOST_FILES or named:
            yield Seen(path, blob, commit, author, date)


def lines_of(output: bytes) -> list[str]:
    """The parts of a log in ``-z`` form, without the line break that parts header and files."""
    return [part.lstrip("\n") for part in lines(output)]


def _chain(
    ids: tuple[str, ...], known: frozenset[str], seen: Iterable[Seen], texts: dict[str, bytes]
) -> dict[str, list[tuple[Seen, Revision]]]:
    """The versions of every id that is wanted; `ids` first, then what their files stand on."""
    versions = list(seen)
    found: dict[str, list[tuple[Seen, Revision]]] = {}
    todo = list(ids)
    while todo:
        name = todo.pop(0)
        if name in found:
            continue
        found[name] = list(_versions(name, versions, texts))
        for _, revision in found[name]:
            todo += [one for one in parents_of(revision) if one not in known]
    return found


def _versions(
    name: str, seen: Iterable[Seen], texts: dict[str, bytes]
) -> Iterator[tuple[Seen, Revision]]:
    needle = os.fsencode(name)
    for one in seen:
        data = texts.get(one.blob, b"")
        if needle not in data and name not in one.path:
            continue
        read = read_revision(Path(one.path), data.decode("utf-8", "replace"))
        if isinstance(read, Revision) and read.revision == name:
            yield one, read


__all__ = ["Ghost", "GhostFile", "Seen", "find_ghosts"]
