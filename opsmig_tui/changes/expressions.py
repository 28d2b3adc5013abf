"""Small questions to a syntax tree, answered without running anything."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Conventional names of the modules that column definitions are spelt with.
_KNOWN_PREFIXES = frozenset({"sa", "sqlalchemy", "db", "orm", "sqlmodel", "postgresql", "pg"})


@dataclass(frozen=True)
class Names:
    """Names a file binds by import: modules (left out when shown) and things from ``enum``."""

    modules: frozenset[str]
    from_enum: frozenset[str]


def imported_names(tree: ast.Module) -> Names:
    modules = set(_KNOWN_PREFIXES)
    from_enum: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules.update(alias.asname or alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "enum":
            from_enum.update(alias.asname or alias.name for alias in node.names)
    return Names(frozenset(modules), frozenset(from_enum))


def last_name(node: ast.expr) -> str:
    """``sa.orm.mapped_column`` → "mapped_column"; "" for anything that is not a dotted name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def call_name(node: ast.AST | None) -> str:
    return last_name(node.func) if isinstance(node, ast.Call) else ""


def text_of(node: ast.AST | None) -> str | None:
    """The string a literal stands for, or None when it is not one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def truth_of(node: ast.AST | None) -> bool | None:
    """True or False for the literals, None for what the file computes."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return node.value
    return None


def keywords_of(call: ast.Call) -> dict[str, ast.expr]:
    return {word.arg: word.value for word in call.keywords if word.arg is not None}


class _Shortener(ast.NodeTransformer):
    def __init__(self, names: Names) -> None:
        self.names = names

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id in self.names.modules:
            return ast.Name(id=node.attr, ctx=ast.Load())
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if last_name(node.func) in {"Enum", "ENUM"} and text_of(
            node.args[0] if node.args else None
        ):
            # The values have lines of their own; in the type they would say it twice.
            node.args = [arg for arg in node.args if text_of(arg) is None]
        elif not node.args and not node.keywords and last_name(node.func)[:1].isupper():
            return node.func  # Integer() and Integer are the same type
        return node


def shown(node: ast.expr | None, names: Names) -> str:
    """Source text of an expression, one line, without module prefixes."""
    if node is None:
        return ""
    return ast.unparse(ast.fix_missing_locations(_Shortener(names).visit(copy.deepcopy(node))))


def literal_strings(nodes: Iterable[ast.expr]) -> list[tuple[str, int]]:
    return [(text, node.lineno) for node in nodes if (text := text_of(node)) is not None]


def statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a body, looking into ``if``, ``try`` and ``with``, not into functions."""
    for node in body:
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With)):
            for part in ("body", "orelse", "finalbody"):
                yield from statements(getattr(node, part, []))
            for handler in getattr(node, "handlers", []):
                yield from statements(handler.body)


def assignment(node: ast.stmt) -> tuple[str, ast.expr | None, ast.expr | None] | None:
    """(name, annotation, value) of ``x = …`` or ``x: T = …`` with one plain name, else None."""
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id, node.annotation, node.value
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        if isinstance(target, ast.Name):
            return target.id, None, node.value
    return None
