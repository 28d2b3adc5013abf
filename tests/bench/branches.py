"""A repository of 500 branches, each with a revision of its own, written in one go."""

from __future__ import annotations

import subprocess
from pathlib import Path

REVISION = '''"""change number {number}

Revision ID: {revision}
Revises: {down}
"""
from alembic import op

revision = {revision!r}
down_revision = {down!r}
branch_labels = None
depends_on = None


def upgrade():
    op.execute("SELECT {number}")


def downgrade():
    pass
'''
VERSIONS = "backend/alembic/versions"


def write_branches(root: Path, branches: int = 500, commits: int = 2_000) -> tuple[str, str]:
    """Makes the repository; returns (revision of one of the branches, the head on main).

    main has `commits` commits, each tenth of which brings a revision. Every branch starts at
    another of them and has one revision, whose file name does not tell its id, and two commits.
    """
    stream: list[bytes] = []
    mark = 0

    def commit(ref: str, start: int, name: str, text: str) -> int:
        nonlocal mark
        mark += 1
        when = f"Ada <ada@example.org> {1_700_000_000 + mark} +0000"
        data = text.encode()
        stream.append(f"commit {ref}\nmark :{mark}\ncommitter {when}\ndata 1\nx\n".encode())
        if start:
            stream.append(f"from :{start}\n".encode())
        stream.append(f"M 100644 inline {name}\ndata {len(data)}\n".encode() + data + b"\n")
        return mark

    on_main, last, head = [], 0, ""
    for number in range(commits):
        if number % 10 == 0:
            revision = f"{number * 2654435761 % 2**32:08x}{number:04x}"
            text = REVISION.format(number=number, revision=revision, down=head or None)
            last = commit("refs/heads/main", last, f"{VERSIONS}/{revision}_change.py", text)
            head = revision
        else:
            last = commit("refs/heads/main", last, f"backend/app/m{number % 97}.py", f"{number}\n")
        on_main.append((last, head))
    wanted = ""
    for number in range(branches):
        start, down = on_main[number * 7 % commits]
        revision = f"{number * 2246822519 % 2**32:08x}bbbb"
        text = REVISION.format(number=number, revision=revision, down=down)
        ref = f"refs/heads/feature/{number}"
        first = commit(ref, start, f"{VERSIONS}/branch_{number}.py", text)
        commit(ref, first, "backend/app/feature.py", f"{number}\n")
        if number == branches // 2:
            wanted = revision
    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
    subprocess.run(["git", "fast-import", "--quiet"], cwd=root, check=True, input=b"".join(stream))
    subprocess.run(["git", "checkout", "-q", "-f", "main"], cwd=root, check=True)
    return wanted, head
