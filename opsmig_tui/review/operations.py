"""What a migration does, as a flat list of operations in the order they would run.

An `op.add_column(...)` and an `ALTER TABLE ... ADD COLUMN` in raw SQL become the same `Operation`,
so a rule is written once. Whatever the text does not decide is None (or kind "undecided"): a rule
must take None for "could be anything".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Direction = Literal["upgrade", "downgrade"]

Kind = Literal[
    "create_table",
    "drop_table",
    "rename_table",
    "add_column",
    "drop_column",
    "alter_column",
    "rename_column",
    "create_index",
    "drop_index",
    "rename_index",
    "create_constraint",
    "drop_constraint",
    "rename_constraint",
    "validate_constraint",
    "create_enum",
    "drop_enum",
    "add_enum_value",
    "rename_enum_value",
    "create_object",  # a view, function, trigger, sequence …: `object_type` says which
    "drop_object",
    "insert",
    "update",
    "delete",
    "truncate",
    "data",  # rows change, but which is not known
    "commit",
    "raise",
    "sql",  # neither columns, constraints nor rows change: SET, LOCK, CLUSTER … (`object_type`)
    "undecided",
]

_OF_COLUMNS = frozenset({"add_column", "drop_column", "alter_column", "rename_column"})
_OF_TABLES = _OF_COLUMNS | {"create_table", "drop_table", "rename_table"}
_OF_NAMES = frozenset(
    {
        *("create_index", "drop_index", "create_constraint", "drop_constraint"),
        *("create_enum", "drop_enum", "rename_index", "rename_constraint"),
    }
)
DATA_KINDS: frozenset[str] = frozenset({"insert", "update", "delete", "truncate", "data"})


class Span(NamedTuple):
    """A place in the file. Lines are 1-based, columns 0-based UTF-8 offsets, as `ast` counts."""

    line: int
    column: int = 0
    end_line: int = 0
    end_column: int = 0


NOWHERE = Span(0)


@dataclass(frozen=True)
class EnumUse:
    """A PostgreSQL enum type as a column names it. None: not decided by the text.

    `creates` is whether SQLAlchemy emits CREATE TYPE along with CREATE TABLE.
    """

    name: str | None
    schema: str | None = None
    values: tuple[str, ...] | None = None
    creates: bool | None = True


@dataclass(frozen=True)
class ColumnType:
    """A column's type: `text` as written; `family` groups types a value moves between freely.

    `name` is PostgreSQL's own name for it in lower case ("character varying", "bigint",
    "timestamp with time zone", "integer[]"), "" where that is not known; `length` of a string,
    `precision` and `scale` of a number, `precision` of a time. `constrained`: a domain with
    constraints; None where that is not decided.
    """

    text: str
    family: str
    length: int | None = None
    enum: EnumUse | None = None
    name: str = ""
    precision: int | None = None
    scale: int | None = None
    constrained: bool | None = False


@dataclass(frozen=True)
class Column:
    """A column definition. `default` is whether the *server* fills it in (a default, identity,
    computed, serial); None where that cannot be decided, likewise `nullable`. `fill` is how:
    "constant", "stable" (now()), "volatile" (random()), "identity", "serial", "stored", "virtual",
    "generated" (GENERATED … AS, STORED or VIRTUAL as the server's version has it), "" where there
    is nothing or it is not decided. `checked`: it brings a CHECK along; `foreign_valid` False: its
    foreign key is NOT VALID."""

    name: str | None
    type: ColumnType | None = None
    nullable: bool | None = True
    default: bool | None = False
    default_text: str = ""
    fill: str = ""
    primary_key: bool = False
    foreign_key: str | None = None
    unique: bool = False
    index: bool = False
    checked: bool = False
    foreign_valid: bool | None = True
    span: Span = NOWHERE


@dataclass(frozen=True)
class Constraint:
    """`kind`: "unique", "foreign", "primary", "check", "exclude", "not null" or "" (not said).

    `referent` is the table a foreign key points to, without schema. `valid` False: NOT VALID;
    `using_index` the index that ADD CONSTRAINT … USING INDEX takes over; `text` a check's condition
    as written. `deferred`: INITIALLY DEFERRED. None: not decided.
    """

    kind: str
    name: str | None = None
    columns: tuple[str, ...] = ()
    referent: str | None = None
    unnamed: bool = False
    referent_schema: str | None = None
    referent_columns: tuple[str, ...] = ()
    valid: bool | None = True
    deferrable: bool | None = False
    deferred: bool | None = False
    using_index: str | None = None
    text: str = ""


@dataclass(frozen=True)
class Change:
    """What alter_column changes. None: not touched (or, for `nullable`, not decided).

    `existing_nullable`, `existing_type` and `existing_enum` (a type's name) are what the call says
    the column was. `using` is the expression of USING as written, `default_text` the new default's.
    """

    nullable: bool | None = None
    type: ColumnType | None = None
    default: bool = False
    comment: bool = False
    existing_nullable: bool | None = None
    existing_type: ColumnType | None = None
    using: str = ""
    default_text: str = ""
    existing_enum: str | None = None

    @property
    def nothing(self) -> bool:
        return self.nullable is None and self.type is None and not (self.default or self.comment)


@dataclass(frozen=True)
class Context:
    """What surrounds an operation.

    `branch`: under a condition that the text does not decide; `guarded`: that condition asks
    whether the thing exists. `dialect` is "postgresql" or "other" below a test of its name.
    """

    direction: Direction = "upgrade"
    autocommit: bool = False
    branch: bool = False
    guarded: bool = False
    loop: bool = False
    dialect: Literal["any", "postgresql", "other"] = "any"


@dataclass(frozen=True)
class Operation:
    """One operation. Which fields mean something depends on `kind`:

    `order` counts the function's operations from 0. `name` is that of the index, constraint, type
    or object; of a rename the *new* name, with the old one in `old_name`, which of a new partition
    is its parent and of an INSERT the table it selects from. `column_names` are the columns an
    index, constraint or UPDATE names (the old name for a renamed column). `guard` is
    IF [NOT] EXISTS or checkfirst on the operation itself. `complete` is False where part of the
    call or SQL is put together at run time. `rendered`: known from the SQL that the migration emits
    rather than from its text. `options` are an index's or constraint's further
    arguments as written, "…" among them for an expression in place of a column.

    Of an alter_column whose `change` is empty `object_type` is the action's first two words ("set
    statistics"). Of kind "sql" it says what it is: "lock" (`values` its mode), "cluster", "vacuum
    full", "reindex", "refresh", "attach partition" and "detach partition" (`name` the partition),
    "set unlogged" and other actions of ALTER TABLE, "set" and "reset" (`name` the setting, `values`
    what it is set to, `options` "local"), "set constraints" …
    """

    kind: Kind
    span: Span
    context: Context = Context()
    order: int = 0
    table: str | None = None
    schema: str | None = None
    name: str | None = None
    old_name: str | None = None
    unnamed: bool = False
    columns: tuple[Column, ...] = ()
    column_names: tuple[str, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    change: Change | None = None
    values: tuple[str, ...] | None = None
    object_type: str = ""
    concurrently: bool | None = False
    unique: bool = False
    only: bool = False
    options: frozenset[str] = frozenset()
    guard: bool | None = False
    cascade: bool = False
    where: bool = False
    replace: bool = False
    batch: bool = False
    complete: bool = True
    text: str = ""
    is_sql: bool = False
    rendered: bool = False

    @property
    def column(self) -> str | None:
        """The one column it is about, if it is about one."""
        if self.columns:
            return self.columns[0].name
        return self.column_names[0] if self.column_names else None

    @property
    def constraint(self) -> Constraint | None:
        return self.constraints[0] if self.constraints else None

    @property
    def is_data(self) -> bool:
        return self.kind in DATA_KINDS

    @property
    def nameless(self) -> bool:
        """What it acts on is put together at run time."""
        if self.kind in _OF_TABLES:
            return self.table is None or (self.kind in _OF_COLUMNS and self.column is None)
        return self.kind in _OF_NAMES and self.name is None and not self.unnamed

    @property
    def opaque(self) -> bool:
        """May do things that its fields do not tell."""
        return self.kind == "undecided" or not self.complete or self.nameless


def same_name(left: str | None, right: str | None) -> bool:
    """Both known and equal. Names are compared as PostgreSQL stores them."""
    return left is not None and left == right


def qualified(name: str, schema: str | None) -> str:
    """ "ops.agreement", or "agreement" where no schema is named."""
    return f"{schema}.{name}" if schema else name


def same_schema(left: str | None, right: str | None) -> bool:
    """Equal, or one of them left to the search path."""
    return left is None or right is None or left == right


def same_table(left: Operation, right: Operation) -> bool:
    return same_name(left.table, right.table) and same_schema(left.schema, right.schema)
