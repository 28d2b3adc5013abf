"""What review rules may know: the models as they are imported, the database as it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional


@dataclass(frozen=True)
class ColumnFacts:
    """A column of the models or the database. `type` is its SQL on the database's dialect.

    `default` is the server default as SQL, "" for none. None: not known, or no plain default (an
    identity, a generated column), or env.py has alembic compare them itself.
    """

    name: str
    type: str
    nullable: bool
    has_server_default: bool
    enum: Optional[str] = None
    default: Optional[str] = None


@dataclass(frozen=True)
class TableFacts:
    """A table of the models. `constraints` and `indexes`: name (None: unnamed) and columns.

    A constraint's `kind` is one of "unique", "foreign", "primary", "check", "index".
    """

    schema: Optional[str]
    name: str
    columns: tuple[ColumnFacts, ...]
    constraints: tuple[ConstraintFacts, ...] = ()


@dataclass(frozen=True)
class ConstraintFacts:
    kind: str
    name: Optional[str]
    columns: tuple[str, ...]
    definition: str = ""


@dataclass(frozen=True)
class EnumFacts:
    schema: Optional[str]
    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class ModelFacts:
    """What the project's metadata says.

    `type_imports` maps a custom type's class name to the module it is imported from, for
    missing-import; `companions` versioned table → companion table, both without schema, where the
    models hold both. `conventions` are the metadata's naming conventions by a constraint's kind
    ("ck_%(table_name)s"), where there is one metadata.
    """

    tables: tuple[TableFacts, ...]
    enums: tuple[EnumFacts, ...]
    companions: dict[str, str] = field(default_factory=dict)
    type_imports: dict[str, str] = field(default_factory=dict)
    conventions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DatabaseFacts:
    """What the catalog says. `rows` is pg_class.reltuples-like: exact up to 10,000, else estimated.

    Keys of `rows` are "schema.table".
    """

    dialect: str
    server_version_num: int
    tables: tuple[TableFacts, ...]
    enums: tuple[EnumFacts, ...]
    rows: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FactsResult:
    """`database` is None when it could not be asked; `database_problem` says why.

    `transaction_per_migration` is how env.py configures alembic, `alembic` its version ("1.13.1").
    """

    models: Optional[ModelFacts]
    database: Optional[DatabaseFacts]
    models_problem: str = ""
    database_problem: str = ""
    transaction_per_migration: bool = False
    alembic: str = ""
