"""Conflict markers: found, read as HEAD has it, and told from text that only looks alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmig_tui.history.conflict import conflicts
from opsmig_tui.history.reader import read_history

FILE = """\
revision = "{revision}"
down_revision = {down}
def upgrade():
<<<<<<< HEAD
    pass
||||||| base
    op.execute("a")
=======
    op.execute("b")
>>>>>>> theirs
def downgrade(): pass
"""


def test_one_side_is_kept_line_for_line() -> None:
    found = conflicts(FILE)
    assert found is not None
    assert found.places == ((4, 10),)
    assert found.ours.split("\n")[2:11] == [
        *("def upgrade():", "", "    pass", "", "", "", "", ""), "def downgrade(): pass",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = 1\n<<<<<<< HEAD\n",
        ">>>>>>> theirs\n<<<<<<< HEAD\n",
        'x = """\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n"""\n',
        "x = '<<<<<<< a'\ny = '>>>>>>> b'\n",
    ],
)
def test_what_is_no_conflict(text: str) -> None:
    assert conflicts(text) is None


def test_the_history_goes_on_and_says_what_is_wrong(tmp_path: Path) -> None:
    ids = (
        "<<<<<<< HEAD\nrevision = 'a1'\n=======\nrevision = 'a2'\n>>>>>>> x\ndown_revision = None\n"
    )
    (tmp_path / "a.py").write_text(ids)
    (tmp_path / "b.py").write_text(FILE.format(revision="b1", down="'a1'"))
    (tmp_path / "c.py").write_text("<<<<<<< HEAD\n(\n=======\n)\n>>>>>>> x\n")
    history = read_history([tmp_path])
    assert [item.revision for item in history.revisions] == ["b1", "a1"]
    told = {(one.kind, one.message.partition(":")[0]) for one in history.problems}
    assert told == {
        ("conflict", "a.py holds conflict markers at line 1"),
        ("conflict", "b.py holds conflict markers at line 4"),
        ("unreadable", "c.py holds conflict markers at line 1"),
    }
