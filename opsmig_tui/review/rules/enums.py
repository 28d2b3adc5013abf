"""Rules about PostgreSQL's enum types."""

from __future__ import annotations

from collections.abc import Iterator

from opsmig_tui.review.model import Facts, NotChecked
from opsmig_tui.review.operations import EnumUse, Operation, Span, qualified, same_schema
from opsmig_tui.review.rules.base import Example, Rule, Verdict, flag, keyword, listed
from opsmig_tui.review.subject import Subject
from opsmig_tui.worker.protocol import DatabaseFacts, EnumFacts, ModelFacts

VALUE_MISSING, TYPE_MISSING = "enum-value-missing", "enum-type-missing"


def _value_missing(subject: Subject) -> Iterator[Verdict]:
    facts = subject.facts
    if not facts.is_last_pending:
        return
    if facts.models is None or facts.database is None:
        reason = facts.no_models_reason if facts.models is None else facts.no_database_reason
        yield NotChecked(VALUE_MISSING, reason)
        return
    if not subject.on_postgresql:
        return
    where = subject.migration.function_span("upgrade") or Span(1)
    for enum, lacking in lacking_values(subject):
        unread = next((op for op in subject.migration.upgrade if _may_add(op, enum)), None)
        if unread is not None:
            reason = f"line {unread.span.line} may add values to {enum.name}, which its text hides"
            yield NotChecked(VALUE_MISSING, reason)
        else:
            name = qualified(enum.name, enum.schema)
            them = "it" if len(lacking) == 1 else "one of them"
            yield flag(
                VALUE_MISSING,
                "error",
                where,
                f"The models' enum {name} has {listed(map(repr, lacking))}, which the "
                "database lacks.",
                f"Autogenerate does not compare enum values: the first write of {them} fails.",
                f"Run {_add_values(name, lacking)} inside op.get_context().autocommit_block().",
            )


def lacking_values(subject: Subject) -> Iterator[tuple[EnumFacts, list[str]]]:
    """The models' enums with the values that the database lacks, which are some."""
    models = subject.facts.models
    for enum in models.enums if models is not None else ():
        values = _values_now(subject, enum, _in_database(subject, enum.name, enum.schema))
        lacking = [value for value in enum.values if values is not None and value not in values]
        if lacking:
            yield enum, lacking


def _add_values(enum: str, values: list[str]) -> str:
    """``ALTER TYPE ops.kind ADD VALUE IF NOT EXISTS 'c'``, and that there is more to add."""
    first = values[0].replace("'", "''")
    statement = f"ALTER TYPE {enum} ADD VALUE IF NOT EXISTS '{first}'"
    return statement if len(values) == 1 else f"{statement}, and so for each value,"


def _in_database(subject: Subject, name: str, schema: str | None) -> EnumFacts | None:
    """The database's type of this name; None also where two schemas have one and nothing tells
    which is meant."""
    database = subject.facts.database
    found = [
        enum
        for enum in (database.enums if database is not None else ())
        if enum.name == name and same_schema(schema, enum.schema)
    ]
    if len(found) > 1:
        found = [enum for enum in found if enum.schema == (schema or "public")]
    return found[0] if found else None


def _same_type(op: Operation, enum: EnumFacts) -> bool:
    return op.name == enum.name and same_schema(op.schema, enum.schema)


def _values_now(subject: Subject, enum: EnumFacts, there: EnumFacts | None) -> set[str] | None:
    """The values the type has after the pending revisions and this one; None: nothing tells."""
    pending = subject.facts.enum_values_pending
    known: set[str] | None = None
    if there is not None:
        known = {*there.values, *pending.get(enum.name, ())}
        known |= set(pending.get(f"{there.schema}.{enum.name}", ()))
    for op in subject.migration.upgrade:
        if not _same_type(op, enum):
            continue
        if op.kind == "create_enum":
            known = set(op.values) if op.values is not None else None
        elif op.kind == "drop_enum":
            known = None
        elif op.kind in ("add_enum_value", "rename_enum_value") and known is not None:
            known = (known - {op.old_name}) | set(op.values or ())
    return known


def _may_add(op: Operation, enum: EnumFacts) -> bool:
    if op.kind == "add_enum_value":
        return op.name is None or (_same_type(op, enum) and op.values is None)
    return op.kind == "undecided" and ("ADD VALUE" in op.text.upper() or op.object_type == "call")


