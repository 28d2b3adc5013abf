"""A table dropped and created under another name: renamed, with all that bears its name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opsmig_tui.review.fixes.common import opposite, place_of, source_of, sql_name
from opsmig_tui.review.fixes.companions import column_call
from opsmig_tui.review.fixes.model import Fix
from opsmig_tui.review.fixes.names import rename_sql
from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Column, Constraint, Direction, Operation
from opsmig_tui.review.places import Place
from opsmig_tui.review.rules.constraints import Renamed, shape
from opsmig_tui.review.subject import Subject

if TYPE_CHECKING:
    from opsmig_tui.review.fixes.sheet import Sheet

_LONGEST_NAME = 63  # bytes; PostgreSQL documentation, Identifiers
_BY_INDEX = ("primary", "unique")


@dataclass(frozen=True)
class _Side:
    """One direction: `create` and `drop` become a rename, `indexes` are built under a new name and
    `gone` dropped under the old one."""

    create: Operation
    drop: Operation
    place: Place
    drop_place: Place
    indexes: tuple[tuple[Operation, Place], ...]
    gone: tuple[Place, ...]


@dataclass(frozen=True)
class _Names:
    """What is renamed along, in upgrade()'s direction. `guarded`: by the name that PostgreSQL
    chooses, which it may not have. `sequence`: an identity or serial column's, too."""

    plain: tuple[Renamed, ...]
    guarded: tuple[Renamed, ...]
    sequence: str | None


