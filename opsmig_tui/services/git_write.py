"""git, writing: stage a file, and commit what is staged. Nothing else of git is done here."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from opsmig_tui.project.errors import OpsmigError

from .git_command import GitFailed, Log, lines, printable, run
from .git_status import status, within
from .program import run_program

# Files in the git folder that stand for something begun, and what that is.
_UNDER_WAY = (
    ("MERGE_HEAD", "a merge"),
    ("CHERRY_PICK_HEAD", "a cherry-pick"),
    ("REVERT_HEAD", "a revert"),
    ("rebase-merge", "a rebase"),
    ("rebase-apply", "a rebase"),
)
MARKERS = (b"<<<<<<< ", b">>>>>>> ")
# Hooks and git must not wait for an answer that nobody can give.
_COMMIT_ENVIRONMENT = {"GIT_EDITOR": "true", "GIT_TERMINAL_PROMPT": "0", "GIT_PAGER": "cat"}


@dataclass(frozen=True)
class Staged:
    """What a commit would hold: (letter, path) for each file, and its diff.

    `raw` is git's own account of it, to tell whether it is still the same. `branch` is "" where
    HEAD is detached.
    """

    files: tuple[tuple[str, str], ...]
    diff: str
    raw: bytes
    branch: str


async def toggle_staged(repository: Path, path: Path, log: Log | None = None) -> str:
    """Stages what is not staged of a file; where all of it is, takes it out of the index again.

    Returns what was done, as a sentence. Raises OpsmigError, also for a file that has nothing to
    stage or holds conflict markers.
    """
    return await asyncio.to_thread(_toggle, repository, path, log)


def _toggle(repository: Path, path: Path, log: Log | None) -> str:
    names = within(repository, [path.parent])
    if not names:
        raise OpsmigError(f"{path} is not in the repository {repository}.")
    name = path.name if names[0] == "." else f"{names[0]}/{path.name}"
    shown = printable(name)
    try:
        where = status(repository, [name]).get(name)
        if where is None:
            raise OpsmigError(
                f"Nothing to stage: {shown} is committed as it stands, or git ignores it."
            )
        if where.unstaged == "." and not where.untracked:
            run(repository, ["reset", "-q", "--", name], log=log)
            return f"{shown} is not staged any more."
        if _has_markers(path):
            raise OpsmigError(f"Not staged: {shown} holds conflict markers; resolve them first.")
        run(repository, ["add", "--", name], log=log)
    except GitFailed as error:
        raise OpsmigError(in_words(error.said)) from error
    return f"Staged {shown}."


def _has_markers(path: Path) -> bool:
    try:
        found = path.read_bytes().splitlines()
    except OSError:
        return False  # deleted: that is what is staged
    return all(any(line.startswith(marker) for line in found) for marker in MARKERS)


async def staged(repository: Path, log: Log | None = None) -> Staged:
    """What is staged now. Raises OpsmigError where nothing is, where a merge or the like is under
    way, and where git would not know whose commit it is."""
    return await asyncio.to_thread(_staged, repository, log)


def _staged(repository: Path, log: Log | None) -> Staged:
    try:
        _refuse_while_under_way(repository)
        raw = _raw(repository)
        if not raw:
            raise OpsmigError(
                "Nothing is staged.", hint="space in Changes stages the selected file."
            )
        parts = lines(run(repository, ["diff", "--cached", "--name-status", "-z", "--no-renames"]))
        files = tuple(zip(parts[0::2], map(printable, parts[1::2]), strict=True))
        diff = run(repository, ["diff", "--cached", "--no-renames"], log=log)
        branch = _branch(repository)
        run(repository, ["var", "GIT_AUTHOR_IDENT"])
        run(repository, ["var", "GIT_COMMITTER_IDENT"])
    except GitFailed as error:
        raise OpsmigError(in_words(error.said)) from error
    return Staged(files, diff.decode("utf-8", "replace"), raw, branch)


def _raw(repository: Path) -> bytes:
    return run(repository, ["diff", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames"])


def _branch(repository: Path) -> str:
    """ "" where HEAD is detached."""
    return run(repository, ["branch", "--show-current"]).decode("utf-8", "replace").strip()


def _refuse_while_under_way(repository: Path) -> None:
    names = [name for name, _ in _UNDER_WAY]
    asked = [part for name in names for part in ("--git-path", name)]
    found = run(repository, ["rev-parse", *asked]).decode("utf-8", "surrogateescape").splitlines()
    for path, (_, what) in zip(found, _UNDER_WAY, strict=True):
        if (repository / path).exists():
            raise OpsmigError(
                f"{what[:1].upper()}{what[1:]} is under way: a commit now would be part of it.",
                hint="Finish it with git, or abort it; then commit here.",
            )


async def unchanged(repository: Path, shown: Staged) -> bool:
    """Whether what is staged, and the branch it would go to, still are what was shown."""
    try:
        return await asyncio.to_thread(
            lambda: (_raw(repository), _branch(repository)) == (shown.raw, shown.branch)
        )
    except GitFailed:
        return False


def commit_command(message: str) -> list[str]:
    return ["git", "commit", "-m", message]


async def commit(repository: Path, message: str, told: Callable[[str], None]) -> str:
    """Commits what is staged, with the repository's own hooks; returns the commit's short id.

    Raises OpsmigError where git or a hook refused: then nothing is committed, and what is staged
    still is.
    """
    said: list[str] = []

    def hear(line: str) -> None:
        said.append(line)
        told(line)

    environment = {**os.environ, **_COMMIT_ENVIRONMENT}
    status = await run_program(commit_command(message), repository, hear, environment)
    if status != 0:
        raise OpsmigError(_refusal(status, said))
    try:
        found = await asyncio.to_thread(run, repository, ["rev-parse", "--short", "HEAD"])
    except GitFailed as error:
        raise OpsmigError(in_words(error.said)) from error
    return found.decode("ascii").strip()


def _refusal(status: int, said: Sequence[str]) -> str:
    fatal = next((line for line in said if line.startswith("fatal: ")), "")
    known = in_words(fatal.removeprefix("fatal: ")) if fatal else ""
    return known or (
        f"git commit ended with status {status}: a hook has refused it, by its output above; "
        "nothing is committed."
    )


def in_words(said: str) -> str:
    """git's complaint as a sentence with what to do about it."""
    if "index.lock" in said:
        return (
            "Another git process is at work in this repository (index.lock): try again when it has "
            "ended; where none runs, one crashed, and the lock file may be deleted."
        )
    if any(part in said for part in ("auto-detect email", "empty ident", "identity unknown")):
        return (
            "git does not know whose commit it is: git config --global user.name and user.email "
            "tell it."
        )
    return f"git refused: {said.rstrip('.')}."
