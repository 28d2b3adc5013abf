"""Model files that differ from the merge-base: letters, counts, diff, and what it means."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from opsmig_tui.changes.compare import compare
from opsmig_tui.changes.model import FileChange
from opsmig_tui.project.errors import OpsmigError

from .git_branch import Branch
from .git_command import GitFailed, Log, printable, read_objects, run
from .git_status import Difference, Standing, committed, differences, empty_tree, status, within
from .model_files import guess_roots


async def model_changes(
    repository: Path, branch: Branch, roots: Sequence[Path] = (), log: Log | None = None
) -> tuple[FileChange, ...]:
    """Python files under `roots` whose work tree version differs from the merge-base, by path.

    Committed on the branch, staged, edited and untracked ones alike; deleted ones too. Without
    roots the usual places below the repository are guessed. A branch that could not be read (no
    git, not a repository) has no changes. Raises OpsmigError when git fails half-way.
    """
    if branch.problem and not branch.name:
        return ()
    return await asyncio.to_thread(_model_changes, repository, branch, roots, log)


def _model_changes(
    repository: Path, branch: Branch, roots: Sequence[Path], log: Log | None
) -> tuple[FileChange, ...]:
    paths = within(repository, roots or guess_roots(repository))
    if not paths:
        return ()
    try:
        against = branch.compared_with or empty_tree(repository)
        standing = status(repository, paths, log)
        on_branch: dict[str, str] = {}
        if branch.head and against != branch.head:
            on_branch = committed(repository, against, paths, log)
        differing = {*standing, *on_branch}
        found = [
            item
            for item in differences(repository, against, paths)
            if _is_python(item.path) and not differing.isdisjoint((item.path, item.old_path))
        ]
        known = {name for item in found for name in (item.path, item.old_path)}
        more = [
            Difference("?" if where and where.untracked else "M", path, path, "")
            for path in sorted(differing)
            if path not in known and _is_python(path)
            for where in [standing.get(path)]
            if where is not None  # committed and taken back by a later commit: nothing to show
        ]
        found += more
        texts = read_objects(repository, [item.old_blob for item in found if item.letter != "A"])
        diffs = _diffs(repository, against, [item for item in found if item.letter != "?"], log)
    except GitFailed as error:
        raise OpsmigError(f"git could not tell what changed in {repository}: {error}.") from error
    changes = [
        _file_change(
            repository,
            item,
            standing.get(item.path),
            item.path in on_branch,
            texts.get(item.old_blob),
            diffs.get(item.path, ""),
        )
        for item in found
    ]
    return tuple(sorted(changes, key=lambda change: change.shown))


def _is_python(path: str) -> bool:
    return path.endswith(".py")


def _file_change(
    repository: Path,
    item: Difference,
    where: Standing | None,
    on_branch: bool,
    before: bytes | None,
    diff: str,
) -> FileChange:
    path = repository / item.path
    after = _bytes_of(path) if item.letter != "D" or (where and where.untracked) else None
    if item.letter == "?" and after is not None:
        diff = _added_diff(item.path, after)
    counted = diff.split("\n")[2:]  # behind the two lines that name the files
    return FileChange(
        path=path,
        shown=printable(item.path),
        letter="U" if where is not None and where.staged == "U" else item.letter,
        committed=on_branch,
        staged=where is not None and where.staged != ".",
        unstaged=where is not None and where.unstaged != ".",
        untracked=where is not None and where.untracked,
        added=sum(line.startswith("+") for line in counted),
        removed=sum(line.startswith("-") for line in counted),
        diff=diff,
        models=compare(_text(before), _text(after)),
    )


def _bytes_of(path: Path) -> bytes | None:
    """The file's bytes, None when it went away since git looked or is no plain file."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode("utf-8", "replace")


def _added_diff(path: str, data: bytes) -> str:
    """The unified diff of a file git does not know yet, "" when it is binary or empty."""
    if not data or b"\0" in data:
        return ""
    text = data.decode("utf-8", "replace")
    rows = text.removesuffix("\n").split("\n")
    head = ["--- /dev/null", f"+++ b/{printable(path)}", f"@@ -0,0 +1,{len(rows)} @@"]
    end = [] if text.endswith("\n") else ["\\ No newline at end of file"]
    return "\n".join([*head, *(f"+{row}" for row in rows), *end]) + "\n"


def _diffs(
    repository: Path, against: str, items: Sequence[Difference], log: Log | None
) -> dict[str, str]:
    """Unified diff by path: all files in one process where git's answer is unambiguous."""
    if not items:
        return {}
    names = list(dict.fromkeys(name for item in items for name in (item.old_path, item.path)))
    output = run(repository, ["diff", "-M", against, "--", *names], log=log)
    sections = _sections(output)
    changed = sorted(
        (item for item in items if item.letter != "U"), key=lambda item: os.fsencode(item.path)
    )
    if len(sections) == len(changed) and all(item.letter in "AMDR" for item in changed):
        return {item.path: text for item, text in zip(changed, sections, strict=True)}
    # A type change shows as two sections, a conflict as none: ask for each file.
    found = {}
    for item in items:
        one = run(repository, ["diff", "-M", against, "--", item.old_path, item.path])
        found[item.path] = "".join(_sections(one))
    return found


def _sections(output: bytes) -> list[str]:
    """Split at "diff --git", which no line of content can begin with; headers are cut off."""
    sections: list[list[str]] = []
    in_hunks = False
    for line in output.decode("utf-8", "replace").split("\n"):
        if line.startswith("diff --git "):
            sections.append([])
            in_hunks = False
        elif sections:
            in_hunks = in_hunks or line.startswith("--- ")
            if in_hunks:
                sections[-1].append(line)
    return ["\n".join(section).rstrip("\n") + "\n" if section else "" for section in sections]
