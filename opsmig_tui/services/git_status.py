"""What git says about files: which differ, where the difference stands."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .git_command import Log, lines, run


@dataclass(frozen=True)
class Standing:
    """One path that differs from HEAD: letters of the index and of the work tree, "." for same.

    A path can be both deleted in the index and untracked (``git rm --cached``).
    """

    staged: str
    unstaged: str
    untracked: bool = False


@dataclass(frozen=True)
class Difference:
    """One line of ``git diff --raw``: letter, blob on the old side, old path of a rename."""

    letter: str
    path: str
    old_path: str
    old_blob: str


def within(repository: Path, paths: Iterable[Path]) -> tuple[str, ...]:
    """Paths as git takes them, relative to the top folder; what lies elsewhere is left out.

    Elsewhere means outside of the work tree or in another repository below it (a submodule, a
    nested clone): git would refuse the whole command for one such path.
    """
    top = Path(os.path.realpath(repository))
    found = []
    for path in paths:
        real = Path(os.path.realpath(path))
        if not real.is_relative_to(top):
            continue
        relative = real.relative_to(top)
        folders = [top / part for part in (relative, *relative.parents) if part != Path()]
        if not any((folder / ".git").exists() for folder in folders):
            found.append(relative.as_posix())
    return tuple(dict.fromkeys(found))


def status(repository: Path, paths: Sequence[str], log: Log | None = None) -> dict[str, Standing]:
    """What is staged, edited or untracked under `paths`, by path. Ignored files are not named."""
    output = run(
        repository,
        ["status", "--porcelain=v2", "-z", "--untracked-files=all", "--no-renames",
         "--ignore-submodules=all", "--", *paths],
        log=log,
    )  # fmt: skip
    found: dict[str, Standing] = {}
    for entry in lines(output):
        kind, rest = entry[0], entry[2:]
        if kind == "?":
            removed = found.get(rest)
            found[rest] = Standing(removed.staged if removed else ".", ".", untracked=True)
        elif kind == "1":
            found[rest.split(" ", 7)[7]] = Standing(rest[0], rest[1])
        elif kind == "u":
            found[rest.split(" ", 9)[9]] = Standing("U", "U")
    return found


def committed(
    repository: Path, old: str, paths: Sequence[str], log: Log | None = None
) -> dict[str, str]:
    """Letter by path of what the commits from `old` to HEAD changed."""
    output = run(
        repository, ["diff", "--name-status", "-z", "--no-renames", old, "HEAD", "--", *paths],
        log=log,
    )  # fmt: skip
    parts = lines(output)
    return dict(zip(parts[1::2], parts[0::2], strict=True))


def differences(
    repository: Path, old: str, paths: Sequence[str], log: Log | None = None
) -> list[Difference]:
    """Tracked files of the work tree that differ from the tree `old`, renames recognised."""
    output = run(
        repository, ["diff", "--raw", "-z", "--no-abbrev", "-M", old, "--", *paths], log=log
    )
    parts = iter(lines(output))
    found: dict[str, Difference] = {}
    for header in parts:
        # ":100644 100644 OLD NEW M" then one path, or two for a rename.
        _, _, blob, _, letter = header.split(" ")
        old_path = next(parts)
        path = next(parts) if letter[0] in "RC" else old_path
        if letter == "U" or path not in found:
            letter_and_blob = found[path].old_blob if path in found else blob
            found[path] = Difference(letter[0], path, old_path, letter_and_blob)
        elif found[path].letter == "U":
            found[path] = Difference("U", path, old_path, blob)
    return list(found.values())


def empty_tree(repository: Path) -> str:
    """The id of the tree with nothing in it: what a repository without commits compares with."""
    made = run(repository, ["hash-object", "-t", "tree", "--stdin"], stdin=b"")
    return made.decode("ascii").strip()
