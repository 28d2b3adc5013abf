"""What a model file declares, as plain values: the answer of `read_models`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column. `name` is the database's, `attribute` the Python side's.

    Texts are source text with module prefixes (``sa.``) left out. `nullable` is what SQLAlchemy
    would conclude, None where the file computes it. `options` are the remaining arguments that
    reach the database, sorted, such as ``("comment", "'x'")``.
    """

    name: str
    attribute: str
    type: str = ""
    nullable: bool | None = None
    primary_key: bool = False
    default: str = ""
    server_default: str = ""
    foreign_key: str = ""
    index: bool = False
    unique: bool = False
    options: tuple[tuple[str, str], ...] = ()
    line: int = 0

    @property
    def definition(self) -> tuple[object, ...]:
        """Everything but the names and the place: equal for a column that was only renamed."""
        return (
            self.type, self.nullable, self.primary_key, self.default, self.server_default,
            self.foreign_key, self.index, self.unique, self.options,
        )  # fmt: skip


@dataclass(frozen=True)
class TableItem:
    """An index or a constraint. `name` is "" where the naming convention would choose it."""

    kind: str
    name: str
    definition: str
    line: int = 0

    @property
    def is_index(self) -> bool:
        return self.kind == "index"


@dataclass(frozen=True)
class ModelClass:
    """A mapped class, a mixin with columns, or a ``Table(...)`` (`bases` is then empty)."""

    name: str
    table: str | None
    bases: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    items: tuple[TableItem, ...] = ()
    line: int = 0
    is_table_object: bool = False


@dataclass(frozen=True)
class EnumMember:
    name: str
    value: str
    line: int


@dataclass(frozen=True)
class EnumClass:
    """A Python enum class, or the strings of an ``sa.Enum("a", "b", name=…)``."""

    name: str
    members: tuple[EnumMember, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class ModuleModels:
    """One file. `problem` says why it could not be read (then the rest is empty)."""

    classes: tuple[ModelClass, ...] = ()
    enums: tuple[EnumClass, ...] = ()
    problem: str = ""
    problem_line: int = 0
