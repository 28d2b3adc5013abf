"""Facts weighed against what the migration does itself: other schemas, renames, what it makes."""
# ruff: noqa: E501 - a mark must stand on the line it is about

from __future__ import annotations

from dataclasses import replace

from opsmig_tui.review.model import Facts
from opsmig_tui.worker.protocol import (
    ColumnFacts,
    DatabaseFacts,
    EnumFacts,
    ModelFacts,
)
from tests.review.case import Case
from tests.review.cases_facts import VERSIONED, facts, table

TWO = Facts(
    models=ModelFacts((), (EnumFacts("ops", "kind", ("a", "b")),)),
    database=DatabaseFacts(
        "postgresql",
        160000,
        (),
        (EnumFacts("audit", "kind", ("a", "b")), EnumFacts("ops", "kind", ("a",))),
    ),
)
UNSAID = replace(TWO, models=ModelFacts((), (EnumFacts(None, "kind", ("a", "b")),)))
ADDS = """
from alembic import op
revision = "a1"
down_revision = "a0"
def upgrade():{mark}
    with op.get_context().autocommit_block():
        {statement}
def downgrade():
    op.execute("SELECT 1")
"""
FLAGGED = "  #! enum-value-missing"


def adds(statement: str, mark: str = "") -> str:
    return ADDS.format(mark=mark, statement=statement)


CASES = [
    Case(
        "enum-value-missing: another schema's type of that name has it",
        whole=adds("op.execute('SELECT 1')", FLAGGED),
        facts=TWO,
    ),
    Case(
        "enum-value-missing: it goes to another schema's type",
        whole=adds("op.execute(\"ALTER TYPE audit.kind ADD VALUE IF NOT EXISTS 'b'\")", FLAGGED),
        facts=TWO,
    ),
    Case(
        "enum-value-missing: pending for another schema's type",
        whole=adds("op.execute('SELECT 1')", FLAGGED),
        facts=replace(TWO, enum_values_pending={"audit.kind": ("b",)}),
    ),
    Case(
        "near: pending for this schema's type",
        whole=adds("op.execute('SELECT 1')"),
        facts=replace(TWO, enum_values_pending={"ops.kind": ("b",)}),
    ),
    Case(
        "near: two types of that name, and nothing says which",
        whole=adds("op.execute('SELECT 1')"),
        facts=UNSAID,
    ),
    Case(
        "near: added in a loop",
        whole=adds(
            """for value in ("b", "c"):
            op.execute(f"ALTER TYPE ops.kind ADD VALUE IF NOT EXISTS '{value}'")"""
        ),
        facts=TWO,
    ),
    Case(
        "near: the database has more values than the models",
        whole=adds("op.execute('SELECT 1')"),
        facts=facts({"kind": ("a",)}, {"kind": ("a", "b")}),
    ),
    Case(
        "enum-value-missing: renamed away",
        whole=adds(
            "op.execute(\"ALTER TYPE ops.kind RENAME VALUE 'a' TO 'b'\")  #! enum-rename-or-remove",
            FLAGGED,
        ),
        facts=facts({"kind": ("a", "b")}, {"kind": ("a",)}),
    ),
    Case(
        "near: renamed as in the models",
        whole=adds(
            "op.execute(\"ALTER TYPE ops.kind RENAME VALUE 'a' TO 'b'\")  #! enum-rename-or-remove"
        ),
        facts=facts({"kind": ("b",)}, {"kind": ("a",)}),
    ),
    Case(
        "enum-value-missing: the type is made here, with too few values",
        whole=adds("op.execute(\"CREATE TYPE ops.kind AS ENUM ('a')\")", FLAGGED)
        .replace("with op.get_context().autocommit_block():", "if True:")
        .replace("SELECT 1", "DROP TYPE ops.kind"),
        facts=facts({"kind": ("a", "b")}),
    ),
    Case(
        "companion: a new versioned model comes with its companion, and later columns too",
        """
        op.create_table("agreement", sa.Column("id", sa.Integer()), schema="ops")
        op.create_table("agreement_history", sa.Column("id", sa.Integer()), schema="ops")
        op.add_column("agreement", sa.Column("x", sa.Integer()), schema="ops")
        op.add_column("agreement_history", sa.Column("x", sa.Integer()), schema="ops")
        """,
        """
        op.drop_table("agreement_history", schema="ops")
        op.drop_table("agreement", schema="ops")
        """,
        facts=VERSIONED,
    ),
    Case(
        "companion-column-missing: said once",
        """
        op.add_column("agreement", sa.Column("x", sa.Integer()), schema="ops")  #! companion-column-missing
        op.alter_column("agreement", "x", server_default="1", schema="ops")
        op.execute("UPDATE ops.agreement SET x = 1 WHERE x IS NULL")
        op.alter_column("agreement", "x", nullable=False, schema="ops")
        """,
        'op.drop_column("agreement", "x", schema="ops")',
        facts=VERSIONED,
    ),
    Case(
        "not-null-no-backfill: the database knows that it is no repetition",
        """
        op.alter_column("t", "x", type_=sa.Text(), nullable=False, schema="ops")  #! not-null-no-backfill, set-not-null
        """,
        "op.execute(UNDO)",
        facts=facts(tables=(table("t", "x"),)),
    ),
    Case(
        "near: the database has it NOT NULL already",
        """
        op.alter_column("t", "x", type_=sa.Text(), nullable=False, schema="ops")
        """,
        "op.execute(UNDO)",
        facts=facts(
            tables=(replace(table("t"), columns=(ColumnFacts("x", "VARCHAR(50)", False, False),)),)
        ),
    ),
]
