"""Which names of a function hold data from outside, and which strings are made from them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from opsmig_tui.review.dml import is_catalog_query

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


@dataclass(frozen=True)
class Made:
    """A string put together: its own text, and the names whose values go into it."""

    text: str
    names: frozenset[str]


def made_from(node: ast.AST) -> Made | None:
    """An f-string, ``"…" % …``, ``"…" + …`` or ``"…".format(…)``; None for anything else."""
    if isinstance(node, ast.JoinedStr):
        texts = [part.value for part in node.values if isinstance(part, ast.Constant)]
        first = node.values[0] if node.values else None
        text = "".join(map(str, texts)) if isinstance(first, ast.Constant) else ""
        return Made(text, _names(node))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        left = _leftmost(node)
        return Made(left, _names(node)) if left else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        owner = node.func.value
        if node.func.attr == "format" and isinstance(owner, ast.Constant):
            values = [*node.args, *(item.value for item in node.keywords)]
            return Made(str(owner.value), frozenset().union(*map(_names, values)))
    return None


def _leftmost(node: ast.expr) -> str:
    while isinstance(node, ast.BinOp):
        node = node.left
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _names(node: ast.AST) -> frozenset[str]:
    """Names whose values reach the expression as they are."""
    if isinstance(node, ast.Name):
        return frozenset({node.id})
    if isinstance(node, ast.Call) and _called(node) in _SAFE:
        return frozenset()
    return frozenset[str]().union(*(_names(child) for child in ast.iter_child_nodes(node)))


def _called(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def from_rows(nodes: tuple[ast.AST, ...]) -> set[str]:
    """Names of a function, given by its nodes, that hold rows of a query or the content of a file,
    or are taken from such. Queries of the catalog and counts are not data."""
    bindings: list[tuple[set[str], ast.expr]] = []
    for node in nodes:
        if isinstance(node, ast.Assign):
            targets = frozenset[str]().union(*map(_bound, node.targets))
            bindings.append((set(targets), node.value))
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            bindings.append((set(_bound(node.target)), node.iter))
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            bindings.append((set(_bound(node.optional_vars)), node.context_expr))
    found = {name for names, value in bindings if _reads(value) for name in names}
    for _ in range(_ROUNDS if found else 0):
        before = len(found)
        for names, value in bindings:
            if found & _names(value) and not (isinstance(value, ast.Call) and _asks(value)):
                found |= names
        if len(found) == before:
            break
    return found


def _bound(node: ast.expr) -> frozenset[str]:
    return frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name))


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
