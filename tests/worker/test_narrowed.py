"""Numbers that a new type rounds or cannot hold, counted before a run: as the server does it."""

import psycopg
import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.worker import protocol
from tests.conftest import Sql
from tests.support.postgres import connect
from tests.worker.conftest import Start, add_revision

VALUES = {
    "bigint": ["0", "-1", "32767", "32768", "-32769", "2147483647", "2147483648", "-2147483648",
               "16777217", "9007199254740992", "9007199254740993", "9223372036854775807"],
    "integer": ["0", "32767", "32768", "-32768", "-32769", "16777216", "16777217", "99999999"],
    "numeric": ["0", "0.5", "1.25", "1.255", "99999999.99", "99999999.996", "123456789.0", "NaN",
                "2147483647.4", "9223372036854775808", "0.1", "1e40", "1e-50",
                "1e-320", "1e-40", "1e400", "-12345678901234567.8"],
    "double precision": ["0", "0.5", "1.5", "0.1", "2147483647", "2147483648", "16777217", "1e300",
                         "1e-300", "NaN", "Infinity", "9223372036854775808", "99999999.996"],
    "real": ["0", "0.5", "100", "1e20", "NaN"],
}  # fmt: skip
TYPES = {
    "smallint": "sa.SmallInteger()",
    "integer": "sa.Integer",
    "bigint": "sa.BigInteger()",
    "numeric(10,2)": "sa.Numeric(10, 2)",
    "real": "sa.REAL()",
    "double precision": "sa.Float",
}
BACK = {"bigint": "numeric", "integer": "numeric", "numeric": "numeric"}


def comes_through(database: psycopg.Connection, old: str, new: str, value: str) -> bool:
    """Whether the server takes the value as the new type and it is the same in the old one."""
    via = BACK.get(old, old)
    if old in BACK and new == "double precision":
        via = "text::numeric"
    elif old in ("bigint", "integer") and new == "real":
        via = "double precision::text::numeric"
    query = f"SELECT (%s::{old}::{new})::{via} = %s::{old}::{BACK.get(old, via)}"
    try:
        row = database.execute(query.encode(), (value, value)).fetchone()
    except psycopg.errors.NumericValueOutOfRange:
        return False
    except psycopg.errors.FeatureNotSupported:  # NaN and Infinity as an integer
        return False
    assert row is not None
    return bool(row[0])


@pytest.mark.parametrize("old", VALUES)
@pytest.mark.usefixtures("at_head")
async def test_numbers_that_do_not_come_through(
    start: Start, sample: SampleProject, sql: Sql, old: str
) -> None:
    sql(f"CREATE TABLE ops.n (v {old})")
    for value in VALUES[old]:
        sql("INSERT INTO ops.n VALUES (%s::text::" + old + ")", value)
    sql("INSERT INTO ops.n VALUES (NULL)")
    lines = [f'op.alter_column("n", "v", type_={made}, schema="ops")' for made in TYPES.values()]
    lines.append('op.execute("ALTER TABLE ops.n ALTER COLUMN v TYPE decimal (6, 1) USING v")')
    lines.append('op.alter_column("n", "v", type_=sa.Numeric(), schema="ops")')
    add_revision(sample, "\n".join(lines))
    (step,) = (await start().request(protocol.Plan("upgrade", "head"))).steps
    told = {loss.what: loss.rows for loss in step.losses}
    wanted = {}
    with connect(sample) as database:
        for new in (*TYPES, "numeric(6,1)"):
            lost = sum(not comes_through(database, old, new, value) for value in VALUES[old])
            if lost:
                wanted[f"values that {new} rounds or cannot hold in ops.n.v"] = lost
    assert told == wanted
    assert told


@pytest.mark.parametrize(
    ("written", "lost"),
    [
        ("type_=sa.Float()", 1),
        ("type_=sa.Float(53)", 1),
        ("type_=sa.Double", 1),
        ("type_=sa.FLOAT(precision=24)", 2),
        ("double  precision", 1),
        ("float8", 1),
        ("float(24) USING v", 2),
    ],
)
@pytest.mark.usefixtures("at_head")
async def test_floating_point_has_many_names(
    start: Start, sample: SampleProject, sql: Sql, written: str, lost: int
) -> None:
    sql("CREATE TABLE ops.n AS SELECT unnest('{1, 16777217, 9007199254740993}'::bigint[]) AS v")
    if written.startswith("type_"):
        line = f'op.alter_column("n", "v", {written}, schema="ops")'
    else:
        line = f'op.execute("ALTER TABLE ops.n ALTER v TYPE {written}")'
    add_revision(sample, line)
    (step,) = (await start().request(protocol.Plan("upgrade", "head"))).steps
    assert [loss.rows for loss in step.losses] == [lost]


@pytest.mark.usefixtures("at_head")
async def test_a_table_that_cannot_be_read_in_time(
    start: Start, sample: SampleProject, sql: Sql
) -> None:
    """Not known is not none; and a column of another kind is none of this."""
    sql("CREATE VIEW ops.slow AS SELECT length(pg_sleep(600)::text)::bigint AS v")
    sql("CREATE TABLE ops.dates (v date)")
    add_revision(
        sample,
        'op.alter_column("slow", "v", type_=sa.Integer(), schema="ops")\n'
        'op.alter_column("dates", "v", type_=sa.Integer(), schema="ops")',
    )
    (step,) = (await start().request(protocol.Plan("upgrade", "head"))).steps
    assert step.losses == (
        protocol.Loss("values that integer rounds or cannot hold in ops.slow.v", None),
    )
