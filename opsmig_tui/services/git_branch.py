"""Which branch is checked out, which one it will be merged into, and where the two parted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from .git_command import GitFailed, GitMissing, Log, run

# Tried in this order when the settings name no base branch.
_USUAL_BASES = (
    "refs/heads/main",
    "refs/heads/master",
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
)


@dataclass(frozen=True)
class Branch:
    """The checked-out branch beside its base.

    `name` is "(detached abc1234)" without a branch. `head` is the commit id, "" before the first
    commit. `base` is the ref to compare with, as git accepts it (``main``, ``origin/main``), None
    when there is none. `merge_base` is the commit both have in common; on the base branch itself
    that of the branch it follows, else HEAD. `problem` says in words what could not be told.
    """

    name: str
    head: str = ""
    base: str | None = None
    merge_base: str | None = None
    problem: str = ""

    @property
    def is_base(self) -> bool:
        """Whether the base branch itself is checked out."""
        return self.base == self.name

    @property
    def compared_with(self) -> str:
        """The commit changes are shown against; "" before the first commit."""
        return self.merge_base or self.head


@dataclass(frozen=True)
class _Ref:
    full: str
    short: str
    upstream: str
    behind_only: bool


async def read_branch(
    repository: Path, base_setting: str | None = None, log: Log | None = None
) -> Branch:
    """Look at the work tree's branch. Never raises for a state a repository can be in."""
    return await asyncio.to_thread(_read_branch, repository, base_setting, log)


def _read_branch(repository: Path, setting: str | None, log: Log | None) -> Branch:
    try:
        answer = run(repository, ["rev-parse", "--is-bare-repository", "--is-shallow-repository"])
        bare, shallow = answer.split()
        if bare == b"true":
            return Branch("", problem=f"{repository} is a bare repository: it has no files.")
        name = _one_line(repository, ["symbolic-ref", "--quiet", "--short", "HEAD"], log)
        head = _one_line(repository, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
        if not head:
            return Branch(name, problem=f"Branch {name or 'HEAD'} has no commit yet.")
        name = name or f"(detached {head[:7]})"
        return _beside_base(repository, name, head, setting, shallow == b"true", log)
    except (GitFailed, GitMissing) as error:
        return Branch("", problem=_in_words(error, repository))


def _beside_base(
    repository: Path, name: str, head: str, setting: str | None, shallow: bool, log: Log | None
) -> Branch:
    base = _base(_refs(repository), setting)
    if base is None:
        problem = (
            f"The base branch {setting!r} of the settings is not in this repository."
            if setting
            else "Neither main nor master was found: set base_branch to compare with another."
        )
        return Branch(name, head, problem=problem)
    if base.short == name:
        shown, commits = base.short, [base.upstream or "HEAD"]
    else:
        # A local main is often behind the remote's: then that one is what the branch goes into.
        # With both, git finds the nearest of the two places where the branch may have begun.
        shown = base.upstream if base.behind_only else base.short
        commits = [base.short, *([base.upstream] if base.upstream else [])]
    merge_base = _one_line(repository, ["merge-base", "HEAD", *commits], log)
    problem = ""
    if not merge_base:
        remedy = " This clone is shallow: git fetch --unshallow." if shallow else ""
        problem = f"No commit in common with {shown}: changes are shown against HEAD.{remedy}"
    return Branch(name, head, shown, merge_base or None, problem)


def _base(refs: dict[str, _Ref], setting: str | None) -> _Ref | None:
    if setting is None:
        return next((refs[full] for full in _USUAL_BASES if full in refs), None)
    places = ("refs/heads/", "refs/remotes/", "refs/remotes/origin/", "refs/tags/", "")
    return next((refs[place + setting] for place in places if place + setting in refs), None)


def _refs(repository: Path) -> dict[str, _Ref]:
    """Branches and tags by full name, with what they follow. ``origin/HEAD`` is its target."""
    form = "%00".join(
        f"%({field})"
        for field in ("refname", "refname:short", "upstream", "upstream:track,nobracket", "symref")
    )
    places = ["refs/heads", "refs/remotes", "refs/tags"]
    output = run(repository, ["for-each-ref", f"--format={form}", *places])
    rows = [line.split("\0") for line in output.decode("utf-8", "surrogateescape").splitlines()]
    short_names = {full: short for full, short, *_ in rows}
    refs = {}
    for full, short, upstream, track, _ in rows:
        followed = upstream or full.replace("refs/heads/", "refs/remotes/origin/", 1)
        behind_only = track.startswith("behind")
        short_upstream = short_names.get(followed, "") if followed != full else ""
        refs[full] = _Ref(full, short, short_upstream, behind_only)
    for full, _, _, _, target in rows:
        if target in refs:
            refs[full] = refs[target]
    return refs


def _one_line(repository: Path, arguments: list[str], log: Log | None = None) -> str:
    """The single line git answers, "" when it says by its status that there is none."""
    try:
        return run(repository, arguments, log=log).decode("utf-8", "surrogateescape").strip()
    except GitFailed as error:
        if error.status == 1:
            return ""
        raise


def _in_words(error: Exception, repository: Path) -> str:
    said = error.said if isinstance(error, GitFailed) else str(error)
    if "dubious ownership" in said:
        return (
            f"git does not trust {repository} because another user owns it: "
            f"git config --global --add safe.directory {repository}"
        )
    if "not a git repository" in said:
        return f"{repository} is not in a git repository."
    return said if isinstance(error, GitMissing) else f"git could not read {repository}: {said}"
