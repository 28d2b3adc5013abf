"""Revision files as git knows them: where each one stands, and what the base branch has."""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from opsmig_tui.project.errors import OpsmigError

from .git_branch import Branch
from .git_command import GitFailed, Log, lines, read_objects, run
from .git_status import committed, status, within

Mark = Literal["base", "branch", "staged", "unstaged", "untracked"]

# Trees already read: (repository, path, tree id) → file name → bytes. A tree never changes.
_trees: OrderedDict[tuple[str, str, str], Mapping[str, bytes]] = OrderedDict()
_TREES_KEPT = 8


async def revision_marks(
    repository: Path, branch: Branch, version_locations: Sequence[Path], log: Log | None = None
) -> Mapping[Path, Mark]:
    """Where each revision file stands; the nearest to the work tree wins.

    "untracked", "unstaged" (edited since), "staged", "branch" (committed or changed on this branch
    only), else "base". A file git ignores, or one in a folder outside of the repository, is not in
    the answer. Raises OpsmigError when git fails.
    """
    if not branch.name:
        return {}
    return await asyncio.to_thread(_marks, repository, branch, version_locations, log)


def _marks(
    repository: Path, branch: Branch, locations: Sequence[Path], log: Log | None
) -> dict[Path, Mark]:
    paths = within(repository, locations)
    if not paths:
        return {}
    try:
        tracked = lines(run(repository, ["ls-files", "-z", "--", *paths], log=log))
        standing = status(repository, paths)
        on_branch: dict[str, str] = {}
        if branch.head and branch.compared_with != branch.head:
            on_branch = committed(repository, branch.compared_with, paths, log)
    except GitFailed as error:
        raise OpsmigError(f"git could not look at {', '.join(paths)}: {error}.") from error
    marks: dict[Path, Mark] = {}
    for name in [*tracked, *(name for name, where in standing.items() if where.untracked)]:
        where = standing.get(name)
        mark: Mark = "branch" if name in on_branch else "base"
        if where is not None:
            if where.untracked:
                mark = "untracked"
            else:
                mark = "unstaged" if where.unstaged != "." else "staged"
        marks[repository / name] = mark
    return marks


async def base_files(
    repository: Path, branch: Branch, version_locations: Sequence[Path], log: Log | None = None
) -> Mapping[str, bytes]:
    """The files of the version locations as the base branch has them, by path in the repository.

    Empty without a base branch. The same tree is read once only. Raises OpsmigError when git fails.
    """
    if branch.base is None:
        return {}
    return await asyncio.to_thread(_base_files, repository, branch.base, version_locations, log)


def _base_files(
    repository: Path, base: str, locations: Sequence[Path], log: Log | None
) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    try:
        for path in within(repository, locations):
            found |= _tree_files(repository, base, "" if path == "." else path, log)
    except GitFailed as error:
        raise OpsmigError(f"git could not read the revisions of {base}: {error}.") from error
    return found


def _tree_files(repository: Path, base: str, path: str, log: Log | None) -> Mapping[str, bytes]:
    try:
        name = run(repository, ["rev-parse", "--verify", "--quiet", f"{base}:{path}"])
    except GitFailed as error:
        if error.status == 1:
            return {}  # the base branch has no such folder yet
        raise
    tree = name.decode("ascii").strip()
    key = (str(repository), path, tree)
    known = _trees.get(key)
    if known is None:
        listed = lines(run(repository, ["ls-tree", "-r", "-z", tree], log=log))
        blobs = {}
        for entry in listed:
            # "100644 blob ID\tname"; a submodule is a "commit" and has no text.
            head, _, below = entry.partition("\t")
            _, kind, blob = head.split(" ")
            if kind == "blob" and below.endswith(".py"):
                blobs[f"{path}/{below}" if path else below] = blob
        texts = read_objects(repository, list(blobs.values()))
        known = {name: texts[blob] for name, blob in blobs.items() if blob in texts}
        _trees[key] = known
        while len(_trees) > _TREES_KEPT:
            _trees.popitem(last=False)
    return known


async def committed_text(repository: Path, path: Path, log: Log | None = None) -> str | None:
    """HEAD's version of a file, None when HEAD has none. Bytes that are not UTF-8 are replaced."""
    return await asyncio.to_thread(_committed_text, repository, path, log)


def _committed_text(repository: Path, path: Path, log: Log | None) -> str | None:
    # The name of a symbolic link is what git keeps, so only its folder is resolved.
    top = Path(os.path.realpath(repository))
    real = Path(os.path.realpath(path.parent)) / path.name
    if not real.is_relative_to(top):
        return None
    name = f"HEAD:{real.relative_to(top).as_posix()}"
    try:
        found = read_objects(repository, [name], log)
    except GitFailed as error:
        raise OpsmigError(f"git could not read {name}: {error}.") from error
    return found[name].decode("utf-8", "replace") if name in found else None
