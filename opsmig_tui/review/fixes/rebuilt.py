"""What upgrade() drops or changes, made again as the database has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from opsmig_tui.review.fixes.common import sql_name, sql_text
from opsmig_tui.review.fixes.model import FixRefused
from opsmig_tui.review.fixes.names import rename_sql
from opsmig_tui.review.fixes.type_code import column_code, type_code, writable
from opsmig_tui.review.operations import Operation, qualified
from opsmig_tui.review.renames import table_facts
from opsmig_tui.review.rules.base import column_of, table_of
from opsmig_tui.review.rules.constraints import Renamed
from opsmig_tui.review.subject import Subject
from opsmig_tui.worker.protocol import ColumnFacts, ConstraintFacts, TableFacts

if TYPE_CHECKING:
    from opsmig_tui.review.fixes.sheet import Sheet

Undo = Callable[["Sheet"], str]
_OWN_DROPS = ("drop_index", "drop_constraint")
_INDEX = re.compile(r"^CREATE (UNIQUE )?INDEX ")


def rebuilt(subject: Subject, item: Operation) -> Undo:
    """Source that undoes it, by what is in the database now. Raises FixRefused with the reason."""
    if item.kind in _MADE and item.complete and not item.nameless and not item.context.branch:
        return _MADE[item.kind](subject, item)
    raise FixRefused("nothing here tells how to undo it")


def _database(subject: Subject, item: Operation) -> None:
    """Raises FixRefused where the database does not show what upgrade() will find."""
    facts = subject.facts
    if facts.database is None:
        raise FixRefused(f"what that was is not known ({facts.no_database_reason})")
    if facts.database.dialect != "postgresql":
        raise FixRefused("only PostgreSQL is asked what that was")
    for migration in facts.pending_before:
        if any(op.opaque or op.table in (item.table, None) for op in migration.upgrade):
            raise FixRefused("another pending revision may change that before")


def _table(subject: Subject, item: Operation) -> TableFacts:
    _database(subject, item)
    found = table_facts(subject.facts, item.table, item.schema)
    if found is None:
        raise FixRefused(f"the database has no table {table_of(item)} to look at")
    return found


def _column(subject: Subject, item: Operation) -> ColumnFacts:
    for column in _table(subject, item).columns:
        if column.name == item.column:
            if not writable(column):
                raise FixRefused(f"its type or default ({column.type}) is none that can be written")
            return column
    raise FixRefused(f"the database has no {column_of(item)} to look at")


def _schema(sheet: Sheet, item: Operation) -> str | None:
    return sheet.style.quoted(item.schema) if item.schema else None


def _drop_column(subject: Subject, item: Operation) -> Undo:
    column, table = _column(subject, item), _table(subject, item)
    if any(op.column == item.column for op in _earlier(subject, item)):
        raise FixRefused("the column is changed before")
    if not column.nullable and not column.default:
        raise FixRefused("it was NOT NULL, and what its rows should hold again is not known")
    if "nextval(" in (column.default or ""):
        raise FixRefused("the sequence that counted it up is gone with it")
    left = _left(subject, item, table)
    along = [c for c in left if item.column in c.columns]
    word = re.compile(rf"\b{re.escape(column.name)}\b")
    for other in left:
        text = other.definition.partition(" USING ")[2]
        if other.kind == "index" and other not in along and word.search(text):
            raise FixRefused(f"index {other.name} may go with it")

    def code(sheet: Sheet) -> str:
        made = column_code(sheet.style, column, subject.facts)
        name = sheet.style.quoted(item.table or "")
        add = sheet.style.op("add_column", name, made, schema=_schema(sheet, item))
        return "\n".join([add, *(sheet.style.execute(_made(table, c)) for c in along)])

    return code


def _drop_table(subject: Subject, item: Operation) -> Undo:
    table = _table(subject, item)
    if item.cascade:
        raise FixRefused("CASCADE may drop what nobody named")
    if any(op.kind not in _OWN_DROPS for op in _earlier(subject, item)):
        raise FixRefused("the table is changed before")
    left = _left(subject, item, table)
    primary = next((c for c in left if c.kind == "primary"), None)
    keys = primary.columns if primary is not None else ()
    for column in table.columns:
        if not writable(column) or ("nextval(" in (column.default or "") and not (
            _is_serial(table, column) and keys == (column.name,)
        )):  # fmt: skip
            raise FixRefused(
                f"type or default of {column.name} ({column.type}) is none that can be written"
            )
    return lambda sheet: _created(sheet, subject, item, table, left)


def _is_serial(table: TableFacts, column: ColumnFacts) -> bool:
    return f"{table.name}_{column.name}_seq" in (column.default or "")


def _created(
    sheet: Sheet, subject: Subject, item: Operation, table: TableFacts, left: list[ConstraintFacts]
) -> str:
    style = sheet.style
    parts = [column_code(style, column, subject.facts) for column in table.columns]
    for at, column in enumerate(table.columns):
        if "nextval(" in (column.default or ""):  # SQLAlchemy makes a SERIAL of the key
            type_ = type_code(style, column, subject.facts)
            name = style.name("sqlalchemy.Column")
            parts[at] = style.call(name, style.quoted(column.name), type_, autoincrement="True")
        elif not column.default and any(
            c.kind == "primary" and c.columns == (column.name,) for c in left
        ):
            type_ = type_code(style, column, subject.facts)
            name = style.name("sqlalchemy.Column")
            parts[at] = style.call(
                name, style.quoted(column.name), type_, autoincrement="False", nullable="False"
            )
    for key in left:
        if key.kind == "primary":
            columns = map(style.quoted, key.columns)
            named = f"{style.name('alembic.op.f')}({style.quoted(key.name or '')})"
            name = style.name("sqlalchemy.PrimaryKeyConstraint")
            parts.append(style.call(name, *columns, name=named))
    whole = style.op(
        "create_table", style.quoted(item.table or ""), *parts, schema=_schema(sheet, item)
    )
    others = [style.execute(_made(table, c)) for c in left if c.kind != "primary"]
    return "\n".join([whole, *others])


def _earlier(subject: Subject, item: Operation) -> Iterator[Operation]:
    """What upgrade() does to the table before."""
    for other in subject.on_table("upgrade", item.table):
        if other.order < item.order and not other.is_data:
            yield other


def _left(subject: Subject, item: Operation, table: TableFacts) -> list[ConstraintFacts]:
    """Constraints and indexes of the table that upgrade() does not drop by a step of their own."""
    gone = {o.name for o in subject.migration.upgrade if o.kind in _OWN_DROPS}
    return [c for c in table.constraints if c.name not in gone]


def _made(table: TableFacts, item: ConstraintFacts) -> str:
    if item.kind == "index":
        return item.definition
    owner = sql_name(table.name, table.schema)
    return f"ALTER TABLE {owner} ADD CONSTRAINT {sql_name(item.name or '')} {item.definition}"


def _drop_constraint(subject: Subject, item: Operation) -> Undo:
    """Also of an index, whose table need not be named."""
    _database(subject, item)
    database = subject.facts.database
    for table in database.tables if database is not None else ():
        for fact in table.constraints:
            same = fact.name == item.name and item.table in (None, table.name)
            if same and (fact.kind == "index") == (item.kind == "drop_index"):
                return partial(_again, item=item, sql=_made(table, fact))
    raise FixRefused(f"the database has no {item.name} to look at")


def _again(sheet: Sheet, item: Operation, sql: str) -> str:
    if not item.context.autocommit:
        return sheet.style.execute(sql)
    concurrent = sheet.style.execute(_INDEX.sub(r"CREATE \1INDEX CONCURRENTLY ", sql))
    return f"{sheet.style.autocommit()}\n{sheet.style.indented(concurrent)}"


def _alter_column(subject: Subject, item: Operation) -> Undo:
    column, change = _column(subject, item), item.change
    if change is None or change.comment:
        raise FixRefused("what the comment was is not known")
    if any(op.column == item.column for op in _earlier(subject, item)):
        raise FixRefused("the column is changed before")

    def code(sheet: Sheet) -> str:
        style = sheet.style
        default = f"{style.name('sqlalchemy.text')}({style.quoted(column.default or '')})"
        given = {
            "existing_type": None if change.type else type_code(style, column, subject.facts),
            "type_": type_code(style, column, subject.facts) if change.type else None,
            "nullable": str(column.nullable) if change.nullable is not None else None,
            "server_default": (default if column.default else "None") if change.default else None,
            "schema": _schema(sheet, item),
        }
        names = map(style.quoted, (item.table or "", item.column or ""))
        return style.op("alter_column", *names, **given)

    return code


def _drop_enum(subject: Subject, item: Operation) -> Undo:
    _database(subject, item)
    database = subject.facts.database
    for enum in database.enums if database is not None else ():
        if enum.name == item.name and item.schema in (None, enum.schema):
            name = sql_name(enum.name, enum.schema)
            values = ", ".join(map(sql_text, enum.values))
            return partial(_executed, sql=f"CREATE TYPE {name} AS ENUM ({values})")
    raise FixRefused(f"the database has no type {qualified(item.name or '', item.schema)}")


def _create_enum(subject: Subject, item: Operation) -> Undo:
    if item.old_name is not None or item.replace:
        raise FixRefused("a type is recreated here")
    name = sql_name(item.name or "", item.schema)
    return partial(_executed, sql=f"DROP TYPE {name}")


def _rename(subject: Subject, item: Operation) -> Undo:
    if item.old_name is None or (item.kind == "rename_constraint" and item.table is None):
        raise FixRefused("what was renamed is not known")
    kind = "index" if item.kind == "rename_index" else "constraint"
    names = Renamed(kind, item.table or "", item.old_name, item.name or "", item.schema)
    return partial(_executed, sql=rename_sql(names, back=True))


def _executed(sheet: Sheet, sql: str) -> str:
    return sheet.style.execute(sql)


_MADE: dict[str, Callable[[Subject, Operation], Undo]] = {
    "drop_table": _drop_table,
    "drop_column": _drop_column,
    "drop_index": _drop_constraint,
    "drop_constraint": _drop_constraint,
    "alter_column": _alter_column,
    "drop_enum": _drop_enum,
    "create_enum": _create_enum,
    "rename_index": _rename,
    "rename_constraint": _rename,
}
