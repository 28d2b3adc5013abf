"""The rendered migration as lines of SQL, in colours when the lexer's thread has answered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opsmig_tui.review.statement_locks import Locks, statement_locks
from opsmig_tui.ui.widgets import code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opsmig_tui.ui.widgets.code import CodeLine
    from opsmig_tui.worker.protocol import RenderedDirection, RenderedRevision, RenderedStatement

LEXER = "postgresql"
#: Reading a statement for its locks takes about 0.2 ms, and nobody reads so many statements.
MOST_LOCKED = 1_000


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

    @property
    def too_many_to_read(self) -> bool:
        """Whether its locks are left out."""
        return len(self.statements) > MOST_LOCKED


@dataclass(frozen=True)
class Sql:
    """Both directions."""

    directions: tuple[Direction, ...]

    @property
    def statements(self) -> list[Statement]:
        return [one for direction in self.directions for one in direction.statements]


def plain(rendered: RenderedRevision) -> Sql:
    """The SQL in one colour, without its locks: at once."""
    return Sql(
        tuple(
            _direction(name, one, code.plain(_text(one)), [()] * len(one.statements))
            for name, one in _directions(rendered)
        )
    )


async def coloured(rendered: RenderedRevision) -> Sql:
    """The SQL in colours, with the locks that each statement takes unless they are too many."""
    directions = []
    for name, one in _directions(rendered):
        lines = await code.coloured(_text(one), LEXER)
        locks: Sequence[Locks] = [()] * len(one.statements)
        if len(locks) <= MOST_LOCKED:
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
