"""A rehearsal as text for people and as a document for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from textwrap import shorten
from typing import Any

from opsmig_tui.review.locks import MODES, Lock
from opsmig_tui.schema import compare, readable
from opsmig_tui.schema.residue import residue
from opsmig_tui.worker.protocol import (
    RehearsedLeg,
    RehearsedStatement,
    RehearseResult,
    Retyped,
    RoundTrip,
    TableWork,
    TakenLock,
)
from opsmig_tui.workspace.apply import loss_text, seconds
from opsmig_tui.workspace.failure_text import failure_details, position

LONGEST_SQL = 100
#: Weaker locks let reads and writes go on, and are not worth a line for people.
_TOLD = MODES.index("SHARE UPDATE EXCLUSIVE")
_SIGNS = {"ok": "✓", "failed": "✖", "refused": "▲", "stopped": "▲"}
_OUTSIDE = "A rehearsal cannot take back what a migration does outside of the database."


def report(result: RehearseResult, root: Path | None = None) -> list[str]:
    """Line by line: the legs with locks and data, the round trips, what changes, what remains."""
    if result.refused:
        return [f"▲ Not rehearsed: {result.refused}"]
    lines: list[str] = [f"Rehearsed {result.copy}."] if result.copy else []
    for leg in result.legs:
        lines += _leg(leg, root)
    for trip in result.round_trips:
        lines += _round_trip(trip, result)
    for revision in dict.fromkeys(leg.revision for leg in result.legs):
        lines += _changes(revision, result)
    for operation in result.drift or ():
        lines.append(f"▲ autogenerate would still emit, on {operation.table}: {operation.text}")
    return [*lines, *_end(result)]


def _leg(leg: RehearsedLeg, root: Path | None) -> Iterator[str]:
    arrow = "▲" if leg.direction == "upgrade" else "▼"
    said = "" if leg.outcome == "ok" else f"  {leg.outcome}"
    yield (
        f"{_SIGNS[leg.outcome]} {arrow} {leg.direction:<9} {leg.revision}  "
        f"{seconds(leg.elapsed_ms)}{said}"
    )
    for loss in (one for one in leg.losses if one.rows != 0):
        yield f"    ✖ {loss_text(loss)}"
    for one in leg.statements:
        facts = [*map(lock_text, _worth(one.locks)), *filter(None, map(work_text, one.work))]
        facts += [f"✖ {retyped_text(it)}" if it.changed else retyped_text(it) for it in one.retyped]
        if facts:
            yield f"    {place(one)}{shorten(one.sql, LONGEST_SQL, placeholder=' …')}"
            yield from (f"        {fact}" for fact in facts)
    if leg.failed is not None:
        yield f"    {leg.failed.message}"
        yield from (f"    {line}" for line in failure_details(leg.failed, root))


def _worth(locks: tuple[TakenLock, ...]) -> list[TakenLock]:
    return [one for one in locks if MODES.index(one.mode) >= _TOLD]


def place(one: RehearsedStatement) -> str:
    """ "line 12: ", or "" where the line is not known."""
    return f"line {one.line}: " if one.line else ""


def lock_text(one: TakenLock) -> str:
    """The lock, whom it makes wait, for how long, and how large the table is."""
    size = [] if one.rows is None else [f"about {one.rows:,} rows"]
    size += [] if one.bytes is None else [bytes_text(one.bytes)]
    about = f" ({', '.join(size)})" if size else ""
    words = Lock(one.mode, one.relation).blocks
    return f"{one.mode} on {one.relation}{about}: {words}, for {seconds(one.held_ms)} here"


def work_text(one: TableWork) -> str:
    """What the statement did to a table's rows: "rewrites ops.vendor, reads 1,600 rows of it"."""
    parts = [f"rewrites {one.relation}"] if one.rewritten else []
    parts += [f"empties {one.relation}"] if one.emptied else []
    for verb, count in (
        ("reads", one.scanned), ("inserts", one.inserted), ("updates", one.updated),
        ("deletes", one.deleted),
    ):  # fmt: skip
        if count and not (one.rewritten and verb == "inserts"):
            parts.append(f"{verb} {count:,} row{'' if count == 1 else 's'}")
    if not parts:
        return ""
    told = ", ".join(parts)
    return told if one.relation in told else f"{told} of {one.relation}"


def retyped_text(one: Retyped) -> str:
    """How many values a new type changes: "ops.vendor.name: 3 of 40 values are not the same …"."""
    name = f"{one.relation}.{one.column}"
    types = f"{one.before} → {one.after}"
    if one.values is None or one.changed is None:
        return f"{name}: values that {types} changes were not counted: {one.problem}"
    looked = f"{one.values:,} value{'' if one.values == 1 else 's'}"
    looked += " looked at, a sample," if one.sampled else ""
    if not one.changed:
        same = "are" if one.values != 1 else "is"
        return f"{name}: all {looked} {same} the same as {one.after}"
    verb = "is" if one.changed == 1 else "are"
    return f"{name}: {one.changed:,} of {looked} {verb} not the same afterwards ({types})"


