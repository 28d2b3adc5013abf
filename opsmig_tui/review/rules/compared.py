"""What rules share that compare the models with the database."""

from __future__ import annotations

from collections.abc import Iterator

from opsmig_tui.review.model import Facts
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.subject import Subject
from opsmig_tui.worker.protocol import TableFacts


def to_come(subject: Subject) -> list[Operation]:
    """What the pending revisions do, this one last."""
    pending = [op for migration in subject.facts.pending_before for op in migration.upgrade]
    return [*pending, *subject.migration.upgrade]


def pairs(facts: Facts) -> Iterator[tuple[TableFacts, TableFacts]]:
    """Each table of the models with the database's; not one whose schema leaves it open."""
    tables = facts.database.tables if facts.database is not None else ()
    for model in facts.models.tables if facts.models is not None else ():
        found = [
            table
            for table in tables
            if table.name == model.name and model.schema in (None, table.schema)
        ]
        if len(found) == 1:
            yield model, found[0]


# An example for rules that speak of what a revision leaves undone: {} is a mark or nothing.
COMMENT_ONLY = """
from alembic import op
revision = "a1"
down_revision = "a0"
def upgrade():{}
    op.execute("COMMENT ON TABLE a IS 'x'")
def downgrade():
    op.execute("COMMENT ON TABLE a IS NULL")
"""
