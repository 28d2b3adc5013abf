"""Rules about the Python of a migration: what it imports, and where its SQL comes from."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from opsmig_tui.review.model import Finding
from opsmig_tui.review.rules.base import Example, Rule, flag, listed
from opsmig_tui.review.run import span_of
from opsmig_tui.review.subject import Subject
from opsmig_tui.review.taint import SQL, from_rows, made_text, may_read, names_in

IMPORT, STRING = "model-import", "sql-by-string"
_MODELS = frozenset({"models", "model", "orm", "entities"})
# Below these, the tools that migrations share: they are kept as the migrations are.
_TOOLS = frozenset({"migrations", "migration", "alembic"})
_LIBRARIES = re.compile(r"(django|flask|sqlalchemy|sqlmodel|geoalchemy|alembic|fastapi|advanced_)")
_TYPE_PLACES = frozenset({"type_", "existing_type", "impl", "item_type"})


def _model_import(subject: Subject) -> Iterator[Finding]:
    tree = subject.migration.tree
    if not any(word in subject.migration.source for word in _MODELS):
        return  # spares most files the walk
    imports: list[ast.Import | ast.ImportFrom] = subject.migration.nodes.of(
        ast.Import, ast.ImportFrom
    )
    bound = {node: names for node in imports if (names := _model_names(node))}
    if not bound:
        return
    used = _used_as_models(tree)
    for node, names in bound.items():
        found = [name for name in names if name in used]
        if found:
            yield flag(
                IMPORT,
                "warning",
                span_of(node),
                f"Works with {listed(found)} from the application's models.",
                "The models move on and this file does not: one day it fails, or does something "
                "else than it did.",
                "Write down what it needs of the table with sa.table() and sa.column().",
            )


def _model_names(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The names that an import binds, if it is one of the application's models."""
    if isinstance(node, ast.Import):
        return [
            item.asname or item.name.partition(".")[0]
            for item in node.names
            if _of_models(item.name) and not _LIBRARIES.match(item.name)
        ]
    module = node.module or ""
    if not node.level and _LIBRARIES.match(module):
        return []
    whole = _of_models(module)
    return [
        item.asname or item.name
        for item in node.names
        if item.name != "*" and (whole or item.name in _MODELS)
    ]


def _of_models(module: str) -> bool:
    parts = set(module.split("."))
    return bool(_MODELS & parts) and not _TOOLS & parts


def _used_as_models(tree: ast.Module) -> set[str]:
    """Names that are used as something else than a column's type.

    Autogenerate itself writes custom types, and those have to be imported.
    """
    found: set[str] = set()
    todo: list[tuple[ast.AST, bool]] = [(tree, False)]
    while todo:
        node, as_type = todo.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and not as_type:
            found.add(node.id)
        if isinstance(node, ast.Call):
            last = _last(node.func)
            inside = last in ("Column", "column", "cast") or (as_type and last != "Enum")
            todo.append((node.func, as_type))
            todo += [(item, inside) for item in node.args]
            todo += [(item.value, inside or item.arg in _TYPE_PLACES) for item in node.keywords]
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            annotation = isinstance(node, ast.arg)
            todo += [(child, as_type or annotation) for child in ast.iter_child_nodes(node)]
    return found


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _sql_by_string(subject: Subject) -> Iterator[Finding]:
    if not may_read(subject.migration.source):
        return
    nodes = subject.migration.nodes
    for function in nodes.functions:
        made = nodes.of(ast.JoinedStr, ast.BinOp, ast.Call, inside=function)
        made = [node for node in made if SQL.match(made_text(node))]
        rows = from_rows(nodes, function) if made else set()
        for node in made:
            names = sorted(rows & names_in(node))
            if names:
                yield flag(
                    STRING,
                    "warning",
                    span_of(node),
                    f"Builds SQL out of {listed(names)}, which comes from data.",
                    "One quote in a value breaks the statement or makes it another one.",
                    'Bind it: sa.text("… WHERE id = :id"), {"id": …} as the second argument of '
                    "execute().",
                )


_QUERY = 'bind.execute(sa.text("SELECT id, name FROM a"))'

RULES = (
    Rule(
        IMPORT,
        "warning",
        "correctness",
        "The migration imports the application's models and queries or writes through them. They "
        "describe the newest schema, not the one at this revision. Not said of a custom type that "
        "only stands in a column, nor of an import that nothing uses.",
        _model_import,
        fires=Example("op.bulk_insert(User.__table__, [])", top="from app.models import User  #!"),
        silent=Example(
            'op.add_column("a", sa.Column("b", models.Money()))',
            top="from app import models",
        ),
        source="SQLAlchemy and Alembic documentation: op.bulk_insert and op.execute use ad-hoc "
        "sa.table() constructs",
    ),
    Rule(
        STRING,
        "warning",
        "correctness",
        "A statement that moves rows is put together (f-string, %, +, format) from values that a "
        "query or a file gave. A constant or a list in the file is fine, and so are table names "
        "from the catalog and numbers that were counted.",
        _sql_by_string,
        fires=Example(
            f"""
            bind = op.get_bind()
            for row in {_QUERY}:
                bind.execute(sa.text(f"UPDATE a SET s = '{{row.name}}' WHERE id = 1"))  #!
            """
        ),
        silent=Example(
            """
            for name in ("x", "y"):
                op.execute(f"INSERT INTO a (name) VALUES ('{name}')")
            """
        ),
        source="SQLAlchemy documentation: Using Textual SQL, bound parameters; OWASP: SQL "
        "Injection Prevention",
    ),
)
