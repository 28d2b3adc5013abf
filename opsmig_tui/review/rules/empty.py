"""A migration that does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Span
from opsmig_tui.review.rules.base import Example, Rule, flag
from opsmig_tui.review.subject import Subject


def _empty(subject: Subject) -> Iterator[Finding]:
    migration = subject.migration
    if migration.upgrade or migration.revision.is_merge:
        return
    yield flag(
        "empty-migration",
        "note",
        migration.function_span("upgrade") or Span(1),
        "upgrade() does nothing." if "upgrade" in migration.functions else "There is no upgrade().",
        "Either a model change was missed, or the message promises what the file does not do.",
        "Fill it, or delete the file while it is not applied anywhere.",
    )


_FILE = """
from alembic import op
revision = "a1"
down_revision = {}
def upgrade():{}
    pass
def downgrade():
    pass
"""

RULES = (
    Rule(
        "empty-migration",
        "note",
        "correctness",
        "upgrade() holds no operation. Merge revisions are meant to be empty and are not flagged.",
        _empty,
        fires=Example(whole=_FILE.format('"a0"', "  #!")),
        silent=Example(whole=_FILE.format('("a0", "b0")', "")),
        source="Alembic documentation: Working with Branches (merge revisions are empty)",
    ),
)
