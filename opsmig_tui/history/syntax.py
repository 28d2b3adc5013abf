"""Reading a revision file's identifiers from its syntax tree: the careful way, still not run."""

from __future__ import annotations

import ast
from typing import Final

from opsmig_tui.history.parse import NAMES, Fields, NotARevision
from opsmig_tui.project.placeholders import placeholder_in
from opsmig_tui.project.syntax_tree import syntax_tree


class _Unknown:
    """A value only running the file could tell."""


_UNKNOWN: Final = _Unknown()
_Value = str | tuple[str, ...] | None | _Unknown


def parse_syntax(text: str) -> Fields:
    """As `parse`, for any shape of file. Raises NotARevision where Python itself would refuse."""
    try:
        tree = syntax_tree(text)
    except SyntaxError as error:
        if placeholder := placeholder_in(text):
            raise NotARevision(f"is a template, not a revision: it holds {placeholder}") from error
        where = f" at line {error.lineno}" if error.lineno else ""
        raise NotARevision(f"is not valid Python{where}: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise NotARevision(f"is not valid Python: {error}") from error
    known = _bindings(tree, "global" in text)
    unbound = _star_import(tree)
    return Fields(
        revision=_one(known),
        down_revisions=_many("down_revision", known, required="revision" in known),
        branch_labels=_many("branch_labels", known),
        depends_on=_many("depends_on", known),
        docstring=(ast.get_docstring(tree, clean=False) or "").strip(),
        computed=any(isinstance(known.get(name), _Unknown) for name in NAMES)
        or (unbound and "revision" not in known),
    )


def _one(known: dict[str, _Value]) -> str | None:
    value = known.get("revision")
    if "revision" not in known or isinstance(value, _Unknown):
        return None
    if not isinstance(value, str):
        raise NotARevision("sets revision to something that is not a string")
    return value


def _many(name: str, known: dict[str, _Value], *, required: bool = False) -> tuple[str, ...]:
    if required and name not in known:
        raise NotARevision(f"sets revision but no {name}")
    value = known.get(name)
    if value is None or isinstance(value, _Unknown):
        return ()
    return (value,) if isinstance(value, str) else value


def _bindings(tree: ast.Module, global_statements: bool) -> dict[str, _Value]:
    """Every top-level name with the last value given to it, folded where it is constant.

    Without `global_statements` functions are not looked into: that takes as long as all the rest.
    """
    known: dict[str, _Value] = {}
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=targets, value=value) if all(
                isinstance(target, ast.Name) for target in targets
            ):
                folded = _fold(value, known)
                known.update(
                    (target.id, folded) for target in targets if isinstance(target, ast.Name)
                )
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                known[name] = _fold(value, known)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                known[statement.name] = _UNKNOWN
                if global_statements:
                    known.update(dict.fromkeys(_globals_written(statement), _UNKNOWN))
            case _:
                known.update(dict.fromkeys(_bound_by(statement), _UNKNOWN))
    return known


def _fold(node: ast.expr, known: dict[str, _Value]) -> _Value:
    """The constant a node stands for: strings, None, runs of strings, names of those, their sum."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Constant(value=None):
            return None
        case ast.Name(id=name):
            return known.get(name, _UNKNOWN)
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            folded = [_fold(item, known) for item in items]
            strings = tuple(item for item in folded if isinstance(item, str))
            return strings if len(strings) == len(folded) else _UNKNOWN
        case ast.Call(func=ast.Name(id="tuple" | "list" | "set"), args=[], keywords=[]):
            return ()
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            first, second = _fold(left, known), _fold(right, known)
            if isinstance(first, str) and isinstance(second, str):
                return first + second
            if isinstance(first, tuple) and isinstance(second, tuple):
                return first + second
    return _UNKNOWN


def _bound_by(statement: ast.stmt) -> set[str]:
    """The names a statement of any other kind may bind at module level."""
    names: set[str] = set()
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                names.add(name)
            case ast.alias(name=name, asname=asname):
                names.add(asname or name.split(".")[0])
    return names


def _globals_written(statement: ast.stmt) -> set[str]:
    return {
        name for node in ast.walk(statement) if isinstance(node, ast.Global) for name in node.names
    }


def _star_import(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
        for node in tree.body
    )
