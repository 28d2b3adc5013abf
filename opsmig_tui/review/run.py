"""The state of reading one function of a migration."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from opsmig_tui.review.nodes import Nodes
from opsmig_tui.review.operations import Context, Operation, Span
from opsmig_tui.review.values import UNKNOWN, Function, truth

MAX_STEPS = 600_000  # about a second of reading; a 10,000-line migration takes a third of it
MAX_OPERATIONS = 20_000
MAX_DEPTH = 12  # helper calling helper


class OutOfSteps(Exception):
    """The text asks for more work than a review may take: what follows stays undecided."""


class Argument(NamedTuple):
    value: object
    node: ast.expr


@dataclass
class Call:
    """A call's arguments. `open`: there may be more, from a ``*args`` or ``**kw`` not decided."""

    node: ast.Call
    positional: list[Argument] = field(default_factory=list)
    keywords: dict[str, Argument] = field(default_factory=dict)
    open: bool = False

    def argument(self, position: int, *names: str) -> Argument | None:
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        return self.positional[position] if 0 <= position < len(self.positional) else None

    def value(self, position: int, *names: str) -> object:
        """What is passed; `UNKNOWN` when it is passed but not decided, None when it is not."""
        argument = self.argument(position, *names)
        if argument is None:
            return UNKNOWN if self.open else None
        return argument.value

    def has(self, name: str) -> bool:
        return name in self.keywords

    def flag(self, name: str, position: int = -1, default: bool = False) -> bool | None:
        """A boolean option; None where it is not decided."""
        argument = self.argument(position, name)
        if argument is None:
            return None if self.open else default
        return truth(argument.value)


@dataclass
class Run:
    """`statement` is the call that stands as a statement of its own, if that is being read."""

    context: Context
    nodes: Nodes
    inline: Callable[[Run, Function, Call], object]
    operations: list[Operation] = field(default_factory=list)
    recording: bool = True
    steps: int = MAX_STEPS
    active: list[ast.AST] = field(default_factory=list)  # the functions being read, outermost first
    recursive: set[ast.AST] = field(default_factory=set)
    statement: ast.AST | None = None
    star_imports: list[str] = field(default_factory=list)

    def step(self, cost: int = 1) -> None:
        self.steps -= cost
        if self.steps < 0:
            raise OutOfSteps

    def record(self, *found: Operation) -> None:
        if self.recording:
            for item in found:
                order = len(self.operations)
                self.operations.append(item if item.order == order else replace(item, order=order))
            if len(self.operations) > MAX_OPERATIONS:
                raise OutOfSteps

    @contextmanager
    def within(self, **changes: object) -> Iterator[None]:
        """Read something in a changed context, and put the old one back."""
        before = self.context
        if changes:
            self.context = replace(before, **changes)  # type: ignore[arg-type]
        try:
            yield
        finally:
            self.context = before


def span_of(node: ast.AST) -> Span:
    return Span(
        getattr(node, "lineno", 1),
        getattr(node, "col_offset", 0),
        getattr(node, "end_lineno", None) or 0,
        getattr(node, "end_col_offset", None) or 0,
    )
