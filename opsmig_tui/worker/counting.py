"""How many rows: exactly, or by a sample where a table is large."""

from __future__ import annotations

import re

from .asking import Database, Refused
from .protocol import Probe, ProbeAnswer
from .relations import Absent, Relation, Relations

_TEXT = re.compile(r"(?:character varying|varchar|character|char|bpchar)\s*\(\s*(\d+)\s*\)$")
_NUMBER = re.compile(r"(?:numeric|decimal)\s*\(\s*(\d+)\s*(?:,\s*(-?\d+)\s*)?\)$")
_INTEGERS = {"smallint": 15, "integer": 31, "bigint": 63}
"""PostgreSQL's integer types and their bits beside the sign: documentation, Numeric Types."""


def condition(relations: Relations, probe: Probe) -> str:
    """What is true of the rows, in SQL, of one table `t`, that the question is about."""
    name = relations.database.name
    columns = [name("t", column) for column in probe.columns]
    if probe.kind == "values":
        return " OR ".join(f"{column} IS NOT NULL" for column in columns) or "TRUE"
    if probe.kind == "nulls":
        return " OR ".join(f"{column} IS NULL" for column in columns) or "FALSE"
    if probe.kind == "unfit":
        relation = relations.need(probe.schema, probe.table, probe.columns)
        return _unfit(columns[0], relation.columns[probe.columns[0]][1], probe.value)
    if probe.kind == "orphans":
        return _orphans(relations, probe, columns)
    if probe.kind == "misfits":
        return _misfits(relations, probe)
    return "TRUE"


def _orphans(relations: Relations, probe: Probe, columns: list[str]) -> str:
    """As MATCH SIMPLE has it: a row with a NULL among its columns needs no match."""
    name = relations.database.name
    if probe.referent is None:
        raise Absent
    other = relations.need(probe.referent_schema, probe.referent, probe.referent_columns)
    theirs = probe.referent_columns or other.key
    if not theirs or len(theirs) != len(columns):
        raise Absent
    pairs = [f"{name('r', their)} = {own}" for their, own in zip(theirs, columns)]
    some = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    match = f"SELECT FROM {other.sql} AS r WHERE {' AND '.join(pairs)}"
    return f"{some} AND NOT EXISTS ({match})"


def _misfits(relations: Relations, probe: Probe) -> str:
    """By the server's own text of the constraint, which it runs for every row that is written. A
    condition that is NULL is no breach."""
    database = relations.database
    relation = relations.need(probe.schema, probe.table, probe.columns)
    found = database.rows(
        "SELECT pg_catalog.pg_get_expr(conbin, conrelid) FROM pg_catalog.pg_constraint "
        f"WHERE conrelid = {relation.oid} AND contype = 'c' "
        f"AND conname = {database.text(probe.value)}"
    )
    if not found:
        raise Absent
    return f"NOT ({database.given(found[0][0])})"


def _unfit(column: str, category: str, wanted: str) -> str:
    """Text is refused when more than blanks would be cut off, a number when it is too large after
    rounding; a numeric takes NaN. Documentation, Character Types and Numeric Types."""
    text, number = _TEXT.match(wanted), _NUMBER.match(wanted)
    if text is not None:
        return f"length(rtrim({column}::text, ' ')) > {int(text.group(1))}"
    if category != "N":
        raise Refused(f"values of its type cannot be held against {wanted}")
    if wanted in _INTEGERS:
        most = 2 ** _INTEGERS[wanted]
        return f"round({column}::numeric) NOT BETWEEN {-most} AND {most - 1}"
    if number is not None:
        precision, scale = int(number.group(1)), int(number.group(2) or 0)
        rounded = f"round({column}::numeric, {scale})"
        return f"abs({rounded}) >= 1e{precision - scale}::numeric AND {rounded} <> 'NaN'"
    raise Refused(f"values cannot be held against {wanted}")


def count(
    database: Database, relation: Relation, probe: Probe, where: str, sample_above: int
) -> ProbeAnswer:
    """Rows of the relation for which `where` is true. Raises Refused."""
    if relation.rows <= sample_above:
        ((number,),) = database.rows(f"SELECT count(*) FROM {relation.sql} AS t WHERE {where}")
        return ProbeAnswer(probe, number)
    sample = relation.sample(probe.columns, database)
    ((seen, hits),) = database.rows(
        f"SELECT count(*), count(*) FILTER (WHERE {where}) FROM {sample} AS t"
    )
    if hits:
        return ProbeAnswer(probe, max(1, round(hits / seen * relation.rows)), estimated=True)
    try:
        # One is all it takes, and where there is an index it is found at once.
        ((some,),) = database.rows(f"SELECT EXISTS (SELECT FROM {relation.sql} AS t WHERE {where})")
    except Refused:
        return ProbeAnswer(probe, 0, estimated=True)
    return ProbeAnswer(probe, int(some), at_least=some)


def matching(relations: Relations, probe: Probe, sample_above: int) -> ProbeAnswer:
    relation = relations.need(probe.schema, probe.table, probe.columns)
    where = condition(relations, probe)
    return count(relations.database, relation, probe, where, sample_above)


def rows(relations: Relations, probe: Probe, sample_above: int) -> ProbeAnswer:
    relation = relations.need(probe.schema, probe.table)
    if relation.rows > sample_above:
        return ProbeAnswer(probe, relation.rows, estimated=True)
    return count(relations.database, relation, probe, "TRUE", sample_above)


def repeated(database: Database, source: str, probe: Probe) -> str:
    """SELECT: the values that several rows of `source` share, and how many rows (`n`)."""
    columns = [database.name("t", column) for column in probe.columns]
    some = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    named = ", ".join(columns)
    return (
        f"SELECT {named}, count(*) AS n FROM {source} AS t WHERE {some} "
        f"GROUP BY {named} HAVING count(*) > 1"
    )


def duplicates(relations: Relations, probe: Probe, sample_above: int) -> ProbeAnswer:
    relation = relations.need(probe.schema, probe.table, probe.columns)
    database = relations.database
    groups = repeated(database, relation.sql, probe)
    total = "SELECT coalesce(sum(n), 0)::bigint FROM ({}) AS g"
    if relation.rows <= sample_above:
        ((number,),) = database.rows(total.format(groups))
        return ProbeAnswer(probe, number)
    try:
        ((number,),) = database.rows(total.format(groups + " LIMIT 1"))
    except Refused:
        sample = repeated(database, relation.sample(probe.columns, database), probe)
        ((number,),) = database.rows(total.format(sample))
        if not number:
            raise  # too many to compare: that none repeats in a sample tells nothing
    return ProbeAnswer(probe, number, at_least=number > 0)


def longest(relations: Relations, probe: Probe, sample_above: int) -> ProbeAnswer:
    relation = relations.need(probe.schema, probe.table, probe.columns)
    database = relations.database
    large = relation.rows > sample_above
    source = relation.sample(probe.columns, database) if large else relation.sql
    column = database.name("t", probe.columns[0])
    ((length,),) = database.rows(f"SELECT max(length({column}::text)) FROM {source} AS t")
    return ProbeAnswer(probe, length or 0, at_least=large)
