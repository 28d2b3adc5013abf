"""A drop and an add that are one thing renamed: what autogenerate makes of every rename."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
    adds = [item for item in operations if item.kind == "add_column" and item.column]
    found: list[Rename] = []
    by_table: dict[str, list[Operation]] = {}
    for item in operations:
        if item.kind == "drop_column" and item.column and item.table:
            by_table.setdefault(item.table, []).append(item)
    for table, drops in by_table.items():
        there = [add for add in adds if add.table == table]
        if there and len(drops) <= _MOST and len(there) <= _MOST:
            candidates = [
                pair
                for drop in drops
                for add in there
                if (pair := _column_pair(drop, add, operations, inverse, facts)) is not None
            ]
            found += _unique(candidates)
    return tuple(found)


def _column_pair(
    drop: Operation,
    add: Operation,
    operations: Sequence[Operation],
    inverse: Sequence[Operation],
    facts: Facts,
) -> Rename | None:
    if not same_schema(drop.schema, add.schema) or _copied(drop, add, operations):
        return None
    old_name, new = drop.column, add.columns[0]
    assert old_name is not None
    old = dropped_column(drop, old_name, inverse, facts) or Column(old_name, nullable=None)
    indexed = _indexed(inverse, drop, old_name), _indexed(operations, add, new.name)
    score = column_score(old, new, *indexed)
    if score.value < THRESHOLD or new.name is None:
        return None
    return Rename(drop, add, old_name, new.name, score)


def _copied(drop: Operation, add: Operation, operations: Sequence[Operation]) -> bool:
    """The data is (or may be) carried over before the drop: then it is a deliberate change."""
    for item in operations[: drop.order]:
        if (
            item.kind == "update"
            and item.table in (None, add.table)
            and (not item.complete or add.column in item.column_names)
        ):
            return True
        if item.kind in ("data", "undecided"):
            return True
    return False


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
