"""The nodes of a syntax tree, walked once: several rules look through all of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property


class Nodes:
    """What `ast.walk` gives, in its order, of the whole tree and of parts that are asked for."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._inside: dict[ast.AST, tuple[ast.AST, ...]] = {}

    @cached_property
    def all(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self._tree))

    def inside(self, node: ast.AST) -> tuple[ast.AST, ...]:
        """The node and all below it."""
        found = self._inside.get(node)
        if found is None:
            found = self._inside[node] = tuple(ast.walk(node))
        return found

    @cached_property
    def functions(self) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]:
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return tuple(node for node in self.all if isinstance(node, kinds))


def statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Every statement at any depth, without a look at expressions."""
    todo: list[ast.AST] = list(tree.body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.stmt):
            yield node
        for name in ("body", "orelse", "handlers", "finalbody", "cases"):
            todo += getattr(node, name, ())
