"""The tab "SQL": upgrade and downgrade as PostgreSQL will get them, each statement at its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.ui.panes.review import head
from opsmig_tui.ui.panes.review.levels import visible
from opsmig_tui.ui.panes.review.rows import Row, gutter_width, only_places, worst
from opsmig_tui.ui.widgets.code import wrapped
from opsmig_tui.ui.widgets.paint import wrap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opsmig_tui.review.model import Severity
    from opsmig_tui.ui.panes.review.content import Content
    from opsmig_tui.ui.panes.review.sql import Direction, Statement

#: Of a statement with more rows than this (data, mostly), the rest is folded.
LONGEST, KEPT = 40, 12


def rows(content: Content, width: int) -> list[Row]:
    """Both directions, or why there is no SQL to show."""
    if content.sql is None:
        return _nothing(content, width)
    flags: dict[int, list[Severity]] = {}
    for _, finding in visible(content.review.findings, content.level):
        flags.setdefault(finding.line, []).append(finding.severity)
    found: list[Row] = []
    at = 0
    for direction in content.sql.directions:
        found += [head.text()] if found else []
        found.append(head.rule(_heading(direction), width))
        for statement in direction.statements:
            found += _statement(statement, at, flags, content.digits, width)
            at += 1
        found += _end(direction, width)
    return only_places(found)


def _heading(direction: Direction) -> str:
    many = len(direction.statements)
    if direction.problem and not many:
        return direction.name
    left_out = ", too many to show their locks" if direction.too_many_to_read else ""
    return f"{direction.name}: {many:,} statement{'' if many == 1 else 's'}{left_out}"


def _statement(
    statement: Statement, at: int, flags: Mapping[int, list[Severity]], digits: int, width: int
) -> list[Row]:
    lines = statement.rendered.lines
    severity = worst([one for line in set(lines) for one in flags.get(line, ())])
    room = width - gutter_width(digits) - 1
    parts = [part for line in statement.code for part in wrapped(line, room)]
    number = statement.line or None
    found = [
        Row(
            "sql", part, number, severity=severity, statement=at, leads=place == 0, lines=lines
        )
        for place, part in enumerate(parts)
    ]  # fmt: skip
    if len(found) > LONGEST:
        rest = tuple(found[KEPT:])
        words = f"{len(rest):,} more lines of this statement"
        fold = Row("fold", ((words, "dim"),), number, hidden=rest, statement=at, lines=lines)
        found = [*found[:KEPT], fold]
    told = [(lock.mode, lock.blocks) for lock in statement.locks]
    if statement.rendered.autocommit:
        told.append(("", "outside the transaction: committed at once"))
    for lead, words in told:
        found += _notes(at, number, lead, words, room)
    return found


def _notes(statement: int, number: int | None, lead: str, words: str, width: int) -> list[Row]:
    """What stands below a statement, the first words of it strong."""
    lead = f"{lead}  " if lead else ""
    first, rest = head.led(lead, words, width)
    parts = [(("╰ ", "edge"), (lead, "text"), (first, "dim"))]
    pieces = [*parts, *((("  ", "edge"), (part, "dim")) for part in rest)]
    return [Row("note", one, number, statement=statement, leads=False) for one in pieces]


def _end(direction: Direction, width: int) -> list[Row]:
    """What stands below the statements of a direction."""
    if direction.problem:
        where = f" at line {direction.line}" if direction.line else ""
        words = f"Rendering stopped{where}: {direction.problem.rstrip('.')}."
        if direction.statements:
            words += " What would come after is not known."
        return _words(words, width, "warning", "▲ ", direction.line)
    if not direction.statements:
        return [head.text((" It sends nothing.", "dim"))]
    return []


def _nothing(content: Content, width: int) -> list[Row]:
    found = [head.rule("SQL", width)]
    if content.waiting:
        return [*found, head.text((" The SQL is being rendered …", "dim"))]
    found.append(head.text((" The SQL of this revision was not rendered.", "text")))
    reason = content.review.not_rendered or "no worker was asked"
    words = f"{reason[:1].upper()}{reason[1:].rstrip('.')}."
    return found + _words(words, width, "warning", "▲ ", 0)


def _words(words: str, width: int, ink: str, sign: str, line: int) -> list[Row]:
    pieces = [
        ((f" {sign if at == 0 else ' ' * len(sign)}", ink), (part, ink))
        for at, part in enumerate(wrap(words, width - len(sign) - 2))
    ]
    return [Row("text", piece, line or None) for piece in pieces]
