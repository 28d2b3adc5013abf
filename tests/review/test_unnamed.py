"""What alembic makes of a constraint without a name, and what is said of it."""

from __future__ import annotations

import io

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData

from opsmig_tui.review.model import Facts
from opsmig_tui.worker.modelfacts import conventions
from opsmig_tui.worker.protocol import ModelFacts
from tests.review.case import Case

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
UNIQUE = 'op.create_unique_constraint(None, "a", ["b"])'
FOREIGN = 'op.create_foreign_key(None, "a", "c", ["b"], ["id"])'
CHECK = 'op.create_check_constraint(None, "a", "b > 0")'
PRIMARY = 'op.create_primary_key(None, "a", ["b"])'
INDEX = 'op.create_index(None, "a", ["b"])'
EXCLUDE = 'op.create_exclude_constraint(None, "a", ("b", "="))'
DROP = 'op.drop_constraint(None, "a", type_="{}")'


def emitted(call: str, metadata: MetaData) -> str:
    """The SQL, or the name of the error."""
    out = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql",
        opts={"as_sql": True, "output_buffer": out, "target_metadata": metadata},
    )
    try:
        eval(call, {"op": Operations(context)})
    except Exception as error:
        return type(error).__name__
    return " ".join(out.getvalue().split())


def said(call: str, metadata: MetaData) -> str:
    """How severe the finding is, "" for none."""
    facts = Facts(models=ModelFacts((), (), conventions=conventions(metadata)))
    found = Case("", call, facts=facts).review().findings
    return "".join(item.severity for item in found if item.rule == "unnamed-constraint")


@pytest.mark.parametrize(
    ("call", "sql", "severity"),
    [
        (UNIQUE, "ADD UNIQUE (b)", "note"),
        (FOREIGN, "ADD FOREIGN KEY(b)", "note"),
        (CHECK, "ADD CHECK (b > 0)", "note"),
        (PRIMARY, "ADD PRIMARY KEY (b)", "note"),
        (EXCLUDE, "ADD EXCLUDE", "note"),
        (INDEX, "CREATE INDEX ix_a_b ON a (b)", ""),
        (DROP.format("unique"), "CompileError", "error"),
        (DROP.format("primary"), "CompileError", "error"),
        ('op.drop_index(None, "a")', "DROP INDEX ix_a_x", "error"),
    ],
)
def test_without_a_convention(call: str, sql: str, severity: str) -> None:
    assert sql in emitted(call, MetaData())
    assert said(call, MetaData()) == severity


@pytest.mark.parametrize(
    ("call", "sql", "severity"),
    [
        (UNIQUE, "ADD CONSTRAINT uq_a_b UNIQUE (b)", ""),
        (FOREIGN, "ADD CONSTRAINT fk_a_b_c FOREIGN KEY(b)", ""),
        (PRIMARY, "ADD CONSTRAINT pk_a PRIMARY KEY (b)", ""),
        (CHECK, "InvalidRequestError", "error"),
        (EXCLUDE, "ADD EXCLUDE", "note"),
        (DROP.format("unique"), "DROP CONSTRAINT uq_a_;", "error"),
        (DROP.format("foreignkey"), "IndexError", "error"),
        (DROP.format("check"), "InvalidRequestError", "error"),
        (DROP.format("primary"), "DROP CONSTRAINT pk_a;", ""),
    ],
)
def test_with_a_convention(call: str, sql: str, severity: str) -> None:
    metadata = MetaData(naming_convention=CONVENTION)
    assert sql in emitted(call, metadata)
    assert said(call, metadata) == severity


def test_a_batch_with_a_convention_of_its_own() -> None:
    call = """
    with op.batch_alter_table("a", naming_convention=NAMES) as batch:
        batch.create_unique_constraint(None, ["b"])
    """
    assert said(call, MetaData()) == ""
    assert said(call.replace(", naming_convention=NAMES", ""), MetaData()) == "note"
