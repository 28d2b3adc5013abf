"""Which names of a function hold data from outside, and which strings are made from them."""

from __future__ import annotations

import ast
import re

from opsmig_tui.review.dml import is_catalog_query
from opsmig_tui.review.nodes import Nodes, children

SQL = re.compile(r"\s*(INSERT\s+INTO|UPDATE\s|DELETE\s+FROM|SELECT\s|WITH\s)", re.I)
_PUT_TOGETHER = re.compile(r"""\bf["']|["']\s*[%+]|\.format\(""", re.I)
_READS = frozenset(
    {
        *("execute", "exec_driver_sql", "query", "scalars", "fetchall", "fetchone", "mappings"),
        *("DictReader", "reader", "read", "loads", "load", "read_text", "readlines", "get_json"),
    }
)
# Numbers that the database itself counted: there is nothing to quote.
_COUNTED = re.compile(
    r"\s*select\s+(count|max|min|sum|avg|coalesce\s*\(\s*max|nextval|last_)", re.I
)
_SAFE = frozenset({"int", "len", "float", "bool", "quote", "quote_ident", "quoted_name"})
_ROUNDS = 6  # assignments that hand a value on; a migration has two or three


def may_read(source: str) -> bool:
    """Whether the text holds a string put together and something read: spares most files a walk."""
    return _PUT_TOGETHER.search(source) is not None and any(name in source for name in _READS)


def made_text(node: ast.expr) -> str:
    """The text of its own of a string put together: an f-string, ``"…" % …``, ``"…" + …`` or
    ``"…".format(…)``; "" for anything else."""
    if isinstance(node, ast.JoinedStr):
        texts = [part.value for part in node.values if isinstance(part, ast.Constant)]
        first = node.values[0] if node.values else None
        return "".join(map(str, texts)) if isinstance(first, ast.Constant) else ""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        return _leftmost(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        owner = node.func.value
        if node.func.attr == "format" and isinstance(owner, ast.Constant):
            return str(owner.value)
    return ""


def _leftmost(node: ast.expr) -> str:
    while isinstance(node, ast.BinOp):
        node = node.left
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def names_in(node: ast.AST) -> set[str]:
    """Names whose values reach the expression as they are."""
    found: set[str] = set()
    todo = [node]
    while todo:
        part = todo.pop()
        if isinstance(part, ast.Name):
            found.add(part.id)
        elif not (isinstance(part, ast.Call) and _called(part) in _SAFE):
            todo += children(part)
    return found


def _called(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def from_rows(nodes: Nodes, function: ast.stmt) -> set[str]:
    """Names of a function that hold rows of a query or the content of a file, or are taken from
    such. Queries of the catalog and counts are not data."""
    bindings: list[tuple[set[str], ast.expr]] = []
    for assign in nodes.of(ast.Assign, inside=function):
        bindings.append((set[str]().union(*map(_bound, assign.targets)), assign.value))
    loops: list[ast.For | ast.AsyncFor | ast.comprehension] = nodes.of(
        ast.For, ast.AsyncFor, ast.comprehension, inside=function
    )
    for loop in loops:
        bindings.append((_bound(loop.target), loop.iter))
    for item in nodes.of(ast.withitem, inside=function):
        if item.optional_vars is not None:
            bindings.append((_bound(item.optional_vars), item.context_expr))
    found = {name for names, value in bindings if _reads(value) for name in names}
    if not found:
        return found
    handed = [
        (names, names_in(value))
        for names, value in bindings
        if not (isinstance(value, ast.Call) and _asks(value))
    ]
    for _ in range(_ROUNDS):
        before = len(found)
        for names, sources in handed:
            if not found.isdisjoint(sources):
                found |= names
        if len(found) == before:
            break
    return found


def _bound(node: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _reads(value: ast.expr) -> bool:
    return any(
        isinstance(part, ast.Call) and _called(part) in _READS for part in ast.walk(value)
    ) and not _asks(value)


def _asks(value: ast.expr) -> bool:
    """It asks the catalog, or for a number."""
    texts = [
        part.value
        for part in ast.walk(value)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
    return any(is_catalog_query(text) or _COUNTED.match(text) for text in texts)
