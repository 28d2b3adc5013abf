"""down_revision and docstring, written anew in files of many habits."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmig_tui.review.fixes import FixRefused
from opsmig_tui.review.fixes.identity import rewritten

PATH = Path("a1_x.py")
TEMPLATE = '''"""add x

Revision ID: a1
Revises: a0  
Create Date: 2020-01-01

"""
from alembic import op

revision: str = 'a1'  # kept
down_revision: str | None = {down}


def upgrade():
    op.execute("Revises: a0")
'''


@pytest.mark.parametrize(
    ("down", "parents", "expected"),
    [
        ("'a0'", ("b1",), "'b1'"),
        ('"a0"', ("b1",), '"b1"'),
        ("None", ("b1",), "'b1'"),
        ("('a0', 'a00')", ("b1", "b2"), "('b1', 'b2')"),
        ('["a0"]', ("b1",), "'b1'"),
        ("'a0'  # why", (), "None  # why"),
    ],
)
def test_the_parent_in_the_quotes_of_the_file(
    down: str, parents: tuple[str, ...], expected: str
) -> None:
    source = TEMPLATE.format(down=down)
    new = rewritten(PATH, source, parents=parents)
    said = f"Revises: {', '.join(parents)}  " if parents else "Revises:"
    wanted = TEMPLATE.replace("Revises: a0  ", said).format(down=expected)
    assert new == wanted


def test_nothing_else_of_the_docstring_changes() -> None:
    source = TEMPLATE.format(down="'a0'")
    new = rewritten(PATH, source, lines={"Create Date": "2026-02-03"}, message="drop y")
    assert new == source.replace("add x", "drop y").replace("2020-01-01", "2026-02-03")


def test_without_a_docstring_the_variable_is_enough() -> None:
    source = "revision = 'a1'\ndown_revision = 'a0'\n"
    assert rewritten(PATH, source, parents=("b1",)) == source.replace("a0", "b1")


@pytest.mark.parametrize(
    "source",
    [
        "import x\nrevision = 'a1'\ndown_revision = x.parent()\n",
        "revision = 'a1'\nPARENT = 'a0'\ndown_revision = PARENT\n",
        "revision = 'a1'\ndown_revision = branch_labels = None\n",
        "revision = 'a1'\ndown_revision = 'a0'\ndown_revision = 'a00'\n",
    ],
)
def test_what_is_no_single_literal_is_refused(source: str) -> None:
    with pytest.raises(FixRefused):
        rewritten(PATH, source, parents=("b1",))
