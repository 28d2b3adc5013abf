"""Drift is compared anew when the catalog changed, and only then."""

from collections.abc import Iterator
from itertools import pairwise
from typing import cast

import pytest
import sqlalchemy as sa
from alembic.autogenerate import comparators
from alembic.runtime.migration import MigrationContext

from opsmig_tui.demo import SampleProject
from opsmig_tui.worker import protocol
from opsmig_tui.worker.compared import key_of
from opsmig_tui.worker.fingerprint import catalog_fingerprint
from tests.support.postgres import connect
from tests.worker.conftest import Start

DDL = """
CREATE TABLE ops.fp (id integer, name text)
ALTER TABLE ops.fp ALTER name SET NOT NULL
ALTER TABLE ops.fp ALTER name SET DEFAULT 'x'
ALTER TABLE ops.fp ALTER name TYPE varchar(20)
ALTER TABLE ops.fp ADD PRIMARY KEY (id)
ALTER TABLE ops.fp ADD CONSTRAINT fp_c CHECK (id > 0) NOT VALID
ALTER TABLE ops.fp VALIDATE CONSTRAINT fp_c
ALTER TABLE ops.fp RENAME CONSTRAINT fp_c TO other
CREATE INDEX fp_name ON ops.fp (name)
ALTER INDEX ops.fp_name RENAME TO fp_name_2
COMMENT ON COLUMN ops.fp.name IS 'told'
ALTER TABLE ops.fp ALTER id ADD GENERATED ALWAYS AS IDENTITY
ALTER TABLE ops.fp ALTER id SET INCREMENT BY 2
CREATE TYPE ops.fp_kind AS ENUM ('a')
ALTER TYPE ops.fp_kind ADD VALUE 'b'
ALTER TYPE ops.fp_kind RENAME VALUE 'b' TO 'c'
CREATE VIEW ops.fp_view AS SELECT 1 AS one
CREATE OR REPLACE VIEW ops.fp_view AS SELECT 2 AS one
CREATE FUNCTION ops.fp_f() RETURNS integer LANGUAGE sql AS 'SELECT 1'
CREATE OR REPLACE FUNCTION ops.fp_f() RETURNS integer LANGUAGE sql AS 'SELECT 2'
GRANT SELECT ON ops.fp TO PUBLIC
ALTER TABLE ops.fp ENABLE ROW LEVEL SECURITY
CREATE POLICY fp_p ON ops.fp USING (true)
ALTER TABLE ops.fp DROP COLUMN name
DROP TABLE ops.fp
SET search_path = ops
"""
STAYS = (
    'INSERT INTO ops.site SELECT (jsonb_populate_record(s, \'{"id": -7, "code": "FP"}\')).*'
    " FROM ops.site s LIMIT 1",
    "UPDATE ops.vendor SET name = name",
    "ANALYZE ops.vendor",
    "VACUUM (FREEZE) ops.vendor",
    "VACUUM (FREEZE) pg_catalog.pg_class",
)


@pytest.fixture
def connection(sample: SampleProject) -> Iterator[sa.Connection]:
    engine = sa.create_engine(sample.url)
    with engine.connect() as made:
        yield made
    engine.dispose()


def test_every_change_of_a_definition_shows(connection: sa.Connection) -> None:
    for statement in DDL.strip().splitlines():
        before = catalog_fingerprint(connection)
        connection.execute(sa.text(statement))
        connection.commit()
        assert before is not None
        assert catalog_fingerprint(connection) != before, statement
        connection.commit()


@pytest.mark.parametrize("statement", STAYS)
def test_what_rows_do_does_not(
    connection: sa.Connection, sample: SampleProject, statement: str
) -> None:
    before = catalog_fingerprint(connection)
    connection.commit()
    with connect(sample) as other:
        other.execute(statement.encode())
    assert catalog_fingerprint(connection) == before


async def test_drift_of_an_unchanged_catalog_is_not_compared_again(
    start: Start, sample: SampleProject
) -> None:
    """What compares reads the columns of all tables; counted by a line in env.py."""
    env = sample.backend / "alembic" / "env.py"
    env.write_text(
        "import sqlalchemy\n"
        "if not hasattr(sqlalchemy, 'opsmig_seen'):\n"
        "    sqlalchemy.opsmig_seen = []\n"
        "    sqlalchemy.event.listen(sqlalchemy.engine.Engine, 'before_cursor_execute',\n"
        "        lambda c, cursor, sql, *rest: sqlalchemy.opsmig_seen.append(sql))\n"
        "print('statements', len(sqlalchemy.opsmig_seen))\n" + env.read_text()
    )
    client = start()
    said: list[int] = []

    def hear(event: object) -> None:
        text = getattr(event, "text", "")
        said.extend(int(line.split()[1]) for line in text.splitlines() if line[:10] == "statements")

    async def drift() -> protocol.DriftResult:
        return cast(protocol.DriftResult, await client.request(protocol.Drift(), hear))

    first = await drift()
    again = await drift()
    with connect(sample) as other:
        other.execute("ALTER TABLE ops.vendor ADD COLUMN fp integer")
    later = await drift()
    env.write_text(env.read_text() + "\n")
    await drift()
    await drift()
    assert first.operations == again.operations
    assert ("-", "drop column fp") in [(one.sign, one.text) for one in later.operations]
    compared = [after - before > 10 for before, after in pairwise(said)]
    assert compared == [True, False, True, True], said


def test_what_a_plugin_compares_is_always_compared_again(
    connection: sa.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may lie in rows."""
    context = MigrationContext.configure(connection)
    assert key_of("/", context) is not None
    registry = comparators._registry
    monkeypatch.setitem(registry, ("schema", "default"), [])
    comparators.dispatch_for("schema")(test_what_rows_do_does_not)
    assert key_of("/", context) is None
