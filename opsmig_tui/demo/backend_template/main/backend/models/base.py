"""What all models share: the schema, names of constraints, keys, history tables."""

import enum
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, DateTime, Enum, MetaData, Table, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING_CONVENTION = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}


class BaseModel(DeclarativeBase):
    """A table in the schema `ops`. With `__versioned__ = True` it keeps its history."""

    metadata = MetaData(schema="ops", naming_convention=NAMING_CONVENTION)
    __versioned__: ClassVar[bool] = False

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, sort_order=-1)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__versioned__:
            add_history_table(cls.__table__)


def add_history_table(table: Table) -> Table:
    """The companion of a versioned table: its columns, the version, and since when.

    Rows are written by the trigger function ops.write_history(). Keys, defaults and
    constraints stay with the table itself: history keeps what was, valid or not.
    """
    return Table(
        f"{table.name}_history",
        table.metadata,
        Column("id", BigInteger, primary_key=True, autoincrement=False),
        *(
            Column(column.name, column.type, nullable=column.nullable)
            for column in table.columns
            if not column.primary_key
        ),
        Column("version", BigInteger, primary_key=True, autoincrement=False),
        Column("changed_at", DateTime(timezone=True), nullable=False),
    )


def pg_enum(values: type[enum.StrEnum], name: str) -> Enum:
    """A PostgreSQL enum type of the values (not the names) of a Python enum."""
    return Enum(
        values,
        name=name,
        inherit_schema=True,
        values_callable=lambda members: [member.value for member in members],
    )
