"""Which branches, stashes and reflogs hold a version of a revision file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.history.ghosts import GhostFile, Where
from opsmig_tui.history.model import Revision

from .git_command import GitFailed, run

if TYPE_CHECKING:
    from .git_ghost import Seen

MOST_VERSIONS = 9
"""Versions of one revision that are told apart: one key each."""


def with_holders(
    repository: Path,
    found: Mapping[str, list[tuple[Seen, Revision]]],
    texts: Mapping[str, bytes],
) -> dict[str, tuple[GhostFile, ...]]:
    """By revision its versions, those that branches hold first, then the newest.

    Earlier versions of a file that a branch holds are left out: the branch has gone past them.
    """
    tips = _tips(repository, {one.path for many in found.values() for one, _ in many})
    answer = {}
    for name, many in found.items():
        made = [
            GhostFile(
                revision,
                texts[one.blob],
                one.commit,
                one.author,
                one.date,
                _where(one, tips),
                tuple(tips.get((one.path, one.blob), ())),
                one.tree,
            )
            for one, revision in many
        ]
        held = [one for one in made if one.where == "branch"]
        answer[name] = tuple(held or _newest(repository, made))[:MOST_VERSIONS]
    return answer


def _where(one: Seen, tips: Mapping[tuple[str, str], object]) -> Where:
    if one.tree:
        return "worktree"
    return "branch" if (one.path, one.blob) in tips else "reflog"


def _newest(repository: Path, made: list[GhostFile]) -> list[GhostFile]:
    """The last version of each path that no branch holds, and where it is now."""
    last: dict[Path, GhostFile] = {}
    for one in made:
        last.setdefault(one.revision.path, one)
    different = {one.data: one for one in reversed(list(last.values()))}
    return [_elsewhere(repository, one) for one in reversed(list(different.values()))]


def _elsewhere(repository: Path, one: GhostFile) -> GhostFile:
    if one.where == "worktree":
        return one
    try:
        for line in run(repository, ["log", "-g", "--format=%gd %H %P", "refs/stash"]).split(b"\n"):
            place, *commits = line.decode("utf-8", "replace").split(" ")
            if one.commit in commits[:1] + commits[2:]:
                return replace(one, where="stash", place=place)
    except GitFailed:
        pass  # nothing was ever stashed
    try:
        places = ("refs/heads", "refs/remotes", "refs/tags")
        named = run(
            repository,
            ["for-each-ref", "--format=%(refname:short)", "--contains", one.commit, *places],
        )
    except GitFailed:
        return one
    branches = tuple(named.decode("utf-8", "replace").split())
    return replace(one, where="history", branches=branches) if branches else one


def _tips(repository: Path, paths: set[str]) -> dict[tuple[str, str], list[str]]:
    """(path, blob) → short names of the branches and tags whose tips hold exactly that."""
    if not paths:
        return {}
    form = "%(refname)%00%(refname:short)%00%(symref)"
    try:
        listed = run(
            repository, ["for-each-ref", f"--format={form}", "refs/heads", "refs/remotes",
                         "refs/tags"],
        )  # fmt: skip
        rows = [row.split("\0") for row in os.fsdecode(listed).splitlines()]
        refs = [(full, short) for full, short, symbolic in rows if not symbolic]
        pairs = [(path, full, short) for path in sorted(paths) for full, short in refs]
        asked = "".join(f"{full}:{path}\n" for path, full, _ in pairs if "\n" not in path)
        answered = run(
            repository, ["cat-file", "--batch-check=%(objectname)"], stdin=os.fsencode(asked)
        )
    except GitFailed:
        return {}
    found: dict[tuple[str, str], list[str]] = {}
    askable = [one for one in pairs if "\n" not in one[0]]
    for (path, _, short), blob in zip(askable, answered.decode().splitlines(), strict=False):
        found.setdefault((path, blob), []).append(short)
    return found
