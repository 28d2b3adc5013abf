"""What the readers of `op` calls share."""

from __future__ import annotations

from opsmig_tui.review.operations import Kind, Operation
from opsmig_tui.review.run import Call, Run, span_of
from opsmig_tui.review.schema_calls import option
from opsmig_tui.review.values import Batch, as_text
from opsmig_tui.review.written import written

_NO_OPTIONS = frozenset(
    {
        *("schema", "unique", "if_not_exists", "postgresql_concurrently", "source_schema"),
        *("index_name", "constraint_name", "table_name", "columns", "source_table"),
        *("referent_table", "local_cols", "remote_cols", "referent_schema"),
    }
)


def operation(run: Run, kind: Kind, call: Call, batch: Batch | None, **fields: object) -> Operation:
    """What any call says: where it stands, and its table's name where a batch gives it."""
    common: dict[str, object] = {
        "table": batch.table if batch else None,
        "schema": batch.schema if batch else as_text(call.value(-1, "schema")),
        "batch": batch is not None,
        "complete": not call.open,
        "order": len(run.operations),
    }
    return Operation(kind, span_of(call.node), run.context, **{**common, **fields})  # type: ignore[arg-type]


def table_name(call: Call, batch: Batch | None, at: int, *names: str) -> str | None:
    return batch.table if batch else as_text(call.value(at, *names))


def guard(call: Call) -> bool | None:
    for option_name in ("if_not_exists", "if_exists"):
        if call.has(option_name):
            return option(call, option_name)
    return None if call.open else False


def options(call: Call, columns: object, names: tuple[str, ...]) -> frozenset[str]:
    """Arguments beyond name, table, columns and uniqueness; "…" where columns are expressions."""
    found = {
        f"{key}={written(item.node)}"
        for key, item in call.keywords.items()
        if key not in _NO_OPTIONS
    }
    expressions = isinstance(columns, list | tuple) and len(columns) > len(names)
    return frozenset(found | ({"…"} if expressions else set()))
