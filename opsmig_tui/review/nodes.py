"""The nodes of a syntax tree, walked once for the reader and for all rules."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)


class _Parts(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of each kind of node that may hold others, save for marks as Load() and Add()."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        none = _NO_NODES if kind is not ast.Constant else kind._fields
        found = self[kind] = tuple(name for name in kind._fields if name not in none)
        return found


_NO_NODES = (
    *("ctx", "op", "ops", "id", "attr", "arg", "asname", "module", "level", "kind"),
    *("type_comment", "conversion", "simple", "is_async"),
)


_PARTS = _Parts()


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below, as `ast.iter_child_nodes`, in half the time and without marks."""
    found: list[ast.AST] = []
    for name in _PARTS[node.__class__]:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif isinstance(value, list):
            found += [item for item in value if isinstance(item, ast.AST)]
    return found


class Nodes:
    """The nodes of a tree in the order of its text. The walk is made when somebody asks."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree

    @cached_property
    def _walked(self) -> tuple[list[ast.AST], dict[ast.AST, tuple[int, int]]]:
        """All of them, and which of them each statement holds (from, to)."""
        nodes: list[ast.AST] = []
        spans: dict[ast.AST, tuple[int, int]] = {}
        todo: list[ast.AST | int] = [self._tree]  # an int ends the statement that it numbers
        while todo:
            node = todo.pop()
            if isinstance(node, int):
                spans[nodes[node]] = (node, len(nodes))
                continue
            if isinstance(node, ast.stmt):
                todo.append(len(nodes))
            nodes.append(node)
            todo += reversed(children(node))
        return nodes, spans

    @cached_property
    def _places(self) -> dict[type[ast.AST], list[int]]:
        found: dict[type[ast.AST], list[int]] = {}
        for at, node in enumerate(self._walked[0]):
            found.setdefault(node.__class__, []).append(at)
        return found

    def of(self, *kinds: type[Node], inside: ast.stmt | None = None) -> list[Node]:
        """The nodes of exactly these kinds, of the file or of one of its statements."""
        nodes, spans = self._walked
        first, last = (0, len(nodes)) if inside is None else spans[inside]
        found: list[int] = []
        for kind in kinds:
            places = self._places.get(kind, [])
            found += places[bisect_left(places, first) : bisect_left(places, last)]
        if len(kinds) > 1:
            found.sort()
        return [nodes[at] for at in found]  # type: ignore[misc]

    @property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        return self.of(ast.FunctionDef, ast.AsyncFunctionDef)


def statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Every statement at any depth, without a look at expressions."""
    todo: list[ast.AST] = list(tree.body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.stmt):
            yield node
        for name in ("body", "orelse", "handlers", "finalbody", "cases"):
            todo += getattr(node, name, ())
