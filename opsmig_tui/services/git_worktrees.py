"""Revision files of the repository's other work trees: what was never committed is there alone."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from .git_command import run


def other_files(repository: Path, folders: Sequence[str]) -> Iterator[tuple[Path, str, bytes, str]]:
    """(work tree, path in it, bytes, time of change as ISO text) of each Python file in `folders`.

    Raises GitFailed.
    """
    here = os.path.realpath(repository)
    listed = run(repository, ["worktree", "list", "--porcelain"]).split(b"\n")
    roots = [os.fsdecode(line[9:]) for line in listed if line.startswith(b"worktree ")]
    for root in roots:
        if os.path.realpath(root) == here:
            continue
        for folder in folders:
            for path in sorted(Path(root, folder).glob("*.py")):
                try:
                    data, changed = path.read_bytes(), path.stat().st_mtime
                except OSError:
                    continue  # gone meanwhile
                at = datetime.datetime.fromtimestamp(changed, datetime.UTC)
                yield Path(root), str(Path(folder, path.name)), data, at.isoformat()
