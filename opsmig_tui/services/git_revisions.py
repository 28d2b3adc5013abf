"""Revision files as git knows them: where each one stands, and what the base branch has."""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from opsmig_tui.project.errors import OpsmigError

from .git_branch import Branch
from .git_command import GitFailed, Log, lines, read_objects, run
from .git_status import Standing, committed, status, within

Mark = Literal["base", "branch", "staged", "unstaged", "untracked", "ignored"]

# Trees already read: (repository, path, tree id) → file name → bytes. A tree never changes.
_trees: OrderedDict[tuple[str, str, str], Mapping[str, bytes]] = OrderedDict()
_TREES_KEPT = 8


@dataclass(frozen=True)
class Marks:
    """Where each revision file stands; the nearest to the work tree wins.

    `by_file`: "untracked", "unstaged" (edited since), "staged", "branch" (committed on this branch
    only, new or changed), "ignored" by git, else "base". A file in a folder outside of the
    repository, or in another one below it, is not in it. `changed`: files that git has in another
    text, and the ref that has it: HEAD, else the base branch.
    """

    by_file: Mapping[Path, Mark] = field(default_factory=dict)
    changed: Mapping[Path, str] = field(default_factory=dict)


async def revision_marks(
    repository: Path, branch: Branch, version_locations: Sequence[Path], log: Log | None = None
) -> Marks:
    """See `Marks`. Four commands however many files there are. Raises OpsmigError when git
    fails."""
    if not branch.name:
        return Marks()
    return await asyncio.to_thread(_marks, repository, branch, version_locations, log)


def _marks(repository: Path, branch: Branch, locations: Sequence[Path], log: Log | None) -> Marks:
    paths = within(repository, locations)
    if not paths:
        return Marks()
    try:
        tracked = lines(run(repository, ["ls-files", "-z", "--", *paths], log=log))
        standing = status(repository, paths)
        left_out = ["ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--", *paths]
        ignored = lines(run(repository, left_out))
        on_branch: dict[str, str] = {}
        if branch.head and branch.compared_with != branch.head:
            on_branch = committed(repository, branch.compared_with, paths, log)
    except GitFailed as error:
        raise OpsmigError(f"git could not look at {', '.join(paths)}: {error}.") from error
    marks: dict[Path, Mark] = {
        repository / name: "ignored" for name in ignored if name.endswith(".py")
    }
    changed: dict[Path, str] = {}
    untracked = [name for name, where in standing.items() if where.untracked]
    for name in (name for name in [*tracked, *untracked] if name.endswith(".py")):
        where = standing.get(name)
        mark: Mark = "branch" if name in on_branch else "base"
        if where is not None:
            if where.untracked:
                mark = "untracked"
            else:
                mark = "unstaged" if where.unstaged != "." else "staged"
        marks[repository / name] = mark
        if where is not None and _in_head(where):
            changed[repository / name] = "HEAD"
        elif on_branch.get(name) == "M" and branch.base is not None:
            changed[repository / name] = branch.base
    return Marks(marks, changed)


def _in_head(where: Standing) -> bool:
    """Whether HEAD has the file, in another text."""
    return not where.untracked and where.staged != "A"


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
    return (await committed_texts(repository, [path], log)).get(path)


async def committed_texts(
    repository: Path, paths: Sequence[Path], log: Log | None = None
) -> Mapping[Path, str]:
    """HEAD's version of each file that it has, in one process. Bytes that are not UTF-8 are
    replaced. Raises OpsmigError when git fails."""
    return await asyncio.to_thread(_committed_texts, repository, paths, log)


def _committed_texts(repository: Path, paths: Sequence[Path], log: Log | None) -> dict[Path, str]:
    # The name of a symbolic link is what git keeps, so only its folder is resolved.
    top = Path(os.path.realpath(repository))
    names: dict[Path, str] = {}
    for path in paths:
        real = Path(os.path.realpath(path.parent)) / path.name
        if real.is_relative_to(top):
            names[path] = f"HEAD:{real.relative_to(top).as_posix()}"
    try:
        found = read_objects(repository, list(names.values()), log)
    except GitFailed as error:
        raise OpsmigError(f"git could not read {', '.join(names.values())}: {error}.") from error
    return {
        path: found[name].decode("utf-8", "replace")
        for path, name in names.items()
        if name in found
    }


async def new_files(
    repository: Path, ref: str, version_locations: Sequence[Path], log: Log | None = None
) -> frozenset[Path]:
    """The files of the version locations that are new here: not there where HEAD and `ref` parted.

    Committed, staged and untracked ones alike; a file that was only renamed is not new. Raises
    OpsmigError for a ref that git does not know or has nothing in common with, and without git.
    """
    return await asyncio.to_thread(_new_files, repository, ref, version_locations, log)


def _new_files(
    repository: Path, ref: str, locations: Sequence[Path], log: Log | None
) -> frozenset[Path]:
    start = _parted(repository, ref, log)
    paths = within(repository, locations)
    if not paths:
        return frozenset()
    added = ["diff", "--name-only", "-z", "-M100%", "--diff-filter=A", start, "--", *paths]
    try:
        names = lines(run(repository, added, log=log))
        standing = status(repository, paths)
    except GitFailed as error:
        raise OpsmigError(f"git could not tell what is new since {ref}: {error}.") from error
    names += [name for name, where in standing.items() if where.untracked]
    return frozenset(repository / name for name in names)


def _parted(repository: Path, ref: str, log: Log | None) -> str:
    """The commit that HEAD and `ref` have in common."""
    try:
        if ref.startswith("-"):
            raise GitFailed(1, "it looks like an option")
        run(repository, ["rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}"])
    except GitFailed:
        raise OpsmigError(
            f"git knows no commit {ref!r}.",
            hint="Name a branch, a tag or a commit; fetch it first.",
        ) from None
    try:
        return run(repository, ["merge-base", "HEAD", ref], log=log).decode().strip()
    except GitFailed:
        raise OpsmigError(
            f"HEAD and {ref} have no commit in common.",
            hint="In a shallow clone: git fetch --unshallow (in a workflow: fetch-depth: 0).",
        ) from None