def _type_missing(subject: Subject) -> Iterator[Verdict]:
    if not subject.on_postgresql:
        return
    undecided = False
    seen: set[tuple[str, str]] = set()
    for item in subject.operations:
        enum = enum_of(item)
        if enum is None or enum.name is None or item.context.dialect == "other":
            continue
        key = (item.context.direction, enum.name)
        if key in seen or _made_before(subject, item, enum.name):
            continue
        seen.add(key)
        exists = _existed(subject, item, enum)
        if exists is None:
            undecided = True
        elif not exists:
            yield flag(
                TYPE_MISSING,
                "error",
                item,
                f"Uses enum type {qualified(enum.name, enum.schema)}, which nothing has created.",
                "Adding or altering a column does not emit CREATE TYPE; only CREATE TABLE does.",
                f"Before it, create the type: {_create_call(enum)}.",
            )
    if undecided:
        yield NotChecked(TYPE_MISSING, subject.facts.no_database_reason)


def _create_call(enum: EnumUse) -> str:
    values = ", ".join(repr(value) for value in enum.values or ("…",))
    schema = keyword("schema", enum.schema)
    return f'sa.Enum({values}, name="{enum.name}"{schema}).create(op.get_bind(), checkfirst=True)'


def enum_of(item: Operation) -> EnumUse | None:
    """The enum type a column gets by ALTER TABLE."""
    if item.kind == "add_column" and not item.is_sql and item.columns[0].type is not None:
        return item.columns[0].type.enum
    if item.kind == "alter_column" and item.change is not None and item.change.type is not None:
        enum = item.change.type.enum
        return enum if enum is None or enum.name != item.change.existing_enum else None
    return None


def _made_before(subject: Subject, item: Operation, name: str) -> bool:
    """The type is created before in this direction, or something unread may have done it."""
    if subject.before(item).has_enum(name, item.order):
        return True
    if any(other.name is None for other in subject.earlier(item, "create_enum")):
        return True
    return any(
        op.kind != "undecided" or not op.is_sql or _mentions(op, name)
        for op in subject.earlier(item, "opaque")
    )


def _mentions(op: Operation, name: str) -> bool:
    return name in op.text or "…" in op.text or "TYPE" in op.text.upper()


def _existed(subject: Subject, item: Operation, enum: EnumUse) -> bool | None:
    """Whether the type is there when this direction starts; None: nothing tells."""
    up = subject.migration.upgrade
    if item.context.direction == "downgrade":
        # upgrade() started with the type in use, so it is gone only if upgrade() dropped it.
        return not any(op.kind == "drop_enum" and op.name == enum.name for op in up)
    database = subject.facts.database
    if database is not None:
        return any(
            e.name == enum.name and same_schema(enum.schema, e.schema) for e in database.enums
        )
    if subject.facts.known_enums is not None:
        return enum.name in subject.facts.known_enums
    return None


def _kind(*values: str, models: tuple[str, ...] = ()) -> Facts:
    """The database's enum type kind, and the models'."""
    there = (EnumFacts("public", "kind", values),) if values else ()
    return Facts(
        models=ModelFacts((), (EnumFacts(None, "kind", models),) if models else ()),
        database=DatabaseFacts("postgresql", 160000, (), there),
    )


_ONE = """
from alembic import op
revision = "a1"
down_revision = "a0"
def upgrade():{}
    op.execute("ALTER TYPE kind ADD VALUE IF NOT EXISTS 'b'")
def downgrade():
    op.execute("SELECT 1")
"""
_COLUMN = 'op.add_column("a", sa.Column("k", sa.Enum("a", name="kind")))'

RULES = (
    Rule(
        VALUE_MISSING,
        "error",
        "correctness",
        "An Enum of the models has values that the type in the database lacks, and no pending "
        "revision adds them. Autogenerate emits nothing for that, so the first write fails.",
        _value_missing,
        fires=Example(whole=_ONE.format("  #!"), facts=_kind("a", models=("a", "b", "c"))),
        silent=Example(whole=_ONE.format(""), facts=_kind("a", models=("a", "b"))),
        source="Alembic documentation: What does Autogenerate Detect",
    ),
    Rule(
        TYPE_MISSING,
        "error",
        "correctness",
        "A column of an enum type is added to an existing table, and nothing created the type: "
        "unlike CREATE TABLE, ADD COLUMN does not make SQLAlchemy emit CREATE TYPE.",
        _type_missing,
        fires=Example(f"{_COLUMN}  #!", facts=_kind()),
        silent=Example(_COLUMN, facts=_kind("a")),
        source="SQLAlchemy documentation: PostgreSQL ENUM types; Alembic issue 278",
    ),
)
