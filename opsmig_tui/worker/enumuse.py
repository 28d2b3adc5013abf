"""Which columns hold a value of an enum type."""

from __future__ import annotations

from dataclasses import replace

from .asking import Database, Refused
from .counting import count
from .protocol import LiveObject, Probe, ProbeAnswer
from .relations import Absent, Relations, visible


def columns_of(database: Database, probe: Probe) -> list[tuple[str, str, str, bool]]:
    """(schema, table, column, whether it is an array) of each column of the enum type, partitions
    left out. Raises Absent where the type or its value is not there."""
    label = f"e.enumlabel = {database.text(probe.value)}"
    found = database.rows(
        f"""SELECT t.oid::bigint, t.typarray::bigint, bool_or({label})
        FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        JOIN pg_catalog.pg_enum e ON e.enumtypid = t.oid
        WHERE t.typname = {database.text(probe.table)}
          AND {visible(database, probe.schema, "pg_type_is_visible", "t.oid")}
        GROUP BY t.oid, t.typarray"""
    )
    if not found or not found[0][2]:
        raise Absent
    oid, array, _ = found[0]
    return [
        (schema, table, column, is_array)
        for schema, table, column, is_array in database.rows(
            f"""SELECT n.nspname::text, c.relname::text, a.attname::text, a.atttypid = {array}
            FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
            WHERE (a.atttypid IN ({oid}, {array}) OR t.typbasetype = {oid})
              AND c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY 1, 2, a.attnum"""
        )
    ]


def holds(database: Database, column: str, is_array: bool, value: str) -> str:
    """A condition on rows of `t`. Compared as text: nothing is said of the type's own schema."""
    named = database.name("t", column)
    if is_array:
        return f"{database.text(value)} = ANY ({named}::text[])"
    return f"{named}::text = {database.text(value)}"


def enum_used(relations: Relations, probe: Probe, sample_above: int) -> ProbeAnswer:
    """Raises Absent, and Refused where a column could not be asked and no other holds the value."""
    database = relations.database
    total = ProbeAnswer(probe)
    refused = None
    for schema, table, column, is_array in columns_of(database, probe):
        where = holds(database, column, is_array, probe.value)
        try:
            relation = relations.need(schema, table)
            one = replace(probe, columns=(column,))
            found = count(database, relation, one, where, sample_above)
        except Refused as error:
            refused = error
            continue
        if found.number:
            item = LiveObject("column", column, schema, table, rows=found.number)
            total = replace(total, objects=(*total.objects, item))
        total = replace(
            total,
            number=total.number + found.number,
            estimated=total.estimated or found.estimated,
            at_least=total.at_least or found.at_least,
        )
    if refused is not None and not total.number:
        raise refused
    return replace(total, at_least=total.at_least or refused is not None)