def table(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """rename-as-drop-add-table, where the new table has all of the old one's columns, alike."""
    pair = next((p for p in subject.table_renames if p.drop == finding.operation), None)
    if pair is None or pair.drop.schema != pair.add.schema:
        return
    up = _side(subject, "upgrade", pair.old, pair.new)
    down = _side(subject, "downgrade", pair.new, pair.old)
    if up is None or down is None or not _paired(up, down):
        return
    added = _added(up.create, down.create)
    constraints = _constraints(up.create, down.create)
    calls = [column_call(up.place.call, column) for column in added or ()]
    if added is None or constraints is None or None in calls:
        return
    wanted = [call for call in calls if call is not None]
    names = _Names(*constraints, _sequence(up))

    def edit(sheet: Sheet, value: str) -> None:
        _forth(sheet, up, down, names, wanted)
        _back(sheet, down, up, names, added)

    title = f"Renames {pair.old} to {pair.new} with its indexes and constraints, and back."
    yield Fix(finding.rule, title, edit)


def _side(subject: Subject, direction: Direction, old: str, new: str) -> _Side | None:
    """What one direction does to the two tables; None where that is more than a rename."""
    there = subject.on_table(direction, old)
    made = [o for o in subject.on_table(direction, new) if o.kind == "create_table"]
    drops = [o for o in there if o.kind == "drop_table"]
    if len(made) != 1 or len(drops) != 1 or drops[0].cascade or not made[0].complete:
        return None
    place, drop_place = place_of(subject, made[0]), place_of(subject, drops[0])
    if place is None or drop_place is None or place.around != drop_place.around or made[0].is_sql:
        return None
    back = opposite(direction)
    olds = [o for o in subject.on_table(back, old) if o.kind in ("create_index", "create_table")]
    shapes = {shape(o): o.name for o in olds if o.kind == "create_index" and o.name}
    pairs, gone = [], []
    for item in subject.on_table(direction, new):
        found = place_of(subject, item)
        if item.kind == "create_index" and shape(item) in shapes and found and item.name:
            pairs.append((item, found))
    for item in there:
        found = place_of(subject, item)
        if item.kind == "drop_table":
            continue
        if item.kind != "drop_index" or found is None:
            return None  # it would be about a table that has another name by then
        if item.name in shapes.values():
            gone.append(found)
    lost = {name for s, name in shapes.items() if s not in {shape(o) for o, _ in pairs}}
    if lost - {o.name for o in there if o.kind == "drop_index"}:
        return None
    return _Side(made[0], drops[0], place, drop_place, tuple(pairs), tuple(gone))


def _paired(up: _Side, down: _Side) -> bool:
    """Both directions build the same indexes, each under its own name."""
    ours, theirs = ([shape(o) for o, _ in side.indexes] for side in (up, down))
    return len(set(ours)) == len(ours) == len(theirs) and set(ours) == set(theirs)


def _added(new: Operation, old: Operation) -> list[Column] | None:
    """Columns that only the new table has; None where the others are not defined alike."""
    olds = {column.name: column for column in old.columns}
    news = {column.name: column for column in new.columns}
    if None in news or not set(olds) <= set(news):
        return None
    if not all(_same(olds[name], news[name]) for name in olds):
        return None
    added = [column for name, column in news.items() if name not in olds]
    safe = all(c.nullable or c.default for c in added)
    return added if safe and not any(c.primary_key or c.index for c in added) else None


def _same(old: Column, new: Column) -> bool:
    if old.type is None or new.type is None or old.index or new.index:
        return False
    return all(
        getattr(old, name) == getattr(new, name)
        for name in ("nullable", "default", "default_text", "primary_key", "foreign_key", "unique")
    ) and all(
        getattr(old.type, name) == getattr(new.type, name)
        for name in ("name", "family", "length", "precision", "scale", "enum")
    )


def _constraints(
    new: Operation, old: Operation
) -> tuple[tuple[Renamed, ...], tuple[Renamed, ...]] | None:
    """Constraints by their two names; None where one has no counterpart."""
    news, olds = list(_all(new)), list(_all(old))
    plain, guarded = [], []
    for item in news:
        other = next((o for o in olds if _like(o) == _like(item)), None)
        if other is None:
            return None
        olds.remove(other)
        kind, by_index = item.kind, item.kind in _BY_INDEX
        if item.name and other.name:
            if item.name != other.name:
                plain.append(Renamed(kind, new.table or "", other.name, item.name, new.schema))
        elif item.name or other.name:
            return None  # the name that one of them has is not known
        elif by_index:
            first, last = _chosen(other, old.table or ""), _chosen(item, new.table or "")
            if max(len(first.encode()), len(last.encode())) <= _LONGEST_NAME:
                guarded.append(Renamed(kind, new.table or "", first, last, new.schema))
    return None if olds else (tuple(plain), tuple(guarded))


def _all(item: Operation) -> Iterator[Constraint]:
    """The table's constraints, those of single columns among them."""
    yield from item.constraints
    keys = tuple(c.name or "" for c in item.columns if c.primary_key)
    if keys and not any(c.kind == "primary" for c in item.constraints):
        yield Constraint("primary", None, keys)
    for column in item.columns:
        if column.unique:
            yield Constraint("unique", None, (column.name or "",))


def _like(item: Constraint) -> tuple[object, ...]:
    return (item.kind, item.columns, item.referent, item.referent_columns, item.text)


def _chosen(item: Constraint, table: str) -> str:
    """The name that PostgreSQL gives. Source: its ChooseConstraintName, and measured."""
    return f"{table}_pkey" if item.kind == "primary" else f"{table}_{'_'.join(item.columns)}_key"


def _sequence(side: _Side) -> str | None:
    """The column of the new table whose values a sequence counts."""
    keys = {name for c in _all(side.create) if c.kind == "primary" for name in c.columns}
    column = next((c for c in side.create.columns if {c.name} == keys), None)
    if column is None or column.type is None or column.type.family != "integer":
        return None
    made = column_call(side.place.call, column)
    given = {k.arg: ast.unparse(k.value) for k in made.keywords} if made is not None else {}
    return None if given.get("autoincrement") == "False" else column.name


def _forth(sheet: Sheet, side: _Side, other: _Side, names: _Names, added: list[ast.Call]) -> None:
    lines = [_renamed(sheet, side), *_along(sheet, side, names, back=False)]
    table = sheet.style.quoted(side.create.table or "")
    schema = source_of(sheet, sheet.call(side.place.call), -1, "schema")
    for call in added:
        code = sheet.code(sheet.call(call))
        lines.append(sheet.style.op("add_column", table, code, schema=schema))
    _written(sheet, side, other, lines)


def _back(sheet: Sheet, side: _Side, other: _Side, names: _Names, added: list[Column]) -> None:
    lines = []
    schema = source_of(sheet, sheet.call(side.place.call), -1, "schema")
    for column in added:
        table, name = side.drop.table or "", column.name or ""
        drop = map(sheet.style.quoted, (table, name))
        lines.append(sheet.style.op("drop_column", *drop, schema=schema))
    lines += [_renamed(sheet, side), *_along(sheet, side, names, back=True)]
    _written(sheet, side, other, lines)


def _renamed(sheet: Sheet, side: _Side) -> str:
    schema = source_of(sheet, sheet.call(side.place.call), -1, "schema")
    both = map(sheet.style.quoted, (side.drop.table or "", side.create.table or ""))
    return sheet.style.op("rename_table", *both, schema=schema)


def _along(sheet: Sheet, side: _Side, names: _Names, *, back: bool) -> Iterator[str]:
    """What bears the table's name, renamed after it."""
    table = side.create.table or ""
    for item in names.plain:
        now = Renamed(item.kind, table, item.old, item.new, item.schema)
        yield sheet.style.execute(rename_sql(now, back=back))
    for item in names.guarded:
        yield sheet.style.execute(rename_sql(item, back=back, guarded=True))
    if names.sequence is not None:
        old, new = (f"{t}_{names.sequence}_seq" for t in (side.drop.table, table))
        owner = sql_name(old, side.create.schema)
        yield sheet.style.execute(f"ALTER SEQUENCE IF EXISTS {owner} RENAME TO {sql_name(new)}")


def _written(sheet: Sheet, side: _Side, other: _Side, lines: list[str]) -> None:
    sheet.replace(sheet.statement(sheet.call(side.place.call)), "\n".join(lines))
    sheet.remove(sheet.statement(sheet.call(side.drop_place.call)))
    was = {shape(item): item.name for item, _ in other.indexes}
    for item, place in side.indexes:
        statement = sheet.statement(sheet.call(place.call))
        old = was[shape(item)]
        if old == item.name:
            sheet.remove(statement)
            continue
        renamed = Renamed("index", item.table or "", old or "", item.name or "", item.schema)
        sheet.replace(statement, sheet.style.execute(rename_sql(renamed)))
    for place in side.gone:
        sheet.remove(sheet.statement(sheet.call(place.call)))
