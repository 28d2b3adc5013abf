"""Reading one column, index or constraint from its expression."""

from __future__ import annotations

import ast

from opsmig_tui.project.syntax_tree import expression_tree

from .declared import Column, TableItem
from .expressions import Names, call_name, keywords_of, last_name, shown, text_of, truth_of

COLUMN_CALLS = frozenset({"Column", "mapped_column", "MappedColumn"})
_WRAPPERS = frozenset({"deferred", "column_property"})
# Attributes of a mapped class that stand for no column of its table.
_NOT_COLUMNS = frozenset({
    "relationship", "Relationship", "backref", "dynamic_loader", "synonym", "composite",
    "association_proxy", "query_expression", "column_property", "hybrid_property",
})  # fmt: skip
_MAPPED = frozenset({"Mapped", "MappedColumn"})
# Arguments that only the Python side sees: a change of these is no change of the schema.
_PYTHON_ONLY = frozenset({
    "name", "type_", "info", "doc", "key", "init", "repr", "compare", "kw_only", "hash",
    "default_factory", "insert_default", "deferred", "deferred_group", "deferred_raiseload",
    "active_history", "sort_order", "use_existing_column", "quote", "_proxies", "alias",
    "description", "title", "sa_column", "sa_type", "onupdate",
})  # fmt: skip
_OWN_FIELDS = frozenset({
    "nullable", "primary_key", "default", "server_default", "index", "unique", "foreign_key",
})  # fmt: skip
# Positional arguments of Column that are not its type.
_EXTRAS = {
    "Identity": "identity", "Computed": "computed", "Sequence": "sequence",
    "CheckConstraint": "check", "FetchedValue": "server_default", "DefaultClause": "server_default",
}  # fmt: skip
_ITEMS = {
    "Index": "index", "UniqueConstraint": "unique", "CheckConstraint": "check",
    "ForeignKeyConstraint": "foreign key", "PrimaryKeyConstraint": "primary key",
    "ExcludeConstraint": "exclude",
}  # fmt: skip


def column_call(value: ast.expr | None) -> ast.Call | None:
    """The ``Column(…)`` or ``mapped_column(…)`` in a value, also inside ``deferred(…)``."""
    if not isinstance(value, ast.Call):
        return None
    if call_name(value) in COLUMN_CALLS:
        return value
    if call_name(value) in _WRAPPERS and value.args:
        return column_call(value.args[0])
    inner = keywords_of(value).get("sa_column") if call_name(value) == "Field" else None
    return column_call(inner)


def read_column(
    attribute: str,
    annotation: ast.expr | None,
    value: ast.expr | None,
    names: Names,
    *,
    sqlmodel: bool = False,
) -> Column | None:
    """The column an assignment in a class body declares, or None when it declares none.

    With `sqlmodel` (a class with ``table=True``) a bare annotation and ``Field(…)`` count too.
    """
    call = column_call(value)
    mapped = _mapped_type(annotation)
    if call is None:
        if call_name(value) in _NOT_COLUMNS:
            return None
        field = value if isinstance(value, ast.Call) else None
        if mapped is not None:
            return _column(attribute, mapped, field, names)
        if sqlmodel and annotation is not None and not _is_class_var(annotation):
            return _column(attribute, annotation, field, names)
        return None
    return _column(attribute, annotation if sqlmodel else mapped, call, names)


def table_column(call: ast.expr, names: Names) -> Column | None:
    """A ``Column("name", …)`` among the arguments of ``Table(…)``."""
    found = column_call(call)
    if found is None:
        return None
    name = text_of(found.args[0]) if found.args else text_of(keywords_of(found).get("name"))
    return _column(name, None, found, names) if name else None


def read_item(node: ast.expr, names: Names) -> TableItem | None:
    """An ``Index(…)`` or a constraint among table arguments, else None."""
    kind = _ITEMS.get(call_name(node))
    if kind is None or not isinstance(node, ast.Call):
        return None
    words = keywords_of(node)
    name = text_of(words.pop("name", None)) or ""
    args = list(node.args)
    if kind == "index" and args and not name:
        name = text_of(args.pop(0)) or ""
    parts = [text_of(arg) or shown(arg, names) for arg in args]
    parts += [f"{word}={shown(value, names)}" for word, value in sorted(words.items())]
    return TableItem(kind, name, ", ".join(parts), node.lineno)


