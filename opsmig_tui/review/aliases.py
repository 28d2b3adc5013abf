"""One name for what renames in either direction show to be one thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from opsmig_tui.review.operations import Operation


@dataclass
class Names:
    """Names that renames join; `of` gives the one they all stand for."""

    first: dict[str, str] = field(default_factory=dict)

    def join(self, old: str | None, new: str | None) -> None:
        if old is not None and new is not None and self.of(old) != self.of(new):
            self.first[self.of(new) or new] = self.of(old) or old

    def of(self, name: str | None) -> str | None:
        while name is not None and name in self.first:
            name = self.first[name]
        return name


@dataclass
class Aliases:
    """Tables, columns, and indexes or constraints, each with names of their own."""

    tables: Names = field(default_factory=Names)
    columns: Names = field(default_factory=Names)
    objects: Names = field(default_factory=Names)

    def table(self, item: Operation) -> str | None:
        return self.tables.of(item.table)

    def column(self, item: Operation) -> tuple[str | None, str | None]:
        return self.tables.of(item.table), self.columns.of(item.column)

    def name(self, item: Operation) -> str | None:
        return self.objects.of(item.name)


def aliases(operations: Iterable[Operation]) -> Aliases:
    """What the renames among these operations join."""
    found = Aliases()
    for item in operations:
        if item.kind == "rename_table":
            found.tables.join(item.table, item.name)
        elif item.kind == "rename_column":
            found.columns.join(item.column, item.name)
        elif item.kind in ("rename_index", "rename_constraint"):
            found.objects.join(item.old_name, item.name)
    return found
