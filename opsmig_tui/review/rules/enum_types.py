"""CREATE TABLE that brings along an enum type which is there already."""

from __future__ import annotations

from collections.abc import Iterator

from opsmig_tui.review.model import Facts, Finding
from opsmig_tui.review.operations import EnumUse, Operation, qualified, same_schema
from opsmig_tui.review.rules.base import Example, Rule, flag, table_of
from opsmig_tui.review.subject import Subject
from opsmig_tui.worker.protocol import DatabaseFacts, EnumFacts

EXISTS = "enum-type-exists"


def _type_exists(subject: Subject) -> Iterator[Finding]:
    if not subject.on_postgresql:
        return
    for item in subject.operations:
        if item.kind != "create_table" or item.is_sql or item.guard is not False:
            continue
        if item.context.dialect == "other" or item.context.guarded:
            continue
        for enum in _brought_along(item):
            reason = _there_already(subject, item, enum)
            if reason:
                yield flag(
                    EXISTS,
                    "error",
                    item,
                    f"Creates {table_of(item)} along with enum type "
                    f"{qualified(enum.name or '…', enum.schema)}, which {reason}.",
                    "CREATE TABLE emits CREATE TYPE for each Enum without asking: DuplicateObject.",
                    "In the table's column use postgresql.ENUM(…, create_type=False).",
                )
                break


def _brought_along(item: Operation) -> Iterator[EnumUse]:
    for column in item.columns:
        enum = column.type.enum if column.type is not None else None
        if enum is not None and enum.name is not None and enum.creates is True:
            yield enum


def _there_already(subject: Subject, item: Operation, enum: EnumUse) -> str:
    """Why the type certainly exists by then; "" where that is not certain.

    Types of other CREATE TABLEs do not count: alembic remembers those within one run.
    """
    last: Operation | None = None
    for other in subject.earlier(item, "create_enum", "drop_enum"):
        if enum.name in (other.name, other.old_name) and (last is None or other.order > last.order):
            last = other
    if last is not None:
        made = last.kind == "create_enum" and last.name == enum.name
        certain = made and not last.context.branch and last.context.dialect != "other"
        return "this revision creates before" if certain else ""
    if item.context.direction == "downgrade" or any(subject.earlier(item, "undecided")):
        return ""
    pending = [op for migration in subject.facts.pending_before for op in migration.upgrade]
    if any(op.kind == "drop_enum" and op.name in (None, enum.name) for op in pending):
        return ""
    if any(op.kind == "create_enum" and op.name == enum.name for op in pending):
        return "a pending revision creates before"
    return "the database has" if _in_database(subject, item, enum) else ""


def _in_database(subject: Subject, item: Operation, enum: EnumUse) -> bool:
    """The database has the type, and has not got it from this revision."""
    database = subject.facts.database
    if database is None or subject.facts.applied is not False:
        return False
    if any(table.name == item.table for table in database.tables):
        return False
    return any(
        found.name == enum.name and same_schema(enum.schema, found.schema)
        for found in database.enums
    )


_TABLE = """
op.create_table({}
    "a",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("kind", {}),
)
"""
_THERE = Facts(
    database=DatabaseFacts("postgresql", 160000, (), (EnumFacts("public", "kind", ("a",)),)),
    applied=False,
)

RULES = (
    Rule(
        EXISTS,
        "error",
        "correctness",
        "op.create_table() with an Enum emits CREATE TYPE whether the type exists or not, so it "
        "fails when the type was created before: by .create() in this revision or a pending one, "
        "or long ago by another table's revision.",
        _type_exists,
        fires=Example(_TABLE.format("  #!", 'sa.Enum("a", name="kind")'), facts=_THERE),
        silent=Example(
            _TABLE.format("", 'postgresql.ENUM("a", name="kind", create_type=False)'),
            facts=_THERE,
        ),
        source="SQLAlchemy documentation: PostgreSQL ENUM (create_type); measured with alembic "
        "1.8 and later",
    ),
)
