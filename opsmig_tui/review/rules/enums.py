"""Rules about PostgreSQL's enum types."""

from __future__ import annotations

from collections.abc import Iterator

from opsmig_tui.review.model import NotChecked
from opsmig_tui.review.operations import EnumUse, Operation, Span, same_schema
from opsmig_tui.review.rules.base import Rule, Verdict, flag, listed
from opsmig_tui.review.subject import Subject
from opsmig_tui.worker.protocol import EnumFacts

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
    for enum in facts.models.enums:
        there = _in_database(subject, enum.name, enum.schema)
        if there is None or _made_here(subject, enum):
            continue
        lacking = _lacking(subject, enum, there)
        unread = next((op for op in subject.migration.upgrade if _may_add(op, enum)), None)
        if lacking and unread is not None:
            reason = f"line {unread.span.line} may add values to {enum.name}, which its text hides"
            yield NotChecked(VALUE_MISSING, reason)
        elif lacking:
            qualified = f"{enum.schema}.{enum.name}" if enum.schema else enum.name
            values = listed([repr(value) for value in lacking])
            yield flag(
                VALUE_MISSING,
                "error",
                where,
                f"The models' enum {enum.name} has {values}, which the database lacks.",
                "Autogenerate does not compare enum values; writing one of these fails.",
                f"Run ALTER TYPE {qualified} ADD VALUE IF NOT EXISTS '{lacking[0]}' inside "
                "op.get_context().autocommit_block().",
            )


def _in_database(subject: Subject, name: str, schema: str | None) -> EnumFacts | None:
    database = subject.facts.database
    for enum in database.enums if database is not None else ():
        if enum.name == name and same_schema(schema, enum.schema):
            return enum
    return None


def _made_here(subject: Subject, enum: EnumFacts) -> bool:
    """upgrade() creates or recreates the type."""
    return any(
        op.kind in ("create_enum", "drop_enum") and op.name == enum.name
        for op in subject.migration.upgrade
    )


def _lacking(subject: Subject, enum: EnumFacts, there: EnumFacts) -> list[str]:
    pending = subject.facts.enum_values_pending
    known = {*there.values, *pending.get(enum.name, ())}
    known |= set(pending.get(f"{enum.schema}.{enum.name}", ()))
    for op in subject.migration.upgrade:
        if op.kind in ("add_enum_value", "rename_enum_value") and op.name == enum.name:
            known |= set(op.values or ())
    return [value for value in enum.values if value not in known]


def _may_add(op: Operation, enum: EnumFacts) -> bool:
    if op.kind == "add_enum_value":
        return op.name is None or (op.name == enum.name and op.values is None)
    return op.kind == "undecided" and ("ADD VALUE" in op.text.upper() or op.object_type == "call")


def _type_missing(subject: Subject) -> Iterator[Verdict]:
    if not subject.on_postgresql:
        return
    undecided = False
    seen: set[tuple[str, str]] = set()
    for item in subject.operations:
        enum = _enum_of(item)
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
                f"Uses enum type {enum.name}, which nothing has created.",
                "Adding or altering a column does not emit CREATE TYPE; only CREATE TABLE does.",
                f"Before it, create the type: {_create_call(enum)}.",
            )
    if undecided:
        yield NotChecked(TYPE_MISSING, subject.facts.no_database_reason)


def _create_call(enum: EnumUse) -> str:
    values = ", ".join(repr(value) for value in enum.values or ("…",))
    return f'sa.Enum({values}, name="{enum.name}").create(op.get_bind(), checkfirst=True)'


def _enum_of(item: Operation) -> EnumUse | None:
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
    if subject.facts.database is not None:
        assert enum.name is not None
        return _in_database(subject, enum.name, enum.schema) is not None
    if subject.facts.known_enums is not None:
        return enum.name in subject.facts.known_enums
    return None


RULES = (
    Rule(
        VALUE_MISSING,
        "error",
        "correctness",
        "An Enum of the models has values that the type in the database lacks, and no pending "
        "revision adds them. Autogenerate emits nothing for that, so the first write fails.",
        _value_missing,
    ),
    Rule(
        TYPE_MISSING,
        "error",
        "correctness",
        "A column of an enum type is added to an existing table, and nothing created the type: "
        "unlike CREATE TABLE, ADD COLUMN does not make SQLAlchemy emit CREATE TYPE.",
        _type_missing,
    ),
)
