"""Indexes and constraints renamed in place, where they would be dropped and built again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from opsmig_tui.review.fixes.common import place_of, sql_name
from opsmig_tui.review.fixes.model import Fix
from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.places import Place
from opsmig_tui.review.rules.constraints import Renamed, renamed_here, renamed_in_models
from opsmig_tui.review.subject import Subject

if TYPE_CHECKING:
    from opsmig_tui.review.fixes.sheet import Sheet


def renamed(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """constraint-renamed: RENAME, and back in downgrade()."""
    if finding.operation is None:
        yield from _as_in_models(subject, finding)
        return
    found = (x for x in renamed_here(subject) if x[0] == finding.operation)
    drop, made, item = next(found, (None, None, None))
    if drop is None or made is None or item is None:
        return
    here = _pair(subject, drop, made)
    back_drop = _named(subject, "drop", item.table, item.new)
    back_made = _named(subject, "create", item.table, item.old)
    there = _pair(subject, back_drop, back_made)
    if here is None or (there is None and (back_drop or back_made)):
        return
    if _named_elsewhere(subject, item, (drop, made, back_drop, back_made)):
        return  # such as an index that takes the old name: where the rename stands then matters

    def edit(sheet: Sheet, value: str) -> None:
        _swap(sheet, here, rename_sql(item))
        if there is not None:
            _swap(sheet, there, rename_sql(item, back=True))
        else:
            sheet.append("downgrade", sheet.style.execute(rename_sql(item, back=True)))

    yield Fix(finding.rule, f"Renames {item.old} to {item.new}, and back in downgrade().", edit)


def _as_in_models(subject: Subject, finding: Finding) -> Iterator[Fix]:
    functions = (subject.migration.functions.get(name) for name in ("upgrade", "downgrade"))
    found = renamed_in_models(subject)
    if not found or any(n is not None and n.body[0].lineno == n.lineno for n in functions):
        return

    def edit(sheet: Sheet, value: str) -> None:
        lines = [sheet.style.execute(rename_sql(item)) for item in found]
        sheet.prepend("upgrade", "\n".join(lines))
        for item in reversed(found):
            sheet.append("downgrade", sheet.style.execute(rename_sql(item, back=True)))

    what = found[0].old if len(found) == 1 else f"{len(found)} constraints"
    title = f"Renames {what} as the models have it, and back in downgrade()."
    yield Fix(finding.rule, title, edit)


def rename_sql(item: Renamed, *, back: bool = False, guarded: bool = False) -> str:
    """ALTER INDEX or ALTER TABLE … RENAME CONSTRAINT. Renaming the index of a key or a unique
    constraint renames the constraint as well, and unlike that knows IF EXISTS: `guarded`.

    Source: PostgreSQL documentation, ALTER INDEX.
    """
    old, new = (item.new, item.old) if back else (item.old, item.new)
    if item.kind == "index" or guarded:
        exists = "IF EXISTS " if guarded else ""
        return f"ALTER INDEX {exists}{sql_name(old, item.schema)} RENAME TO {sql_name(new)}"
    table = sql_name(item.table, item.schema)
    return f"ALTER TABLE {table} RENAME CONSTRAINT {sql_name(old)} TO {sql_name(new)}"


def _named_elsewhere(subject: Subject, item: Renamed, known: tuple[Operation | None, ...]) -> bool:
    migration = subject.migration
    return any(
        op not in known and {op.name, op.old_name} & {item.old, item.new}
        for op in (*migration.upgrade, *migration.downgrade)
    )


def _named(subject: Subject, verb: str, table: str, name: str) -> Operation | None:
    kinds = (f"{verb}_index", f"{verb}_constraint")
    found = (o for o in subject.on_table("downgrade", table) if o.kind in kinds and o.name == name)
    return next(found, None)


def _pair(
    subject: Subject, drop: Operation | None, made: Operation | None
) -> tuple[Place, Place] | None:
    first, second = place_of(subject, drop), place_of(subject, made)
    return (first, second) if first is not None and second is not None else None


def _swap(sheet: Sheet, places: tuple[Place, Place], sql: str) -> None:
    """The rename stands where the new one was built, which fits whichever came first."""
    drop, made = (sheet.call(place.call) for place in places)
    sheet.replace(sheet.statement(made), sheet.style.execute(sql))
    sheet.remove(sheet.statement(drop))