def bytes_text(count: int) -> str:
    """A size for people: "16 kB", "2.1 MB"."""
    size, units = float(count), ["bytes", "kB", "MB", "GB", "TB"]
    while size >= 1024 and len(units) > 1:
        size /= 1024
        units.pop(0)
    return (
        f"{size:.0f} {units[0]}" if size >= 10 or units[0] == "bytes" else f"{size:.1f} {units[0]}"
    )


def _round_trip(trip: RoundTrip, result: RehearseResult) -> Iterator[str]:
    upgrade = next(
        leg for leg in result.legs if (leg.revision, leg.direction) == (trip.revision, "upgrade")
    )
    left = residue(trip.residue, upgrade.statements)
    if left:
        yield f"✖ {trip.revision}: downgrade() does not take back all of upgrade()"
        yield from (f"    {f'line {line}: ' if line else ''}{text}" for line, text, _ in left)
    else:
        yield f"✓ {trip.revision}: downgrade() takes back all that upgrade() does"
    found = readable.text(compare.changes(trip.restored))
    if found:
        yield f"▲ {trip.revision}: downgrade and upgrade do not lead back to what was found here"
        yield from (f"    {line}" for line in found.splitlines())


def _changes(revision: str, result: RehearseResult) -> Iterator[str]:
    for leg in result.legs:
        if (leg.revision, leg.direction) == (revision, "upgrade"):
            found = readable.text(compare.changes(leg.changes))
            if found:
                yield f"What {revision} changes:"
                yield from (f"    {line}" for line in found.splitlines())
            return


def _end(result: RehearseResult) -> Iterator[str]:
    for one in result.sequences:
        before = "unused" if one.before is None else f"{one.before:,}"
        after = f"{one.after or 0:,}"
        yield f"▲ the sequence {one.sequence} went on from {before} to {after}, and stays there"
    if result.unchanged and result.on == "scratch":
        yield f"Your database is as before: it stands at {position(result.current or ())}."
        yield _OUTSIDE
    elif result.unchanged:
        yield f"Nothing stays: the database stands at {position(result.current or ())}."
        yield _OUTSIDE
    elif result.current is None:
        yield f"▲ {not_asked(result)}"
    else:
        yield (
            f"✖ The database stands at {position(result.current)}, but it is not as before: "
            "somebody else changed it meanwhile, or the rehearsal did."
        )


def not_asked(result: RehearseResult) -> str:
    """What it means that it is not known how the database is at the end."""
    if result.on == "scratch":
        return "Your database could not be asked afterwards; nothing was sent to it but questions."
    last = result.legs[-1].failed if result.legs else None
    if last is not None and last.kind == "crash":
        why = "The worker was gone before it looked at the database again"
    else:
        why = "The database could not be asked afterwards"
    return f"{why}; the server rolls back what was open."


def document(result: RehearseResult) -> dict[str, Any]:
    """`rehearse --json`. No value of the database is in it."""
    return {
        "schema_version": 1,
        "on": result.on,
        "copy": result.copy,
        "refused": result.refused,
        "legs": [_leg_document(leg) for leg in result.legs],
        "round_trips": [_trip_document(trip) for trip in result.round_trips],
        "sequences": [asdict(one) for one in result.sequences],
        "current": None if result.current is None else list(result.current),
        "unchanged": result.unchanged,
        "drift": None if result.drift is None else [asdict(one) for one in result.drift],
        "elapsed_ms": result.elapsed_ms,
    }


def _leg_document(leg: RehearsedLeg) -> dict[str, Any]:
    failed = leg.failed
    return {
        "revision": leg.revision,
        "direction": leg.direction,
        "file": leg.path,
        "outcome": leg.outcome,
        "elapsed_ms": leg.elapsed_ms,
        "statements": [_statement_document(one) for one in leg.statements],
        "losses": [asdict(one) for one in leg.losses],
        "changes": readable.as_json(compare.changes(leg.changes)),
        "failed": None
        if failed is None
        else {
            "kind": failed.kind,
            "message": failed.message,
            "detail": failed.detail,
            "hint": failed.hint,
            "sqlstate": failed.sqlstate,
            "statement": failed.statement,
            "line": failed.line,
        },
    }


def _statement_document(one: RehearsedStatement) -> dict[str, Any]:
    locks = [
        {**asdict(lock), "blocks": Lock(lock.mode, lock.relation).blocks} for lock in one.locks
    ]
    return {
        "sql": one.sql,
        "line": one.line,
        "elapsed_ms": one.elapsed_ms,
        "rows": one.rows,
        "locks": locks,
        "work": [asdict(item) for item in one.work],
        "told": list(one.told),
        "retyped": [asdict(item) for item in one.retyped],
    }


def _trip_document(trip: RoundTrip) -> dict[str, Any]:
    return {
        "revision": trip.revision,
        "residue": readable.as_json(compare.changes(trip.residue)),
        "restored": readable.as_json(compare.changes(trip.restored)),
    }
