"""A drop and an add that are one thing renamed: what autogenerate makes of every rename."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from opsmig_tui.review.model import Facts
from opsmig_tui.review.operations import Column, ColumnType, Operation, same_schema, same_table
from opsmig_tui.review.similarity import THRESHOLD, Score, column_score, table_score
from opsmig_tui.review.types import sql_type
from opsmig_tui.worker.protocol import ColumnFacts, TableFacts

TABLE_THRESHOLD = 0.7  # RULES: "sharing >= 70 % of columns"
_MARGIN = 0.05  # two candidates closer than this: which one it is, is not decided
_MOST = 60  # drops or adds on one table; beyond, the pairing says nothing and costs much


@dataclass(frozen=True)
class Rename:
    """A drop and the add that takes its place."""

    drop: Operation
    add: Operation
    old: str
    new: str
    score: Score


def column_renames(
    operations: Sequence[Operation], inverse: Sequence[Operation], facts: Facts
) -> tuple[Rename, ...]:
    """Pairs of one direction; `inverse` are the other direction's operations, which tell what a
    dropped column was."""
    drops = _by_table(operations, "drop_column")
    adds = _by_table(operations, "add_column")
    telling = [item for item in operations if item.kind in ("update", "create_index")]
    telling += [item for item in operations if item.kind in ("data", "undecided")][:1]
    found: list[Rename] = []
    for table, dropped in drops.items():
        added = adds.get(table, [])
        if not added or len(dropped) > _MOST or len(added) > _MOST:
            continue
        old = [_Old.of(item, inverse, facts) for item in dropped]
        new = [_New.of(item, telling) for item in added]
        pairs = (_column_pair(one, other) for one in old for other in new)
        found += _unique([pair for pair in pairs if pair is not None])
    return tuple(found)


def _by_table(operations: Iterable[Operation], kind: str) -> dict[str, list[Operation]]:
    found: dict[str, list[Operation]] = {}
    for item in operations:
        if item.kind == kind and item.column and item.table:
            found.setdefault(item.table, []).append(item)
    return found


@dataclass(frozen=True)
class _Old:
    """A dropped column, as far as it is known."""

    drop: Operation
    name: str
    column: Column
    indexed: bool

    @classmethod
    def of(cls, drop: Operation, inverse: Sequence[Operation], facts: Facts) -> _Old:
        name = drop.column or ""
        column = dropped_column(drop, name, inverse, facts) or Column(name, nullable=None)
        return cls(drop, name, column, _indexed(inverse, drop, name))


@dataclass(frozen=True)
class _New:
    """An added column. Whatever is dropped after `copied_at` has been (or may have been) carried
    over: then it is a deliberate change."""

    add: Operation
    name: str
    column: Column
    indexed: bool
    copied_at: float

    @classmethod
    def of(cls, add: Operation, operations: Sequence[Operation]) -> _New:
        """`operations`: those that make indexes, and those that may move data."""
        name = add.column or ""
        copies = (item.order for item in operations if _may_copy(item, add))
        at = min(copies, default=inf)
        return cls(add, name, add.columns[0], _indexed(operations, add, name), at)


def _may_copy(item: Operation, add: Operation) -> bool:
    if item.kind == "update":
        concerned = item.table in (None, add.table)
        return concerned and (not item.complete or add.column in item.column_names)
    return item.kind in ("data", "undecided")


def _column_pair(old: _Old, new: _New) -> Rename | None:
    if not same_schema(old.drop.schema, new.add.schema) or new.copied_at < old.drop.order:
        return None
    score = column_score(old.column, new.column, old.indexed, new.indexed)
    if score.value < THRESHOLD:
        return None
    return Rename(old.drop, new.add, old.name, new.name, score)


def dropped_column(
    drop: Operation, name: str, inverse: Iterable[Operation], facts: Facts
) -> Column | None:
    """What a dropped column was: as the other direction adds it back, or as the database has it."""
    for item in inverse:
        if item.kind == "add_column" and same_table(item, drop) and item.column == name:
            return item.columns[0]
    table = table_facts(facts, drop.table, drop.schema)
    for column in table.columns if table is not None else ():
        if column.name == name:
            return from_facts(column)
    return None


def from_facts(column: ColumnFacts) -> Column:
    type_ = sql_type(column.type)
    if column.enum is not None:
        type_ = ColumnType(column.type, "enum")
    return Column(column.name, type_, column.nullable, column.has_server_default)


def table_facts(facts: Facts, name: str | None, schema: str | None) -> TableFacts | None:
    """The table as the database has it."""
    if facts.database is None or name is None:
        return None
    for table in facts.database.tables:
        if table.name == name and (schema is None or table.schema in (None, schema)):
            return table
    return None


def _indexed(operations: Iterable[Operation], like: Operation, name: str | None) -> bool:
    return any(
        item.kind == "create_index" and same_table(item, like) and name in item.column_names
        for item in operations
    )


def _unique(candidates: list[Rename]) -> list[Rename]:
    """Each drop and each add in one pair at most, the best ones first; ties decide nothing."""
    found: list[Rename] = []
    left = sorted(candidates, key=lambda pair: -pair.score.value)
    while left:
        best = left.pop(0)
        rivals = [p for p in left if p.drop is best.drop or p.add is best.add]
        left = [pair for pair in left if pair not in rivals]
        if all(best.score.value - rival.score.value >= _MARGIN for rival in rivals):
            found.append(best)
    return found


def table_renames(
    operations: Sequence[Operation], inverse: Sequence[Operation], facts: Facts
) -> tuple[Rename, ...]:
    """A table dropped and one with (nearly) the same columns created in the same direction."""
    drops = [item for item in operations if item.kind == "drop_table" and item.table]
    adds = [item for item in operations if item.kind == "create_table" and item.table]
    if len(drops) > _MOST or len(adds) > _MOST:
        return ()
    candidates = []
    for drop in drops:
        columns = dropped_table_columns(drop, inverse, facts)
        for add in adds:
            assert drop.table is not None
            assert add.table is not None
            if drop.table == add.table or _filled(add, drop, operations):
                continue
            names = {column.name for column in add.columns if column.name is not None}
            score = table_score(drop.table, columns, add.table, names)
            if score.value >= TABLE_THRESHOLD:
                candidates.append(Rename(drop, add, drop.table, add.table, score))
    return tuple(_unique(candidates))


def _filled(add: Operation, drop: Operation, operations: Sequence[Operation]) -> bool:
    return any(
        item.kind in ("data", "undecided") or (item.kind == "insert" and item.table == add.table)
        for item in operations[: drop.order]
    )


def dropped_table_columns(drop: Operation, inverse: Iterable[Operation], facts: Facts) -> set[str]:
    """The column names of a table that is dropped; empty where nothing tells them."""
    for item in inverse:
        if item.kind == "create_table" and same_table(item, drop):
            return {column.name for column in item.columns if column.name is not None}
    table = table_facts(facts, drop.table, drop.schema)
    return {column.name for column in table.columns} if table is not None else set()
