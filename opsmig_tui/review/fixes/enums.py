"""PostgreSQL's enum types: created before they are used, dropped after, with every value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from opsmig_tui.review.fixes.common import outer, place_of, sql_name, sql_text
from opsmig_tui.review.fixes.model import Fix
from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import EnumUse, Operation
from opsmig_tui.review.places import Place
from opsmig_tui.review.rules.enums import enum_of, lacking_values
from opsmig_tui.review.rules.reversibility import made_enums
from opsmig_tui.review.subject import Subject

if TYPE_CHECKING:
    from opsmig_tui.review.fixes.sheet import Sheet


def type_missing(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """The type is created before the column, and dropped after it in downgrade()."""
    item, place = finding.operation, place_of(subject, finding.operation)
    enum = enum_of(item) if item is not None else None
    if item is None or place is None or enum is None or not enum.name or not enum.values:
        return
    after = _last_user(subject, enum.name) if item.context.direction == "upgrade" else None

    def edit(sheet: Sheet, value: str) -> None:
        sheet.insert("before", outer(sheet, place), _create(sheet, enum))
        if after is not None:
            sheet.insert("after", outer(sheet, after), drop_type(sheet, enum))

    also = " and drops it in downgrade()" if after is not None else ""
    yield Fix(finding.rule, f"Creates enum type {enum.name} before it{also}.", edit)


def leak(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """downgrade-enum-leak: the type is dropped after the last column that has it."""
    for name, (_, enum) in made_enums(subject).items():
        if f"enum type {sql_name_of(enum)} behind" not in finding.message:
            continue
        after = _last_user(subject, name)
        if after is not None:
            yield _dropped(finding, enum, after)


def _dropped(finding: Finding, enum: EnumUse, after: Place) -> Fix:
    def edit(sheet: Sheet, value: str) -> None:
        sheet.insert("after", outer(sheet, after), drop_type(sheet, enum))

    return Fix(finding.rule, f"Drops enum type {enum.name} after it.", edit)


def sql_name_of(enum: EnumUse) -> str:
    return f"{enum.schema}.{enum.name}" if enum.schema else enum.name or ""


def value_missing(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """ALTER TYPE ... ADD VALUE at the beginning of upgrade(), outside of the transaction."""
    node = subject.migration.functions.get("upgrade")
    if node is None or node.body[0].lineno == node.lineno:
        return
    for enum, lacking in lacking_values(subject):
        name = f"{enum.schema}.{enum.name}" if enum.schema else enum.name
        if f"enum {name} has" not in finding.message:
            continue
        if any("enum" in op.kind and op.name == enum.name for op in subject.migration.upgrade):
            return  # what becomes of the type here is the author's business
        yield _added(finding, sql_name(enum.name, enum.schema), lacking)


def _added(finding: Finding, name: str, values: list[str]) -> Fix:
    def edit(sheet: Sheet, value: str) -> None:
        lines = [
            sheet.style.execute(f"ALTER TYPE {name} ADD VALUE IF NOT EXISTS {sql_text(item)}")
            for item in values
        ]
        code = sheet.style.indented("\n".join(lines))
        sheet.prepend("upgrade", f"{sheet.style.autocommit()}\n{code}")

    what = "the missing value" if len(values) == 1 else f"{len(values)} missing values"
    return Fix(finding.rule, f"Adds {what} to {name} in an autocommit_block.", edit)


def _last_user(subject: Subject, name: str) -> Place | None:
    """Where downgrade() drops the last of what upgrade() gave the type to."""
    users = {
        (item.table, column.name)
        for item in subject.migration.upgrade
        for column in item.columns
        if column.type is not None and column.type.enum and column.type.enum.name == name
    }
    tables = {table for table, _ in users}
    last: Operation | None = None
    for item in subject.migration.downgrade:
        gone = item.kind == "drop_table" and item.table in tables
        if gone or (item.kind == "drop_column" and (item.table, item.column) in users):
            last = item
    return place_of(subject, last)


def _create(sheet: Sheet, enum: EnumUse) -> str:
    values = [sheet.style.quoted(value) for value in enum.values or ()]
    return f"{_type(sheet, enum, *values)}.create({_bind(sheet)}, checkfirst=True)"


def drop_type(sheet: Sheet, enum: EnumUse) -> str:
    """``sa.Enum(name=...).drop(...)``."""
    return f"{_type(sheet, enum)}.drop({_bind(sheet)}, checkfirst=True)"


def _type(sheet: Sheet, enum: EnumUse, *values: str) -> str:
    quoted = sheet.style.quoted
    schema = quoted(enum.schema) if enum.schema else None
    name = sheet.style.name("sqlalchemy.Enum")
    return sheet.style.call(name, *values, name=quoted(enum.name or ""), schema=schema)


def _bind(sheet: Sheet) -> str:
    return f"{sheet.style.name('alembic.op.get_bind')}()"
