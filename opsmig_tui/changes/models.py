"""Model classes, tables and enums of a file, read from its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from opsmig_tui.project.syntax_tree import syntax_tree

from .columns import read_column, read_item, table_column
from .declared import Column, EnumClass, EnumMember, ModelClass, ModuleModels, TableItem
from .expressions import (
    Names,
    assignment,
    call_name,
    imported_names,
    keywords_of,
    last_name,
    literal_strings,
    shown,
    statements,
    text_of,
    truth_of,
)


def read_models(source: str) -> ModuleModels:
    """What a model file declares. Nothing is run; any text is answered, at worst with `problem`."""
    try:
        return _read(syntax_tree(source))
    except SyntaxError as error:
        return ModuleModels(problem=error.msg or "invalid syntax", problem_line=error.lineno or 1)
    except (ValueError, RecursionError, MemoryError) as error:
        # A NUL byte, a lone surrogate, or nesting deeper than Python's own parser goes.
        reason = str(error) or "nested too deeply"
        return ModuleModels(problem=reason.splitlines()[0], problem_line=1)


def _read(tree: ast.Module) -> ModuleModels:
    names = imported_names(tree)
    enums = list(_enum_classes(tree, names))
    enum_names = {found.name for found in enums}
    classes = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name not in enum_names:
            found = _model_class(node, names)
            if found is not None:
                classes.append(found)
    tables = list(_table_objects(tree, names))
    enums.extend(_literal_enums(tree, names, enum_names))
    everything = sorted([*classes, *tables], key=lambda found: found.line)
    return ModuleModels(
        classes=_with_loose_indexes(tree, everything, names),
        enums=tuple(sorted(enums, key=lambda found: found.line)),
    )


def _model_class(node: ast.ClassDef, names: Names) -> ModelClass | None:
    """The class as a model, or None when nothing in it concerns a table."""
    sqlmodel = any(word.arg == "table" and truth_of(word.value) for word in node.keywords)
    table: str | None = None
    columns: dict[str, Column] = {}
    items: list[TableItem] = []
    is_model = sqlmodel
    for statement in statements(node.body):
        if isinstance(statement, ast.FunctionDef):
            column, more = _declared(statement, names)
            items += more
        elif (parts := assignment(statement)) is not None:
            name, annotation, value = parts
            if name == "__tablename__":
                table, is_model = text_of(value), True
                continue
            if name == "__table_args__":
                items += _table_args(value, names)
                continue
            if name == "__table__" and isinstance(value, ast.Call) and call_name(value) == "Table":
                table = text_of(value.args[0]) if value.args else None
                found_columns, found_items = _table_parts(value, names)
                columns |= {column.attribute: column for column in found_columns}
                items += found_items
                is_model = True
                continue
            column = read_column(name, annotation, value, names, sqlmodel=sqlmodel)
        else:
            continue
        if column is not None:
            columns[column.attribute] = column
    if not (is_model or columns or items):
        return None
    bases = tuple(shown(base, names) for base in node.bases)
    return ModelClass(node.name, table, bases, tuple(columns.values()), tuple(items), node.lineno)


def _declared(node: ast.FunctionDef, names: Names) -> tuple[Column | None, list[TableItem]]:
    """A column or table arguments returned from a ``@declared_attr`` function."""
    decorators = {
        last_name(part.func if isinstance(part, ast.Call) else part) for part in node.decorator_list
    } | {last_name(part.value) for part in node.decorator_list if isinstance(part, ast.Attribute)}
    if "declared_attr" not in decorators:
        return None, []
    for statement in statements(node.body):
        if isinstance(statement, ast.Return):
            if node.name == "__table_args__":
                return None, _table_args(statement.value, names)
            return read_column(node.name, node.returns, statement.value, names), []
    return None, []


def _table_args(value: ast.expr | None, names: Names) -> list[TableItem]:
    parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
    return [item for part in parts if (item := read_item(part, names)) is not None]


def _table_parts(call: ast.Call, names: Names) -> tuple[list[Column], list[TableItem]]:
    columns = [column for arg in call.args if (column := table_column(arg, names)) is not None]
    items = [item for arg in call.args if (item := read_item(arg, names)) is not None]
    return columns, items


def _table_objects(tree: ast.Module, names: Names) -> Iterator[ModelClass]:
    """``Table("name", metadata, …)`` at module level, bound to a name or not."""
    for statement in statements(tree.body):
        value = _value_of(statement)
        if not isinstance(value, ast.Call) or call_name(value) != "Table" or not value.args:
            continue
        name = text_of(value.args[0])
        if name is not None:
            columns, items = _table_parts(value, names)
            yield ModelClass(
                name, name, (), tuple(columns), tuple(items), value.lineno, is_table_object=True
            )


def _value_of(statement: ast.stmt) -> ast.expr | None:
    if isinstance(statement, ast.Expr):
        return statement.value
    parts = assignment(statement)
    return parts[2] if parts else None


def _with_loose_indexes(
    tree: ast.Module, models: list[ModelClass], names: Names
) -> tuple[ModelClass, ...]:
    """Give an ``Index("ix", Agreement.name)`` at module level to the class it names."""
    loose: dict[str, list[TableItem]] = {}
    for statement in statements(tree.body):
        value = _value_of(statement)
        item = read_item(value, names) if value is not None else None
        if item is not None and value is not None:
            owners = [
                part.value.id
                for part in ast.walk(value)
                if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name)
            ]
            for model in models:
                if model.name in owners:
                    loose.setdefault(model.name, []).append(item)
                    break
    return tuple(
        ModelClass(
            model.name, model.table, model.bases, model.columns,
            (*model.items, *loose.get(model.name, ())), model.line, model.is_table_object,
        )
        for model in models
    )  # fmt: skip


def _enum_classes(tree: ast.Module, names: Names) -> Iterator[EnumClass]:
    known = set(names.from_enum)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(_is_enum(base, known) for base in node.bases):
            known.add(node.name)
            members = []
            for statement in statements(node.body):
                parts = assignment(statement)
                if parts and parts[2] is not None and not parts[0].startswith("_"):
                    value = shown(parts[2], names)
                    members.append(EnumMember(parts[0], value, statement.lineno))
            yield EnumClass(node.name, tuple(members), node.lineno)


def _is_enum(base: ast.expr, known: set[str]) -> bool:
    from_enum = isinstance(base, ast.Attribute) and last_name(base.value) == "enum"
    return from_enum or last_name(base) in known or last_name(base).endswith("Enum")


def _literal_enums(tree: ast.Module, names: Names, known: set[str]) -> Iterator[EnumClass]:
    """``sa.Enum("a", "b", name="kind")`` and the functional ``enum.Enum("Kind", "A B")``."""
    seen: set[str] = set(known)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or call_name(node) not in {"Enum", "ENUM", "StrEnum"}:
            continue
        functional = call_name(node) in names.from_enum or (
            isinstance(node.func, ast.Attribute) and last_name(node.func.value) == "enum"
        )
        if functional:
            values = _functional_values(node)
            name = text_of(node.args[0]) if node.args else None
        else:
            values = literal_strings(node.args)
            name = text_of(keywords_of(node).get("name"))
        if name and values and name not in seen:
            seen.add(name)
            members = tuple(EnumMember(text, repr(text), line) for text, line in values)
            yield EnumClass(name, members, node.lineno)


def _functional_values(call: ast.Call) -> list[tuple[str, int]]:
    listed = call.args[1] if len(call.args) > 1 else None
    text = text_of(listed)
    if text is not None:
        return [(part, call.lineno) for part in text.replace(",", " ").split()]
    if isinstance(listed, (ast.List, ast.Tuple)):
        return literal_strings(listed.elts)
    return []
