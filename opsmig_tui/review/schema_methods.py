"""What enums, tables and indexes do when they are told to create or drop themselves."""

from __future__ import annotations

from opsmig_tui.review.operations import Operation
from opsmig_tui.review.run import Call, Run, span_of
from opsmig_tui.review.schema_types import type_method
from opsmig_tui.review.values import UNKNOWN, Dml, EnumValue, IndexValue, TableValue, TypeValue


def schema_method(
    run: Run, owner: EnumValue | TypeValue | TableValue | IndexValue, name: str, call: Call
) -> object:
    """``.create(bind)`` and ``.drop(bind)`` are recorded; a table's insert() makes a Dml."""
    if isinstance(owner, TypeValue):
        return type_method(owner, name, call)
    if isinstance(owner, TableValue) and name in ("insert", "update", "delete"):
        return Dml(name, owner)
    if name not in ("create", "drop"):
        return owner if name in ("with_variant", "copy") else UNKNOWN
    if isinstance(owner, EnumValue):
        _enum(run, owner, name, call)
    elif isinstance(owner, TableValue):
        _table(run, owner, name, call)
    else:
        _index(run, owner, name, call)
    return UNKNOWN


def _enum(run: Run, owner: EnumValue, name: str, call: Call) -> None:
    # postgresql.ENUM checks first unless told not to; sa.Enum does not check unless told to.
    by_default = "ENUM(" in owner.text
    run.record(
        Operation(
            "create_enum" if name == "create" else "drop_enum",
            span_of(call.node),
            run.context,
            name=owner.use.name,
            schema=owner.use.schema,
            values=owner.use.values,
            guard=call.flag("checkfirst", 1, default=by_default),
        )
    )


def _table(run: Run, owner: TableValue, name: str, call: Call) -> None:
    run.record(
        Operation(
            "create_table" if name == "create" else "drop_table",
            span_of(call.node),
            run.context,
            table=owner.name,
            schema=owner.schema,
            columns=owner.columns if name == "create" else (),
            constraints=owner.constraints if name == "create" else (),
            guard=call.flag("checkfirst", 1),
        )
    )


def _index(run: Run, owner: IndexValue, name: str, call: Call) -> None:
    table = owner.table or TableValue(None)
    run.record(
        Operation(
            "create_index" if name == "create" else "drop_index",
            span_of(call.node),
            run.context,
            table=table.name,
            schema=table.schema,
            name=owner.name,
            column_names=owner.columns,
            guard=call.flag("checkfirst", 1),
        )
    )
