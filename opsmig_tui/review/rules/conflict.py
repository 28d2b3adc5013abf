"""Conflict markers in a revision file. Found by review.conflicted, as such a file is no Python."""

from __future__ import annotations

from collections.abc import Iterator

from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Span
from opsmig_tui.review.rules.base import Example, Rule, flag
from opsmig_tui.review.subject import Subject

CONFLICT = "conflict-markers"


def found_at(first: int, last: int) -> Finding:
    """The finding of one conflict, from its first marker to its last."""
    return flag(
        CONFLICT,
        "error",
        Span(first, 0, last, 0),
        "A merge left this conflict unresolved.",
        "The file is no Python with the markers in it: alembic cannot load it, nor anything else "
        "in its folder.",
        "Keep one side, or what both want, delete the markers, and stage the file.",
    )


def _elsewhere(_: Subject) -> Iterator[Finding]:
    """What can be parsed has no markers."""
    return iter(())


RULES = (
    Rule(
        CONFLICT,
        "error",
        "chain",
        "Conflict markers stand in the file (<<<<<<<, =======, >>>>>>>). Nothing else of it is "
        "reviewed until they are gone; the history shows it as HEAD's side has it.",
        _elsewhere,
        fires=Example(
            whole="""from alembic import op
revision = "a1"
down_revision = "a0"
def upgrade():
<<<<<<< HEAD #!
    op.drop_table("a")
=======
    op.drop_table("b")
>>>>>>> theirs
def downgrade(): pass
"""
        ),
        silent=Example(
            whole='''from alembic import op
revision = "a1"
down_revision = "a0"
def upgrade(): op.execute("""COMMENT ON TABLE a IS '
<<<<<<< HEAD
=======
>>>>>>> theirs
'""")
def downgrade(): pass
'''
        ),
        source="git documentation: git-merge, how conflicts are presented",
    ),
)
