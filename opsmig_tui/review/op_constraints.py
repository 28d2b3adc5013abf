"""The methods of alembic's `op` that add and drop constraints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from opsmig_tui.review.op_base import guard, operation, options, table_name
from opsmig_tui.review.operations import Constraint, Operation
from opsmig_tui.review.run import Call, Run
from opsmig_tui.review.schema_calls import condition, with_options
from opsmig_tui.review.values import Batch, as_text, plain_names
from opsmig_tui.review.written import written


def create(kind: str) -> Callable[[Run, Call, Batch | None], Operation]:
    """A reader for ``op.create_…_constraint``; foreign keys have one of their own."""

    def read(run: Run, call: Call, batch: Batch | None) -> Operation:
        name = call.value(0, "constraint_name")
        at = 1 if batch else 2
        named = kind in ("unique", "primary")
        columns = plain_names(call.value(at, "columns")) if named else ()
        constraint = Constraint(kind, as_text(name), columns, unnamed=_unnamed(name, batch))
        constraint = with_options(constraint, call, condition(call, at) if kind == "check" else "")
        found = _operation(run, call, batch, constraint, 1, "table_name")
        return found if named else replace(found, text=written(call.node)[:400])

    return read


def foreign_key(run: Run, call: Call, batch: Batch | None) -> Operation:
    name = call.value(0, "constraint_name")
    first = 1 if batch else 2
    constraint = Constraint(
        "foreign",
        as_text(name),
        plain_names(call.value(first + 1, "local_cols")),
        referent=as_text(call.value(first, "referent_table")),
        unnamed=_unnamed(name, batch),
        referent_schema=as_text(call.value(-1, "referent_schema")),
        referent_columns=plain_names(call.value(first + 2, "remote_cols")),
    )
    found = _operation(run, call, batch, with_options(constraint, call), 1, "source_table")
    if batch is None:
        found = replace(found, schema=as_text(call.value(-1, "source_schema")))
    return found


def _unnamed(name: object, batch: Batch | None) -> bool:
    """Without a name, unless a convention of the batch gives it one."""
    return name is None and not (batch is not None and batch.naming)


def _operation(
    run: Run, call: Call, batch: Batch | None, constraint: Constraint, at: int, table: str
) -> Operation:
    return operation(
        run,
        "create_constraint",
        call,
        batch,
        table=table_name(call, batch, at, table),
        name=constraint.name,
        unnamed=constraint.unnamed,
        object_type=constraint.kind,
        column_names=constraint.columns,
        constraints=(constraint,),
        options=options(call, (), ()),
    )


def drop(run: Run, call: Call, batch: Batch | None) -> Operation:
    name = call.value(0, "constraint_name")
    kind = as_text(call.value(1 if batch else 2, "type_")) or ""
    kind = {"foreignkey": "foreign"}.get(kind, kind)
    constraint = Constraint(kind, as_text(name), unnamed=name is None)
    return operation(
        run,
        "drop_constraint",
        call,
        batch,
        table=table_name(call, batch, 1, "table_name"),
        name=constraint.name,
        unnamed=constraint.unnamed,
        object_type=kind,
        constraints=(constraint,),
        guard=guard(call),
    )
