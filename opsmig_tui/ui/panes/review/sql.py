"""The rendered migration as lines of SQL, in colours when the lexer's thread has answered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from opsmig_tui.review.statement_locks import Locks, statement_locks
from opsmig_tui.ui.widgets import code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opsmig_tui.ui.widgets.code import CodeLine
    from opsmig_tui.worker.protocol import RenderedDirection, RenderedRevision, RenderedStatement

LEXER = "postgresql"


@dataclass(frozen=True)
class Statement:
    """One statement with its lines of SQL."""

    rendered: RenderedStatement
    code: tuple[CodeLine, ...]
    locks: Locks = ()

    @property
    def line(self) -> int:
        """The line of the call in upgrade() or downgrade() that caused it; 0 when not known."""
        return self.rendered.lines[-1] if self.rendered.lines else 0


@dataclass(frozen=True)
class Direction:
    """What upgrade() or downgrade() sends, and why there is no more of it."""

    name: str
    statements: tuple[Statement, ...]
    problem: str = ""
    line: int = 0


@dataclass(frozen=True)
class Sql:
    """Both directions; none where nothing was rendered."""

    directions: tuple[Direction, ...] = ()

    @property
    def statements(self) -> list[Statement]:
        return [one for direction in self.directions for one in direction.statements]

    def at_line(self, line: int) -> list[Statement]:
        """The statements that this line of the file takes part in, in order."""
        return self._by_line.get(line, [])

    @cached_property
    def _by_line(self) -> dict[int, list[Statement]]:
        found: dict[int, list[Statement]] = {}
        for one in self.statements:
            for line in dict.fromkeys(one.rendered.lines):
                found.setdefault(line, []).append(one)
        return found


NO_SQL = Sql()


def plain(rendered: RenderedRevision | None) -> Sql:
    """The SQL in one colour, without its locks: at once."""
    if rendered is None:
        return NO_SQL
    return Sql(
        tuple(
            _direction(name, one, code.plain(_text(one)), [()] * len(one.statements))
            for name, one in _directions(rendered)
        )
    )


async def coloured(rendered: RenderedRevision | None) -> Sql:
    """The SQL in colours, with the locks that each statement takes."""
    if rendered is None:
        return NO_SQL
    directions = []
    for name, one in _directions(rendered):
        lines = await code.coloured(_text(one), LEXER)
        locks = await asyncio.to_thread(statement_locks, one)
        directions.append(_direction(name, one, lines, locks))
    return Sql(tuple(directions))


def _directions(rendered: RenderedRevision) -> tuple[tuple[str, RenderedDirection], ...]:
    return ("Upgrade", rendered.upgrade), ("Downgrade", rendered.downgrade)


def _sql(statement: RenderedStatement) -> str:
    text = statement.sql.strip()
    return text if text.endswith(";") else text + ";"


def _text(direction: RenderedDirection) -> str:
    """All statements, so that the lexer is called once."""
    return "\n".join(_sql(one) for one in direction.statements)


def _direction(
    name: str, rendered: RenderedDirection, lines: Sequence[CodeLine], locks: Sequence[Locks]
) -> Direction:
    statements: list[Statement] = []
    at = 0
    for one, held in zip(rendered.statements, locks, strict=True):
        many = len(code.plain(_sql(one)))
        statements.append(Statement(one, tuple(lines[at : at + many]), held))
        at += many
    return Direction(name, tuple(statements), rendered.problem, rendered.line)
