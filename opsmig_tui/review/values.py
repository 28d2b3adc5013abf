"""What an expression of a migration can stand for while its text is read.

Plain Python values stand for themselves (str, int, bool, None, list, tuple, dict). Everything from
an import is a `Symbol` with its dotted path, and calls and attributes extend the path, so
``from alembic import op as o; o.get_bind().execute`` reads "alembic.op.get_bind().execute".
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from opsmig_tui.review.operations import Column, ColumnType, Constraint, EnumUse


@dataclass(frozen=True)
class Opaque:
    """Not known. `inspected`: it came from asking the database what exists."""

    inspected: bool = False


UNKNOWN = Opaque()
INSPECTED = Opaque(inspected=True)


@dataclass(frozen=True)
class Symbol:
    path: str

    @property
    def last(self) -> str:
        return self.path.rsplit(".", 1)[-1]


@dataclass(frozen=True)
class Partial:
    """A string of which only parts are known; `HOLE` stands for each part that is not."""

    text: str


HOLE = "\ufffc"


@dataclass(frozen=True)
class SqlText:
    """sa.text(...)."""

    text: str | Partial


@dataclass(frozen=True)
class DialectTest:
    """A comparison of the dialect's name: `postgresql` is what it says on PostgreSQL."""

    postgresql: bool


@dataclass(frozen=True)
class Batch:
    """What batch_alter_table() gives. `naming`: with a naming convention of its own."""

    table: str | None
    schema: str | None
    naming: bool = False


@dataclass(frozen=True)
class EnumValue:
    """sa.Enum(...) or postgresql.ENUM(...), which is a type and can be created and dropped."""

    use: EnumUse
    native: bool | None
    text: str


@dataclass(frozen=True)
class TypeValue:
    """Any other type of SQLAlchemy's, called: sa.String(20). How it is written is not kept."""

    type: ColumnType


@dataclass(frozen=True)
class TableValue:
    """sa.table(...) or sa.Table(...)."""

    name: str | None
    schema: str | None = None
    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True)
class ColumnsOf:
    table: TableValue


@dataclass(frozen=True)
class ColumnRef:
    name: str | None


@dataclass(frozen=True)
class Dml:
    """An insert(), update() or delete() under construction. `columns` None: not decided."""

    kind: str
    table: TableValue | None
    columns: tuple[str, ...] | None = ()
    where: bool = False


@dataclass(frozen=True)
class IndexValue:
    name: str | None
    columns: tuple[str, ...]
    table: TableValue | None = None


@dataclass(frozen=True)
class ForeignKey:
    """sa.ForeignKey("table.column")."""

    target: str | None
    valid: bool | None = True
    deferrable: bool | None = False


@dataclass(frozen=True)
class ServerFill:
    """Identity(...) or Computed(...). `fill` as `Column.fill` has it."""

    text: str
    fill: str


@dataclass(frozen=True)
class Method:
    """An attribute of a value above, about to be called."""

    owner: object
    name: str


@dataclass(frozen=True, eq=False)
class Function:
    """A function of the file."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    env: Env


@dataclass(frozen=True, eq=False)
class ClassValue:
    """A class of the file: an enum, or a mapped class with its `__tablename__`."""

    name: str
    is_enum: bool
    attributes: dict[str, object]


@dataclass(eq=False)
class Env:
    """Names bound at one place, and the scope around it."""

    names: dict[str, object] = field(default_factory=dict)
    outer: Env | None = None

    def get(self, name: str) -> object:
        """What the name stands for, `UNBOUND` when nothing here binds it."""
        scope: Env | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return UNBOUND


UNBOUND = object()


def is_inspected(value: object) -> bool:
    return isinstance(value, Opaque) and value.inspected


def constant(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bytes)


def as_text(value: object) -> str | None:
    """The string, or None where it is not decided."""
    return value if isinstance(value, str) else None


def plain_names(value: object) -> tuple[str, ...]:
    """The plain column names in a list; expressions such as sa.text("lower(x)") are left out."""
    items = value if isinstance(value, list | tuple) else [value]
    names = (item.name if isinstance(item, ColumnRef) else as_text(item) for item in items)
    return tuple(name for name in names if name is not None)


def truth(value: object) -> bool | None:
    """What `if value` would do, None where it is not decided."""
    if constant(value) or isinstance(value, list | tuple | dict):
        return bool(value)
    return None
