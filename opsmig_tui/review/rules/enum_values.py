"""Rules about values of PostgreSQL's enum types: when they can be used, and when they go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Operation, qualified, same_schema
from opsmig_tui.review.rules.base import Example, Rule, flag
from opsmig_tui.review.subject import Subject
from opsmig_tui.worker.protocol import DatabaseFacts

USED, CHANGED = "enum-value-used-in-transaction", "enum-rename-or-remove"
_IN_TRANSACTION_SINCE = 12  # release notes of PostgreSQL 12: ALTER TYPE … ADD VALUE
_USES = frozenset(
    {
        *("insert", "update", "delete", "data", "add_column", "alter_column", "create_constraint"),
        *("create_index", "create_object", "sql", "undecided"),
    }
)


@dataclass
class _Fresh:
    """Enum values added in the transaction that runs, by the type's name."""

    added: dict[str, set[str]] = field(default_factory=dict)
    types: set[str] = field(default_factory=set)  # of this transaction: their values are safe

    def pass_by(self, item: Operation) -> None:
        """What the operation means for the transaction and its new values."""
        if item.context.dialect == "other":
            return
        if item.context.autocommit or (item.kind == "commit" and item.is_sql):
            self.added.clear()  # an autocommit_block commits what came before it
            self.types.clear()
        elif item.kind == "create_enum" and item.name is not None:
            self.types.add(item.name)
        elif item.kind == "create_table":
            enums = (c.type.enum for c in item.columns if c.type is not None)
            self.types |= {enum.name for enum in enums if enum is not None and enum.name}
        elif item.kind == "add_enum_value" and item.name and item.name not in self.types:
            self.added.setdefault(item.name, set()).update(item.values or ())


def _used(subject: Subject) -> Iterator[Finding]:
    facts = subject.facts
    if not subject.on_postgresql:
        return
    fresh = _Fresh()
    if not facts.transaction_per_migration:
        for migration in facts.pending_before:
            for item in migration.upgrade:
                fresh.pass_by(item)
    yield from _in_order(subject, subject.migration.upgrade, fresh)
    yield from _in_order(subject, subject.migration.downgrade, _Fresh())


def _in_order(subject: Subject, items: Iterable[Operation], fresh: _Fresh) -> Iterator[Finding]:
    for item in items:
        fresh.pass_by(item)
        if not subject.locks(item):
            continue
        if item.kind == "add_enum_value" and not item.context.autocommit:
            yield from _too_old(subject, item)
            continue
        if not fresh.added or item.kind not in _USES:
            continue
        if item.kind == "sql" and item.object_type != "select":
            continue  # COMMENT, SET …
        for name, value in _named(subject, item, fresh):
            yield flag(
                USED,
                "error",
                item,
                f"Uses {value!r} of enum {name} in the transaction that adds it.",
                "PostgreSQL refuses a new enum value until it is committed: unsafe use of new "
                "value. alembic runs all pending revisions in one transaction.",
                "Put the ADD VALUE inside `with op.get_context().autocommit_block():`.",
            )
            break


def _too_old(subject: Subject, item: Operation) -> Iterator[Finding]:
    version = subject.version
    if version is not None and version < _IN_TRANSACTION_SINCE:
        yield flag(
            USED,
            "error",
            item,
            f"Adds a value to enum {qualified(item.name or '…', item.schema)} in a transaction.",
            f"PostgreSQL {version} cannot do that: it came with PostgreSQL 12.",
            "Put it inside `with op.get_context().autocommit_block():`.",
        )


def _named(subject: Subject, item: Operation, fresh: _Fresh) -> Iterator[tuple[str, str]]:
    """New values that the operation's own text holds as a string, where its table may have them."""
    text = _text(subject, item)
    for name, values in fresh.added.items():
        if not _may_hold(subject, item, name):
            continue
        for value in sorted(values):
            if re.search(rf"""(['"]){re.escape(value)}\1""", text):
                yield name, value


def _text(subject: Subject, item: Operation) -> str:
    if item.is_sql and item.text:
        return item.text
    lines = subject.migration.lines[item.span.line - 1 : max(item.span.end_line, 1)]
    if len(lines) == 1 and item.span.end_line == item.span.line:
        return lines[0].encode()[item.span.column : item.span.end_column].decode("utf-8", "replace")
    return "\n".join(lines)


