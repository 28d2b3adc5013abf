"""A column dropped and added under another name: renamed instead, in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from opsmig_tui.review.companions import owner_table
from opsmig_tui.review.fixes.common import opposite, place_of, source_of
from opsmig_tui.review.fixes.model import Fix
from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Direction, Operation
from opsmig_tui.review.places import Place
from opsmig_tui.review.renames import Rename, dropped_column
from opsmig_tui.review.subject import Subject

if TYPE_CHECKING:
    from opsmig_tui.review.fixes.sheet import Sheet

_Places = tuple[Place, Place]  # of a drop and of the add that takes its place


def column(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """rename-as-drop-add-column, where the two columns are defined alike.

    A versioned table and its companion are renamed by one fix: either alone would be an error.
    """
    pair = next((p for p in subject.column_renames if p.drop == finding.operation), None)
    if pair is None:
        return
    pairs = [p for p in subject.column_renames if _together(subject, p, pair)]
    found = [_swaps(subject, one) for one in pairs]
    swaps = [swap for swap in found if swap is not None]
    if len(swaps) < len(pairs):
        return

    def edit(sheet: Sheet, value: str) -> None:
        for one, (here, there) in zip(pairs, swaps, strict=True):
            _rename(sheet, here, one.old, one.new)
            if there is not None:
                _rename(sheet, there, one.new, one.old)

    tables = " and ".join(str(one.drop.table) for one in pairs)
    where = f" in {tables}" if len(pairs) > 1 else ""
    both = " in both directions" if all(there for _, there in swaps) else ""
    yield Fix(
        finding.rule, f"Renames {pair.old} to {pair.new}{where}{both}, keeping the values.", edit
    )


def _together(subject: Subject, one: Rename, pair: Rename) -> bool:
    """The pair itself, and its like on the table that goes with its own."""
    facts = subject.facts
    same = (one.old, one.new, one.drop.schema, one.drop.context.direction) == (
        (pair.old, pair.new, pair.drop.schema, pair.drop.context.direction)
    )
    tables = (one.drop.table or "", pair.drop.table or "")
    return same and owner_table(facts, tables[0]) == owner_table(facts, tables[1])


def _swaps(subject: Subject, pair: Rename) -> tuple[_Places, _Places | None] | None:
    """Where the drop and the add stand, here and in the other direction; None where the pair
    cannot be written as a rename."""
    if not _alike(subject, pair):
        return None
    back = opposite(pair.drop.context.direction)
    here = _places(subject, pair.drop, pair.add)
    drop = _find(subject, back, "drop_column", pair.add.table, pair.new)
    add = _find(subject, back, "add_column", pair.drop.table, pair.old)
    there = _places(subject, drop, add)
    if here is None or (there is None and subject.migration.operations(back)):
        return None
    return here, there


def _alike(subject: Subject, pair: Rename) -> bool:
    inverse = subject.migration.operations(opposite(pair.drop.context.direction))
    old = dropped_column(pair.drop, pair.old, inverse, subject.facts)
    new = pair.add.columns[0]
    if old is None or old.type is None or new.type is None:
        return False
    return (old.nullable, old.default, old.type.length, old.type.name) == (
        (new.nullable, new.default, new.type.length, new.type.name)
    )


def _find(
    subject: Subject, direction: Direction, kind: str, table: str | None, name: str
) -> Operation | None:
    found = (o for o in subject.on_table(direction, table) if o.kind == kind and o.column == name)
    return next(found, None)


def _places(subject: Subject, drop: Operation | None, add: Operation | None) -> _Places | None:
    """Where the two stand, in one block; None where they do not."""
    first, second = place_of(subject, drop), place_of(subject, add)
    if first is None or second is None or first.around != second.around:
        return None
    return first, second


def _rename(sheet: Sheet, places: _Places, old: str, new: str) -> None:
    """The rename stands where the new column was added, which fits whichever came first."""
    drop, add = (sheet.call(place.call) for place in places)
    style = sheet.style
    names = {"new_column_name": style.quoted(new)}
    if places[1].batch is not None:
        owner = sheet.code(add.func).rpartition(".")[0]
        code = style.call(f"{owner}.alter_column", style.quoted(old), **names)
    else:
        table = source_of(sheet, add, 0, "table_name") or ""
        schema = source_of(sheet, add, -1, "schema")
        code = style.op("alter_column", table, style.quoted(old), schema=schema, **names)
    sheet.replace(sheet.statement(add), code)
    sheet.remove(sheet.statement(drop))