def _mapped_type(annotation: ast.expr | None) -> ast.expr | None:
    """``Mapped[T]`` → T, also when the annotation is a string; else None."""
    annotation = _unquoted(annotation)
    if isinstance(annotation, ast.Subscript) and last_name(annotation.value) in _MAPPED:
        return _unquoted(annotation.slice)
    return None


def _unquoted(node: ast.expr | None) -> ast.expr | None:
    text = text_of(node)
    if text is None or node is None:
        return node
    try:
        return ast.copy_location(expression_tree(text.strip()), node)
    except (SyntaxError, ValueError):
        return node


def _is_class_var(annotation: ast.expr) -> bool:
    inner = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return last_name(inner) == "ClassVar"


def _optional(annotation: ast.expr | None) -> tuple[ast.expr | None, bool]:
    """Strip ``Optional[T]``, ``T | None`` and ``Union[T, None]``: (T, was it optional)."""
    node = annotation
    if isinstance(node, ast.Subscript):
        if last_name(node.value) == "Optional":
            return _unquoted(node.slice), True
        if last_name(node.value) == "Union" and isinstance(node.slice, ast.Tuple):
            return _without_none(node, list(node.slice.elts))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _without_none(node, [node.left, node.right])
    return node, False


def _without_none(node: ast.expr, parts: list[ast.expr]) -> tuple[ast.expr, bool]:
    kept = [part for part in parts if not (isinstance(part, ast.Constant) and part.value is None)]
    if len(kept) == len(parts):
        return node, False
    return (kept[0] if len(kept) == 1 else node), True


def _column(
    attribute: str, annotation: ast.expr | None, call: ast.Call | None, names: Names
) -> Column:
    words = keywords_of(call) if call else {}
    args = list(call.args) if call and call_name(call) != "Field" else []
    name = text_of(words.get("name")) or attribute
    if args and (first := text_of(args[0])) is not None:
        name = first
        args = args[1:]
    type_node = words.get("type_") or words.get("sa_type")
    foreign_key = text_of(words.get("foreign_key")) or ""
    options: dict[str, str] = {}
    for arg in args:
        kind = call_name(arg)
        if kind == "ForeignKey":
            foreign_key = _foreign_key(arg, names)
        elif kind in _EXTRAS:
            options[_EXTRAS[kind]] = shown(arg, names)
        elif type_node is None:
            type_node = arg
    inner, optional = _optional(annotation)
    primary_key = truth_of(words.get("primary_key")) is True
    options |= {
        word: shown(value, names)
        for word, value in words.items()
        if word not in _PYTHON_ONLY | _OWN_FIELDS
    }
    line = call.lineno if call is not None else getattr(annotation, "lineno", 0)
    return Column(
        name=name,
        attribute=attribute,
        type=shown(type_node if type_node is not None else inner, names),
        nullable=_nullable(words, primary_key, annotation is not None, optional),
        primary_key=primary_key,
        default=shown(words.get("default"), names),
        server_default=shown(words.get("server_default"), names),
        foreign_key=foreign_key,
        index=truth_of(words.get("index")) is True,
        unique=truth_of(words.get("unique")) is True,
        options=tuple(sorted(options.items())),
        line=line,
    )


def _nullable(
    words: dict[str, ast.expr], primary_key: bool, annotated: bool, optional: bool
) -> bool | None:
    """What SQLAlchemy concludes: the argument, else the key, else the annotation, else NULL."""
    if "nullable" in words:
        return truth_of(words["nullable"])
    if primary_key:
        return False
    return optional if annotated else True


def _foreign_key(node: ast.expr, names: Names) -> str:
    """``ForeignKey("a.id", ondelete="CASCADE")`` → "a.id ondelete CASCADE"."""
    assert isinstance(node, ast.Call)
    target = (text_of(node.args[0]) or shown(node.args[0], names)) if node.args else ""
    words = [
        f"{word} {text_of(value) or shown(value, names)}"
        for word, value in sorted(keywords_of(node).items())
    ]
    return " ".join([target, *words]).strip()
