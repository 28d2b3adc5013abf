"""A column dropped and added under another name: renamed instead, in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from opsmig_tui.review.fixes.common import opposite, place_of, source_of
from opsmig_tui.review.fixes.model import Fix
from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Direction, Operation
from opsmig_tui.review.places import Place
from opsmig_tui.review.renames import Rename, dropped_column
from opsmig_tui.review.subject import Subject

if TYPE_CHECKING:
    from opsmig_tui.review.fixes.sheet import Sheet


def column(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """rename-as-drop-add-column, where the two columns are defined alike."""
    pair = next((p for p in subject.column_renames if p.drop == finding.operation), None)
    if pair is None or not _alike(subject, pair):
        return
    direction = pair.drop.context.direction
    here = _places(subject, pair.drop, pair.add)
    back = opposite(direction)
    drop = _find(subject, back, "drop_column", pair.add.table, pair.new)
    add = _find(subject, back, "add_column", pair.drop.table, pair.old)
    there = _places(subject, drop, add)
    if here is None or (there is None and subject.migration.operations(back)):
        return

    def edit(sheet: Sheet, value: str) -> None:
        _rename(sheet, here, pair.old, pair.new)
        if there is not None:
            _rename(sheet, there, pair.new, pair.old)

    both = " in both directions" if there is not None else ""
    yield Fix(finding.rule, f"Renames {pair.old} to {pair.new}{both}, keeping the values.", edit)


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


def _places(
    subject: Subject, drop: Operation | None, add: Operation | None
) -> tuple[Place, Place] | None:
    """Where the two stand, in one block; None where they do not."""
    first, second = place_of(subject, drop), place_of(subject, add)
    if first is None or second is None or first.around != second.around:
        return None
    return first, second


def _rename(sheet: Sheet, places: tuple[Place, Place], old: str, new: str) -> None:
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
