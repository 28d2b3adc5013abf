"""What a run's second session can tell: position, sequences, and whether anything was committed."""

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine

from opsmig_tui.demo import server as embedded
from opsmig_tui.worker.beside import OLDEST, Beside
from opsmig_tui.worker.beside import sequences as sequences_of
from opsmig_tui.worker.side import SideConnection

SETUP = """
CREATE TABLE alembic_version (version_num text);
INSERT INTO alembic_version VALUES ('b'), ('a');
CREATE SEQUENCE counted;
CREATE ROLE nobody_at_all LOGIN;
"""


LOCKED = "SELECT granted FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"


@pytest.fixture(scope="module")
def place(postgres: embedded.Server, role_password: str) -> Iterator[str]:
    """The address of a database, the user left open."""
    embedded.create_database(postgres, "beside")
    place = f"postgresql+psycopg://{{}}@/beside?host={postgres.host}&port={postgres.port}"
    engine = create_engine(place.format("postgres"))
    with engine.begin() as connection:
        connection.exec_driver_sql(SETUP)
    engine.dispose()
    yield place
    with postgres.connect() as superuser:  # a process may come to these tests twice
        superuser.execute(b"DROP DATABASE beside WITH (FORCE)")
        superuser.execute(b"DROP ROLE nobody_at_all")


@pytest.fixture
def connection(place: str) -> Iterator[Connection]:
    engine = create_engine(place.format("postgres"))
    with engine.connect() as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def side(connection: Connection) -> Iterator[SideConnection]:
    """As the guard's: in a transaction that holds the run's lock."""
    found = SideConnection(connection)
    found.ask("BEGIN")
    found.ask("SELECT pg_advisory_xact_lock(7)")
    yield found
    found.close()


@pytest.fixture
def beside(connection: Connection, side: SideConnection) -> Beside:
    return Beside(side, MigrationContext.configure(connection), "postgres")


def number(connection: Connection) -> int:
    found: int = connection.exec_driver_sql(f"SELECT {OLDEST}").scalar_one()
    return found


def test_it_tells_the_position_that_is_committed(beside: Beside, connection: Connection) -> None:
    assert beside.position() == ("a", "b")
    connection.exec_driver_sql("DELETE FROM alembic_version WHERE version_num = 'a'")
    assert beside.position() == ("a", "b")
    connection.rollback()


def test_a_role_that_may_not_read_it_is_no_answer_and_no_error(
    side: SideConnection, connection: Connection
) -> None:
    beside = Beside(side, MigrationContext.configure(connection), "nobody_at_all")
    assert beside.position() is None
    assert beside.sequences() == {"public.counted": None}
    assert side.ask(LOCKED) == [(True,)]
    assert beside.nothing_committed(number(connection))


def test_it_asks_as_the_role_that_env_py_took(side: SideConnection, connection: Connection) -> None:
    side.ask("SET LOCAL ROLE nobody_at_all")
    connection.exec_driver_sql("SELECT nextval('counted')")
    connection.rollback()
    beside = Beside(side, MigrationContext.configure(connection), "postgres")
    assert beside.position() == ("a", "b")
    assert beside.sequences() != {"public.counted": None}
    side.ask("ROLLBACK")
    connection.exec_driver_sql("ALTER SEQUENCE counted RESTART")
    connection.commit()


def test_a_sequence_that_is_locked_is_not_waited_for(
    side: SideConnection, beside: Beside, connection: Connection
) -> None:
    connection.exec_driver_sql("ALTER SEQUENCE counted RESTART")
    assert beside.sequences() == {}
    assert side.ask(LOCKED) == [(True,)]
    other = SideConnection(connection)
    assert other.later(lambda run: sequences_of(run, "postgres")).result(10) == {}
    assert other.ask("SELECT 1") == [(1,)]
    other.close()
    connection.rollback()


def test_where_schemas_get_another_name_there_is_no_answer(
    side: SideConnection, connection: Connection
) -> None:
    renamed = connection.execution_options(schema_translate_map={None: "tenant"})
    assert Beside(side, MigrationContext.configure(renamed), "postgres").position() is None


def test_without_a_version_table_there_is_no_answer(
    side: SideConnection, connection: Connection
) -> None:
    context = MigrationContext.configure(connection, opts={"version_table": "nowhere"})
    assert Beside(side, context, "postgres").position() is None


def test_what_is_rolled_back_with_its_savepoints_is_nothing_committed(
    beside: Beside, connection: Connection
) -> None:
    since = number(connection)
    connection.exec_driver_sql("CREATE TABLE one (id int)")
    with connection.begin_nested():
        connection.exec_driver_sql("CREATE TABLE two (id int)")
    connection.rollback()
    assert beside.nothing_committed(since)


@pytest.mark.parametrize("statement", ["CREATE TABLE kept (id int)", "SELECT txid_current()"])
def test_any_commit_of_anybody_counts(
    statement: str, beside: Beside, connection: Connection
) -> None:
    since = number(connection)
    connection.exec_driver_sql(statement)
    connection.commit()
    assert not beside.nothing_committed(since)
    connection.exec_driver_sql("DROP TABLE IF EXISTS kept")
    connection.commit()


def test_a_commit_of_what_ran_already_counts(
    beside: Beside, connection: Connection, side: SideConnection
) -> None:
    other = SideConnection(connection)
    other.ask("BEGIN")
    other.ask("SELECT txid_current()")
    connection.exec_driver_sql("SELECT txid_current()")
    connection.commit()
    since = number(connection)
    other.ask("COMMIT")
    other.close()
    assert not beside.nothing_committed(since)


def test_sequences_are_told_with_where_they_stand(
    connection: Connection, side: SideConnection, beside: Beside
) -> None:
    assert beside.sequences() == {"public.counted": None}
    connection.exec_driver_sql("SELECT nextval('counted')")
    connection.rollback()  # which takes no sequence back
    assert beside.sequences() == {"public.counted": 1}
    side.ask("ROLLBACK")
    connection.exec_driver_sql("ALTER SEQUENCE counted RESTART")
    connection.commit()


def test_a_lost_connection_is_no_answer(
    beside: Beside, side: SideConnection, connection: Connection
) -> None:
    pid = side.ask("SELECT pg_backend_pid()")[0][0]
    connection.exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)")
    assert beside.position() is None
    assert beside.sequences() == {}
    assert not beside.nothing_committed(number(connection))


def test_another_database_system_is_asked_nothing(side: SideConnection) -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as opened:
        context: Any = MigrationContext.configure(opened)
        assert Beside(side, context, "postgres").position() is None
    engine.dispose()
