"""The tab "Rehearsal": how each leg ended, what it locked and changed, and what stayed behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.review.locks import MODES
from opsmig_tui.schema.compare import changes
from opsmig_tui.schema.readable import lines
from opsmig_tui.schema.residue import residue
from opsmig_tui.ui.panes.review import head
from opsmig_tui.ui.panes.review.rows import Row, gutter_width
from opsmig_tui.ui.panes.review.schema_tab import NOT_REHEARSED, difference, hint, legs_of
from opsmig_tui.ui.widgets import code
from opsmig_tui.ui.widgets.code import wrapped
from opsmig_tui.ui.widgets.paint import cut, wrap
from opsmig_tui.workspace.apply import loss_text, seconds
from opsmig_tui.workspace.failure_text import position
from opsmig_tui.workspace.rehearsal_report import lock_text, not_asked, retyped_text, work_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opsmig_tui.review.model import Severity
    from opsmig_tui.ui.panes.review.content import Content
    from opsmig_tui.worker.protocol import RehearsedLeg, RehearsedStatement, RehearseResult

#: Weaker locks let reads and writes go on.
_TOLD = MODES.index("SHARE UPDATE EXCLUSIVE")
#: Lines of a statement that show what it is.
LONGEST = 4
_SIGNS = {"ok": ("✓ ", "applied"), "failed": ("✖ ", "error")}
_OTHER = ("▲ ", "warning")


def rows(content: Content, width: int) -> list[Row]:
    """The report, or that `r` makes one."""
    seen = content.rehearsal
    if seen is None:
        return [head.rule("Rehearsal", width), *hint(NOT_REHEARSED, width)]
    found = [head.rule("Rehearsal", width)]
    if seen.refused:
        return found + _words(f"Not rehearsed: {seen.refused}", width, "warning", "▲ ")
    legs = legs_of(content)
    for leg in legs:
        found.append(_leg_line(leg, width))
    found += _elsewhere(content, seen, width)
    found += _round_trip(content, seen, legs, width)
    found += _end(seen, width)
    told: set[str] = set()
    for leg in legs:
        # The second time tells nothing new unless it ends otherwise.
        if leg.direction not in told or leg.outcome != "ok":
            found += _leg(leg, content, width)
        told.add(leg.direction)
    return found


def count(content: Content) -> str:
    """A sign of how it ended, behind the title."""
    seen, legs = content.rehearsal, legs_of(content)
    if seen is None:
        return ""
    bad = [one for one in seen.legs if one.outcome != "ok"]
    if any(one.outcome == "failed" for one in legs):
        return "✖"
    if bad or seen.refused or not legs:
        return "▲"
    return "✖" if content.review.facts.residue else "✓"


def _leg_line(leg: RehearsedLeg, width: int) -> Row:
    sign, ink = _SIGNS.get(leg.outcome, _OTHER)
    many = len(leg.statements)
    said = "" if leg.outcome == "ok" else f"  {leg.outcome}"
    told = f"{seconds(leg.elapsed_ms):>8}{said}  {many} statement{'' if many == 1 else 's'}"
    return head.text(
        (f" {sign}", ink), (f"{leg.direction:<10}", "text"), (cut(told, width - 14), "dim")
    )


def _elsewhere(content: Content, seen: RehearseResult, width: int) -> list[Row]:
    """Where the chain ended at another revision."""
    own = content.review.revision
    bad = next((one for one in seen.legs if one.outcome != "ok" and one.revision != own), None)
    if bad is None:
        return []
    words = f"The chain ended at {bad.revision}: its {bad.direction} {bad.outcome}."
    return _words(words, width, "warning", "▲ ")


def _round_trip(
    content: Content, seen: RehearseResult, legs: list[RehearsedLeg], width: int
) -> list[Row]:
    trip = next((one for one in seen.round_trips if one.revision == content.review.revision), None)
    if trip is None:
        return []
    found: list[Row] = [head.text()]
    up = [one for leg in legs if leg.direction == "upgrade" for one in leg.statements]
    left = residue(trip.residue, up)
    if not left:
        found.append(
            head.text((" ✓ ", "applied"), ("downgrade() takes back all of upgrade()", "text"))
        )
    for line, what, low in left:
        found += _words(
            f"After upgrade() and downgrade(), {what}.",
            width,
            "dim" if low else "error",
            "● " if low else "✖ ",
            line,
        )
    restored = lines(changes(trip.restored))
    if restored:
        found += _words(
            "Downgrade and upgrade do not lead back to the schema that was found:",
            width, "warning", "▲ ",
        )  # fmt: skip
        found += difference(restored, width)
    return found


def _end(seen: RehearseResult, width: int) -> list[Row]:
    found: list[Row] = []
    for one in seen.sequences:
        was = "unused" if one.before is None else f"{one.before:,}"
        words = f"The sequence {one.sequence} went on from {was} to {one.after or 0:,}, and stays."
        found += _words(words, width, "warning", "▲ ")
    if seen.unchanged:
        at = position(seen.current or ())
        words = f"Nothing stays: the database stands at {at}."
        if seen.on == "scratch":
            words = f"Rehearsed {seen.copy}. Yours is as before: it stands at {at}."
        return [*found, *_words(words, width, "dim", "")]
    if seen.current is None:
        return [*found, *_words(not_asked(seen), width, "warning", "▲ ")]
    words = "The schema is not as before: somebody else changed it meanwhile, or the rehearsal did."
    return [*found, *_words(words, width, "error", "✖ ")]


def _leg(leg: RehearsedLeg, content: Content, width: int) -> Iterator[Row]:
    """Its statements with locks and rows, what it destroys, and where it failed."""
    yield head.text()
    yield head.rule(f"{leg.direction.capitalize()}  {seconds(leg.elapsed_ms)}", width)
    for loss in leg.losses:
        if loss.rows == 0:
            continue
        yield from _words(f"Lost: {loss_text(loss)}.", width, "error", "✖ ")
    for one in leg.statements:
        for item in filter(lambda item: item.changed, one.retyped):
            yield from _words(f"Lost: {retyped_text(item)}.", width, "error", "✖ ", one.line or 0)
    for at, one in enumerate(leg.statements):
        yield from _statement(one, at, content.digits, width)
    failed = leg.failed
    if failed is not None:
        line = failed.line or 0
        where = f"Line {line}: " if line else ""
        yield from _words(f"{where}{failed.message.rstrip('.')}.", width, "error", "✖ ", line)
        for more in filter(None, (failed.detail, failed.hint)):
            yield from _words(more, width, "text", "  ", line)
    elif not leg.statements:
        yield head.text((" It sends nothing.", "dim"))


def _statement(one: RehearsedStatement, at: int, digits: int, width: int) -> Iterator[Row]:
    room = width - gutter_width(digits) - 1
    number = one.line or None
    parts = [part for line in code.plain(one.sql.strip()) for part in wrapped(line, room)]
    for place, part in enumerate(parts[:LONGEST]):
        yield Row("sql", part, number, statement=at, leads=place == 0)
    told = [("", f"… {len(parts) - LONGEST} more lines")] if len(parts) > LONGEST else []
    told += [
        (lock.mode, lock_text(lock).removeprefix(lock.mode).strip())
        for lock in one.locks
        if MODES.index(lock.mode) >= _TOLD
    ]
    told += [("", text) for text in map(work_text, one.work) if text]
    told += [("", retyped_text(item)) for item in one.retyped if not item.changed]
    if not one.work and one.rows is not None and one.rows > 0:
        told.append(("", f"{one.rows:,} row{'' if one.rows == 1 else 's'}"))
    for lead, words in told:
        yield from _notes(at, number, lead, words, room)


def _notes(statement: int, number: int | None, lead: str, words: str, width: int) -> list[Row]:
    """What stands below a statement, the first words of it strong."""
    lead = f"{lead} " if lead else ""
    first, rest = head.led(lead, words, width)
    parts = [(("╰ ", "edge"), (lead, "text"), (first, "dim"))]
    pieces = [*parts, *((("  ", "edge"), (part, "dim")) for part in rest)]
    return [Row("note", one, number, statement=statement, leads=False) for one in pieces]


def _words(words: str, width: int, ink: str, sign: str = "", line: int = 0) -> list[Row]:
    """Wrapped; with a line, enter goes there, and an error is one of the flags."""
    severity: Severity | None = "error" if line and ink == "error" else None
    return [
        Row(
            "text",
            ((f" {sign if at == 0 else ' ' * len(sign)}", ink), (part, ink)),
            line or None,
            severity=severity,
            leads=at == 0,
        )
        for at, part in enumerate(wrap(words, width - len(sign) - 2))
    ]
