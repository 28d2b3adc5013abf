"""SQLAlchemy metadata → facts: tables, columns, constraints, enums, companions, custom types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Optional

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.schema import DefaultClause

from . import enums
from .protocol import ColumnFacts, ConstraintFacts, ModelFacts, TableFacts


def model_facts(
    metadata: Iterable[Any], dialect: Any, suffixes: tuple[str, ...], defaults: bool = True
) -> ModelFacts:
    """What the models say; types as `dialect` writes them. `defaults`: server defaults, too."""
    tables = [table for one in metadata for table in one.tables.values()]
    found = list(enums.model_enums(tables, dialect))
    by_column = {(table.key, column.name): str(enum.name) for table, column, enum in found}
    return ModelFacts(
        tables=tuple(_table(table, dialect, by_column, defaults) for table in tables),
        enums=enums.facts(enum for _, _, enum in found),
        companions=companions({str(table.name) for table in tables}, suffixes),
        type_imports=_type_imports(tables),
    )


def companions(names: set[str], suffixes: tuple[str, ...]) -> dict[str, str]:
    """Table → table + suffix, where both are there."""
    pairs = {
        name: name + end for end in reversed(suffixes) for name in names if name + end in names
    }
    return dict(sorted(pairs.items()))


def _table(
    table: Any, dialect: Any, enum_names: dict[tuple[str, str], str], defaults: bool
) -> TableFacts:
    columns = tuple(
        ColumnFacts(
            name=str(column.name),
            type=sql_type(column.type, dialect),
            nullable=bool(column.nullable),
            has_server_default=column.server_default is not None,
            enum=enum_names.get((table.key, column.name)),
            default=_default(column, dialect) if defaults else None,
        )
        for column in table.columns
    )
    constraints = [_constraint(item, dialect) for item in _ordered(table.constraints)]
    constraints += [_index(item, dialect) for item in _ordered(table.indexes)]
    return TableFacts(
        table.schema, str(table.name), columns, tuple(item for item in constraints if item)
    )


def _default(column: Any, dialect: Any) -> Optional[str]:
    """The server default as SQL, "" for none; None where it is no plain one."""
    default = column.server_default
    if default is None:
        return ""
    if not isinstance(default, DefaultClause):
        return None
    if isinstance(default.arg, str):
        plain = default.arg.replace("'", "''")
        return f"'{plain}'"
    return written(default.arg, dialect)


def written(expression: Any, dialect: Any) -> Optional[str]:
    """An expression as the dialect writes it in a table's definition, None where it cannot."""
    try:
        kwargs = {"literal_binds": True, "include_table": False}
        sql = str(expression.compile(dialect=dialect, compile_kwargs=kwargs))
    except Exception:  # third-party types raise what they like
        return None
    # For the driver: psycopg and others take a single % for a parameter.
    doubled = getattr(dialect.identifier_preparer, "_double_percents", False)
    return sql.replace("%%", "%") if doubled else sql


def sql_type(type_: Any, dialect: Any) -> str:
    """A type as the dialect writes it, or the class's name where it cannot be written."""
    try:
        return str(type_.compile(dialect=dialect))
    except Exception:  # third-party types raise what they like: their name says enough
        return type(type_).__name__


def _ordered(items: Iterable[Any]) -> list[Any]:
    """SQLAlchemy keeps these in sets: an order of our own keeps answers equal."""
    return sorted(items, key=lambda item: (type(item).__name__, str(item.name), _columns(item)))


def _columns(item: Any) -> tuple[str, ...]:
    columns = getattr(item, "columns", ())
    return tuple(str(column.name) for column in columns)


def _constraint(item: Any, dialect: Any) -> Optional[ConstraintFacts]:
    name = final_name(item, dialect)
    if isinstance(item, PrimaryKeyConstraint):
        kind, text = "primary", f"PRIMARY KEY ({', '.join(_columns(item))})"
        if not _columns(item):
            return None
    elif isinstance(item, UniqueConstraint):
        kind, text = "unique", f"UNIQUE ({', '.join(_columns(item))})"
    elif isinstance(item, ForeignKeyConstraint):
        kind, text = "foreign", _foreign(item)
    elif isinstance(item, CheckConstraint) and not getattr(item, "_type_bound", False):
        condition = written(item.sqltext, dialect)
        kind, text = "check", f"CHECK ({condition})" if condition is not None else ""
    else:
        return None
    return ConstraintFacts(kind, name, _columns(item), text)


def _foreign(item: Any) -> str:
    """As pg_get_constraintdef writes it; the target comes from its text, resolvable or not."""
    targets = [element.target_fullname.rpartition(".") for element in item.elements]
    there = ", ".join(column for _, _, column in targets)
    text = f"FOREIGN KEY ({', '.join(_columns(item))}) REFERENCES {targets[0][0]}({there})"
    for word, rule in (("UPDATE", item.onupdate), ("DELETE", item.ondelete)):
        text += f" ON {word} {rule}" if rule else ""
    return text


def _index(item: Any, dialect: Any) -> ConstraintFacts:
    unique = "UNIQUE " if item.unique else ""
    parts = ", ".join(str(getattr(part, "name", None) or part) for part in item.expressions)
    return ConstraintFacts("index", final_name(item, dialect), _columns(item), f"{unique}({parts})")


def final_name(item: Any, dialect: Any) -> Optional[str]:
    """The name after naming conventions and truncation, None for one the database will choose."""
    if not isinstance(item.name, str):
        return None
    name = dialect.identifier_preparer.format_constraint(item, _alembic_quote=False)
    return str(name) if name else None


_CONVENTIONS = {
    "unique": ("uq", UniqueConstraint),
    "foreign": ("fk", ForeignKeyConstraint),
    "primary": ("pk", PrimaryKeyConstraint),
    "check": ("ck", CheckConstraint),
}


def conventions(metadata: Any) -> dict[str, str]:
    """How constraints without a name are called, by kind: MetaData.naming_convention."""
    given = getattr(metadata, "naming_convention", None) or {}
    found = {kind: given.get(short, given.get(cls)) for kind, (short, cls) in _CONVENTIONS.items()}
    return {kind: text for kind, text in found.items() if isinstance(text, str)}


def _type_imports(tables: Iterable[Any]) -> dict[str, str]:
    """Class → module of the column types that are not SQLAlchemy's own."""
    classes = {type(column.type) for table in tables for column in table.columns}
    return {
        cls.__name__: cls.__module__
        for cls in sorted(classes, key=lambda cls: cls.__name__)
        if cls.__module__.partition(".")[0] != "sqlalchemy"
    }
