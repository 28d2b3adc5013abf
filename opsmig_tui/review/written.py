"""Expressions as text."""

from __future__ import annotations

import ast


def written(node: ast.expr) -> str:
    """As `ast.unparse`, which takes ten times as long: most expressions of a migration are names,
    plain values, and calls with such arguments."""
    return _plain(node) or ast.unparse(node)


def _plain(node: ast.expr) -> str:
    """ "" for what is left to `ast.unparse`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Constant):
        simple = node.value is None or isinstance(node.value, str | int)
        return repr(node.value) if simple and node.kind is None else ""
    if isinstance(node, ast.Attribute):
        owner = "" if isinstance(node.value, ast.Constant) else _plain(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    if isinstance(node, ast.Call):
        parts = [_plain(item) for item in (node.func, *node.args)]
        named = [(item.arg, _plain(item.value)) for item in node.keywords]
        if all(parts) and all(name and text for name, text in named):
            parts += [f"{name}={text}" for name, text in named]
            return f"{parts[0]}({', '.join(parts[1:])})"
    return ""
