"""Where in upgrade() and downgrade() an operation stands, as far as a change of it is safe there.

An operation of a helper, a loop, a list or a function not called by its own statement has no place:
what is written once and done several times is not to be changed for the sake of one of them.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from opsmig_tui.review.operations import Direction, Operation


@dataclass(frozen=True, eq=False)
class Place:
    """`call` is the call that stands as the statement; `whole` says that it is the operation, not
    SQL that holds others as well. `around` are the blocks it is in, outermost first; `shared`: its
    lines hold more than this statement."""

    call: ast.Call
    statement: ast.Expr
    around: tuple[ast.stmt, ...]
    shared: bool
    whole: bool = True

    @property
    def batch(self) -> ast.With | None:
        """The ``with op.batch_alter_table(...)`` around it."""
        return next((n for n in reversed(self.around) if is_batch(n)), None)  # type: ignore[return-value]


@dataclass
class _Function:
    starts: list[int] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)


class Places:
    def __init__(
        self,
        functions: Mapping[str, ast.FunctionDef | ast.AsyncFunctionDef],
        lines: Sequence[str],
    ) -> None:
        self._functions: dict[str, _Function] = {}
        for direction in ("upgrade", "downgrade"):
            found = self._functions[direction] = _Function()
            node = functions.get(direction)
            for place in _statements(node.body, lines, ()) if node is not None else ():
                found.starts.append(place.statement.lineno)
                found.places.append(place)

    def of(self, operation: Operation) -> Place | None:
        """The operation's place; None where nothing may be changed for it alone."""
        if operation.rendered or operation.context.loop:
            return None
        place = self._at(operation.context.direction, operation.span.line)
        if place is None or place.shared:
            return None
        span, call = operation.span, place.call
        exact = (call.lineno, call.col_offset) == (span.line, span.column) and (
            (call.end_lineno, call.end_col_offset) == (span.end_line, span.end_column)
        )
        if exact:
            return place
        return replace(place, whole=False) if operation.is_sql else None

    def _at(self, direction: Direction, line: int) -> Place | None:
        function = self._functions[direction]
        at = bisect_right(function.starts, line) - 1
        if at < 0:
            return None
        place = function.places[at]
        return place if line <= (place.statement.end_lineno or 0) else None


def _statements(
    body: Sequence[ast.stmt], lines: Sequence[str], around: tuple[ast.stmt, ...]
) -> Iterator[Place]:
    """The calls that stand as statements, in the order of their lines."""
    for at, node in enumerate(body):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            begins = lines[node.lineno - 1].encode("utf-8", "replace")[: node.col_offset]
            following = body[at + 1].lineno if at + 1 < len(body) else 0
            shared = bool(begins.strip()) or following == node.end_lineno
            yield Place(node.value, node, around, shared)
        elif isinstance(node, ast.If | ast.With | ast.Try):
            for block in _blocks(node):
                yield from _statements(block, lines, (*around, node))


def _blocks(node: ast.If | ast.With | ast.Try) -> Iterator[list[ast.stmt]]:
    yield node.body
    if isinstance(node, ast.Try):
        yield from (handler.body for handler in node.handlers)
    if not isinstance(node, ast.With):
        yield node.orelse
    if isinstance(node, ast.Try):
        yield node.finalbody


def is_batch(node: ast.stmt) -> bool:
    """``with op.batch_alter_table(...) as batch_op:``."""
    return isinstance(node, ast.With) and any(
        isinstance(item.context_expr, ast.Call)
        and isinstance(item.context_expr.func, ast.Attribute)
        and item.context_expr.func.attr == "batch_alter_table"
        for item in node.items
    )