def _may_hold(subject: Subject, item: Operation, enum: str) -> bool:
    """Nothing says that the operation's table has no column of the type."""
    database = subject.facts.database
    if item.columns and item.columns[0].type is not None:
        found = item.columns[0].type
        return found.family in ("", "enum", enum) and (
            found.enum is None or found.enum.name in (None, enum)
        )
    if database is None or item.table is None:
        return True
    known = _types_of(database, item)
    added = subject.before(item).columns
    return not known or enum in known or any(table == item.table for table, _ in added)


def _types_of(database: DatabaseFacts, item: Operation) -> set[str | None]:
    """The enum types of the table's columns (of the one it is about); empty: nothing tells."""
    for table in database.tables:
        if table.name == item.table and same_schema(item.schema, table.schema):
            columns = table.columns
            if item.kind == "alter_column":
                columns = tuple(one for one in columns if one.name == item.column)
            return {column.enum for column in columns}
    return set()


def _changed(subject: Subject) -> Iterator[Finding]:
    up = subject.migration.upgrade
    for item in up:
        if not subject.locks(item) or item.name is None:
            continue
        if subject.before(item).has_enum(item.name, item.order):
            continue
        if item.kind == "rename_enum_value":
            new = repr((item.values or ("…",))[0])
            yield flag(
                CHANGED,
                "warning",
                item,
                f"Renames value {item.old_name!r} of enum {_name(item)} to {new}.",
                "Code of the running release still writes and compares the old value: it fails at "
                "once.",
                "Add the new value, move the rows over, and leave the old one unused.",
            )
        elif (made := _recreated(up, item)) is not None and not _grows(subject, item, made):
            yield flag(
                CHANGED,
                "warning",
                item,
                f"Makes enum type {qualified(made.name or '…', made.schema)} anew.",
                "Its columns are rewritten under ACCESS EXCLUSIVE, and code of the running release "
                "fails on a value that is gone.",
                "Add values with ALTER TYPE … ADD VALUE, and leave unused ones where they are.",
            )


def _name(item: Operation) -> str:
    return qualified(item.name or "…", item.schema)


def _recreated(up: tuple[Operation, ...], item: Operation) -> Operation | None:
    """The create that takes the name of a type which is renamed away or dropped here."""
    if item.kind == "drop_enum":
        gone: str | None = item.name
    elif item.kind == "create_enum" and item.old_name is not None:
        gone = item.old_name
    else:
        return None
    for later in up[item.order + 1 :]:
        if later.kind == "create_enum" and later.name == gone:
            return None if later.old_name is not None and item.kind == "drop_enum" else later
    return None


def _grows(subject: Subject, item: Operation, made: Operation) -> bool:
    """The new type has every value of the old one."""
    if made.values is None:
        return False
    for enum in subject.facts.database.enums if subject.facts.database is not None else ():
        if enum.name == made.name and same_schema(made.schema, enum.schema):
            return set(enum.values) <= set(made.values)
    for other in subject.migration.downgrade:
        if other.kind == "create_enum" and other.name == made.name and other.values is not None:
            return set(other.values) <= set(made.values)
    return False


_ADD = """op.execute("ALTER TYPE kind ADD VALUE 'lease'")"""
_USE = """op.execute("UPDATE a SET kind = 'lease' WHERE kind IS NULL")"""

RULES = (
    Rule(
        USED,
        "error",
        "correctness",
        "A value is added to an enum type and used (in an UPDATE, a default, a CHECK) before that "
        "is committed: unsafe use of new value. alembic runs all pending revisions in one "
        "transaction, so those before this one count too. Not said of a type that is itself new in "
        "the transaction. Before PostgreSQL 12 ADD VALUE cannot run in a transaction at all.",
        _used,
        fires=Example(f"{_ADD}\n{_USE}  #!"),
        silent=Example(
            f"""
            with op.get_context().autocommit_block():
                {_ADD}
            {_USE}
            """
        ),
        source="PostgreSQL documentation: ALTER TYPE (Notes), release notes of 12; measured",
    ),
    Rule(
        CHANGED,
        "warning",
        "correctness",
        "A value of an enum type is renamed, or the type made anew under its old name so that "
        "values go: code of the running release that still uses the old value fails. Not said "
        "when the new type has every value of the old one.",
        _changed,
        fires=Example("""op.execute("ALTER TYPE kind RENAME VALUE 'a' TO 'b'")  #!"""),
        silent=Example("""op.execute("ALTER TYPE kind ADD VALUE 'b'")"""),
        source="PostgreSQL documentation: ALTER TYPE (RENAME VALUE)",
    ),
)
