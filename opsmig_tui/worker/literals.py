"""The calls of a revision's upgrade() or downgrade() with the literal values their names hold.

Loops over literals, module constants, f-strings and the file's own helper functions are followed;
nothing is executed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, Optional

UNKNOWN = object()
"""A value that only running the file would tell."""
DEEPEST = 4
"""Helper functions that are followed into each other."""

Names = dict[str, Any]


def function_calls(path: str, name: str) -> list[tuple[ast.Call, Names]]:
    """Every call made by the function `name` of the file, with the names known there."""
    with open(path, "rb") as file:
        tree = ast.parse(file.read(), path)
    reader = _Reader(tree)
    function = reader.functions.get(name)
    return [] if function is None else list(reader.calls(function.body, dict(reader.constants), 0))


def value_of(node: Optional[ast.AST], names: Names) -> Any:
    """The literal that `node` stands for, or UNKNOWN."""
    if isinstance(node, ast.Name):
        return names.get(node.id, UNKNOWN)
    if isinstance(node, ast.JoinedStr):
        parts = [
            value_of(part.value if isinstance(part, ast.FormattedValue) else part, names)
            for part in node.values
        ]
        return UNKNOWN if UNKNOWN in parts else "".join(str(part) for part in parts)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        inner = node.args[0] if node.func.attr in ("f", "text") and node.args else None
        return value_of(inner, names) if inner is not None else UNKNOWN
    if isinstance(node, (ast.Tuple, ast.List)):
        items = [value_of(item, names) for item in node.elts]
        return UNKNOWN if UNKNOWN in items else tuple(items)
    try:
        return ast.literal_eval(node) if node is not None else UNKNOWN
    except ValueError:
        return UNKNOWN


def argument(call: ast.Call, names: Names, position: Optional[int], keyword: str) -> Any:
    """The literal of one argument, None where it is not given, UNKNOWN where it is computed."""
    if any(item.arg is None for item in call.keywords):
        return UNKNOWN  # **options may hold it
    for item in call.keywords:
        if item.arg == keyword:
            return value_of(item.value, names)
    if position is not None and len(call.args) > position:
        return value_of(call.args[position], names)
    return None


def batch_table(owner: ast.expr, names: Names) -> Optional[tuple[Any, Any]]:
    """(schema, table) of the batch_alter_table that `owner` is the variable of."""
    held = names.get(owner.id) if isinstance(owner, ast.Name) else None
    if not isinstance(held, tuple) or len(held) != 2 or not isinstance(held[0], ast.Call):
        return None
    call, known = held
    return argument(call, known, None, "schema"), argument(call, known, 0, "table_name")


class _Reader:
    def __init__(self, tree: ast.Module) -> None:
        self.functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
        self.constants: Names = {}
        for node in tree.body:
            _assign(node, self.constants)

    def calls(
        self, body: list[ast.stmt], names: Names, depth: int
    ) -> Iterator[tuple[ast.Call, Names]]:
        for statement in body:
            _assign(statement, names)
            if isinstance(statement, ast.For):
                yield from self._loop(statement, names, depth)
                continue
            for name, block in ast.iter_fields(statement):
                if name in ("body", "orelse", "finalbody") and isinstance(block, list):
                    yield from self.calls(block, names, depth)
                elif name == "handlers":
                    for handler in block:
                        yield from self.calls(handler.body, names, depth)
                else:
                    yield from self._expressions(block, names, depth)

    def _loop(self, loop: ast.For, names: Names, depth: int) -> Iterator[tuple[ast.Call, Names]]:
        yield from self._expressions(loop.iter, names, depth)
        items = value_of(loop.iter, names)
        for item in items if isinstance(items, (tuple, list, set)) else (UNKNOWN,):
            yield from self.calls(loop.body, {**names, **_bound(loop.target, item)}, depth)
        yield from self.calls(loop.orelse, names, depth)

    def _expressions(
        self, field: Any, names: Names, depth: int
    ) -> Iterator[tuple[ast.Call, Names]]:
        for part in field if isinstance(field, list) else [field]:
            if isinstance(part, ast.withitem) and isinstance(part.optional_vars, ast.Name):
                names[part.optional_vars.id] = (part.context_expr, dict(names))
            for node in ast.walk(part) if isinstance(part, ast.AST) else ():
                if isinstance(node, ast.Call):
                    yield node, names
                    yield from self._helper(node, names, depth)

    def _helper(self, call: ast.Call, names: Names, depth: int) -> Iterator[tuple[ast.Call, Names]]:
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        function = self.functions.get(name)
        if function is None or depth >= DEEPEST:
            return
        inner = dict(self.constants)
        for position, parameter in enumerate(function.args.args):
            given = argument(call, names, position, parameter.arg)
            inner[parameter.arg] = UNKNOWN if given is None else given
        yield from self.calls(function.body, inner, depth + 1)


def _assign(statement: ast.stmt, names: Names) -> None:
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            names.update(_bound(target, value_of(statement.value, names)))
    elif isinstance(statement, ast.AnnAssign):
        names.update(_bound(statement.target, value_of(statement.value, names)))


def _bound(target: ast.expr, value: Any) -> Names:
    if isinstance(target, ast.Name):
        return {target.id: value}
    if isinstance(target, (ast.Tuple, ast.List)):
        fits = isinstance(value, (tuple, list)) and len(value) == len(target.elts)
        values = value if fits else [UNKNOWN] * len(target.elts)
        return {
            name: item
            for part, single in zip(target.elts, values)
            for name, item in _bound(part, single).items()
        }
    return {}
