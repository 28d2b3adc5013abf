"""What one direction of a migration has created so far, and what it removes.

A table, column or type created earlier in the same revision is empty and nobody else sees it yet:
no lock, NOT NULL or data-loss rule speaks about it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from opsmig_tui.review.operations import Column, Operation, same_schema


@dataclass
class Created:
    """Where (by `Operation.order`) things come into being in one direction."""

    tables: dict[str, list[Operation]] = field(default_factory=dict)
    columns: dict[tuple[str, str], list[Operation]] = field(default_factory=dict)
    enums: dict[str, int] = field(default_factory=dict)
    nameless: list[Operation] = field(default_factory=list)

    def has_table(self, operation: Operation) -> bool:
        """The operation's table was created before it in this direction, or may have been: both
        are named at run time."""
        if operation.table is None:
            return any(item.order < operation.order for item in self.nameless)
        return self.made_table(operation.table, operation.schema, operation.order)

    def made_table(
        self, name: str | None, schema: str | None = None, before: int | None = None
    ) -> bool:
        """The table is created in this direction (before the given position)."""
        return name is not None and any(
            same_schema(schema, item.schema) and (before is None or item.order < before)
            for item in self.tables.get(name, ())
        )

    def has_column(self, operation: Operation, name: str | None) -> bool:
        """The column was created before the operation, by itself or with its table."""
        return self.has_table(operation) or self.column(operation, name) is not None

    def column(self, operation: Operation, name: str | None) -> Operation | None:
        """The add_column before the operation that made this column."""
        if operation.table is None or name is None:
            return None
        for item in self.columns.get((operation.table, name), ()):
            if item.order < operation.order and same_schema(item.schema, operation.schema):
                return item
        return None

    def made_column(self, table: str | None, name: str | None) -> bool:
        """The column is created anywhere in this direction, by itself or with its table."""
        if table is None or name is None:
            return False
        return (table, name) in self.columns or table in self.tables

    def has_enum(self, name: str, before: int) -> bool:
        return name in self.enums and self.enums[name] < before


def created(operations: Iterable[Operation]) -> Created:
    """Everything that the operations create."""
    found = Created()
    for item in operations:
        if item.kind == "create_table" and item.table is not None:
            found.tables.setdefault(item.table, []).append(item)
            for column in item.columns:
                _implied_enum(found, item, column)
        elif item.kind == "create_table":
            found.nameless.append(item)
        elif item.kind == "create_object" and item.name is not None:
            # A new materialized view is as unseen as a new table.
            found.tables.setdefault(item.name, []).append(item)
        elif item.kind == "rename_table" and item.name is not None and item.table is not None:
            if found.has_table(item):
                found.tables.setdefault(item.name, []).append(item)
            for table, name in [key for key in found.columns if key[0] == item.table]:
                found.columns.setdefault((item.name, name), []).extend(found.columns[table, name])
        elif item.kind == "add_column" and item.table is not None and item.column is not None:
            found.columns.setdefault((item.table, item.column), []).append(item)
        elif (
            item.kind == "rename_column" and item.name and (made := found.column(item, item.column))
        ):
            renamed = replace(made, order=item.order)  # is there by this name from here on
            found.columns.setdefault((item.table or "", item.name), []).append(renamed)
        elif item.kind == "create_enum" and item.name is not None:
            found.enums.setdefault(item.name, item.order)
    return found


def _implied_enum(found: Created, item: Operation, column: Column) -> None:
    """SQLAlchemy emits CREATE TYPE for the enums of a table that it creates."""
    enum = column.type.enum if column.type is not None else None
    if enum is not None and enum.name is not None and enum.creates is not False and not item.is_sql:
        found.enums.setdefault(enum.name, item.order)
