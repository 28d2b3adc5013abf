"""Revision files that the base branch got since this branch left it: by the refs that are here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from .git_branch import Branch
from .git_command import GitFailed, GitMissing, Log, lines, read_objects, run
from .git_status import within


async def new_on_base(
    repository: Path, branch: Branch, version_locations: Sequence[Path], log: Log | None = None
) -> tuple[str, Mapping[str, bytes]]:
    """(ref, files by path in the repository) that the base branch has and this one has not got
    from it. On the base branch itself the one that it follows is meant.

    Reads refs as they are here: nothing is fetched. ("", {}) where there is nothing to compare.
    """
    if branch.base is None or branch.merge_base is None:
        return "", {}
    return await asyncio.to_thread(_new_on_base, repository, branch, version_locations, log)


def _new_on_base(
    repository: Path, branch: Branch, locations: Sequence[Path], log: Log | None
) -> tuple[str, Mapping[str, bytes]]:
    try:
        ref = _followed(repository, branch.base or "") if branch.is_base else branch.base or ""
        paths = within(repository, locations)
        if not ref or not paths:
            return "", {}
        added = ["diff", "--name-only", "-z", "-M100%", "--diff-filter=A", f"HEAD...{ref}"]
        names = lines(run(repository, [*added, "--", *paths], log=log))
        blobs = {f"{ref}:{name}": name for name in names if name.endswith(".py")}
        texts = read_objects(repository, list(blobs))
    except (GitFailed, GitMissing):
        return "", {}  # nothing in common with it, or no such ref: the branch's own problem says so
    return ref, {blobs[name]: text for name, text in texts.items()}


def _followed(repository: Path, name: str) -> str:
    """The remote's branch that `name` follows, "" where it follows none."""
    wanted = ["rev-parse", "--abbrev-ref", "--symbolic-full-name", f"{name}@{{upstream}}"]
    try:
        return run(repository, wanted).decode("utf-8", "surrogateescape").strip()
    except GitFailed:
        return ""
