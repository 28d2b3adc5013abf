"""Every way in which a migration or env.py could commit: nothing of it may stay."""

from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.demo import server as embedded
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.worker import protocol
from tests.support.once import once
from tests.support.postgres import run_sql
from tests.worker.conftest import HEAD, Start, add_revision
from tests.worker.rehearsals import (
    Case,
    Outcome,
    contents,
    project_at_head,
    rehearse_all,
    request_of,
)

MAKE = 'op.execute("CREATE TABLE ops.left_behind (id integer)")'
FILL = "op.execute(\"UPDATE ops.vendor SET name = name || '!'\")"
ENV = """
from alembic import context
from sqlalchemy import create_engine, pool, text
from models import BaseModel, settings

engine = create_engine(settings.database_url(), poolclass=pool.NullPool{engine})
with engine.connect() as connection:
    {before}
    context.configure(connection=connection, target_metadata=BaseModel.metadata{configure})
    {around}
        context.run_migrations()
    {after}
"""


def env(
    engine: str = "",
    before: str = "pass",
    configure: str = "",
    around: str = "with context.begin_transaction():",
    after: str = "pass",
) -> str:
    return ENV.format(engine=engine, before=before, configure=configure, around=around, after=after)


ASYNC = """
import asyncio
from alembic import context
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine
from models import settings

def work(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()

async def main():
    engine = create_async_engine(settings.database_url(), poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(work)
        await connection.commit()

asyncio.run(main())
"""
SWALLOWING = """
try:
    with context.begin_transaction():
        context.run_migrations()
except BaseException:
    connection.execute(text("CREATE TABLE ops.left_behind (id integer)"))
    connection.commit()
if False:
"""

# name → what the migration does after its first change. The first word of the second part is the
# outcome of the first leg, the rest stands in the reason.
IN_MIGRATION: dict[str, tuple[str, str]] = {
    "COMMIT in SQL": ('op.execute("COMMIT")', "refused commits by itself"),
    "END in SQL": ('op.execute("END")', "refused commits by itself"),
    "commit() of the connection": ("op.get_bind().commit()", "refused commits by itself"),
    "commit() of the driver": ("op.get_bind().connection.commit()", "refused commits by itself"),
    "commit() of the driver below": (
        "op.get_bind().connection.driver_connection.commit()",
        "refused commits by itself",
    ),
    "COMMIT and more in one string": (
        'op.get_bind().connection.driver_connection.execute("COMMIT; CREATE TABLE ops.b (i int)")',
        "refused commits by itself",
    ),
    "a commit that is hushed up": (
        f"try:\n    op.execute('COMMIT')\nexcept Exception:\n    pass\n{MAKE}",
        "refused",
    ),
    "a commit hushed up at the very end": (
        "try:\n    op.get_bind().connection.driver_connection.commit()\n"
        "except Exception:\n    pass",
        "refused ended the transaction",
    ),
    "PREPARE TRANSACTION": (
        "op.execute(\"PREPARE TRANSACTION 'x'\")",
        "refused commits by itself",
    ),
    "COMMIT AND CHAIN": ('op.execute("COMMIT AND CHAIN")', "refused commits by itself"),
    "COMMIT in a DO block": ('op.execute("DO $$ BEGIN COMMIT; END $$")', "failed termination"),
    "constraints made immediate in a DO block, then COMMIT": (
        'op.execute("DO $$ BEGIN SET CONSTRAINTS ALL IMMEDIATE; END $$")\nop.execute("COMMIT")',
        "refused commits by itself",
    ),
    "constraints made immediate, then COMMIT": (
        'op.execute("SET CONSTRAINTS ALL IMMEDIATE")\nop.execute("COMMIT")',
        "refused commits by itself",
    ),
    "triggers off, constraints made immediate, then COMMIT": (
        'op.execute("SET session_replication_role = replica")\n'
        'op.execute("SET CONSTRAINTS ALL IMMEDIATE")\nop.execute("COMMIT")',
        "refused commits by itself",
    ),
    "ROLLBACK, and a new transaction": (
        f'op.execute("ROLLBACK")\n{MAKE}\nop.execute("COMMIT")',
        "refused ended the transaction",
    ),
    "rollback() and commit() of the driver": (
        "raw = op.get_bind().connection.driver_connection\nraw.rollback()\n"
        'raw.execute("CREATE TABLE ops.left_behind (id integer)")\nraw.commit()',
        "refused writes outside",
    ),
    "autocommit_block": (
        f"with op.get_context().autocommit_block():\n    {MAKE}",
        "refused autocommit_block() commits",
    ),
    "AUTOCOMMIT as an option of the connection": (
        "bind = op.get_bind().execution_options(isolation_level='AUTOCOMMIT')\n"
        "bind.execute(sa.text('CREATE TABLE ops.left_behind (id integer)'))",
        "failed",
    ),
    "autocommit of the driver": (
        "raw = op.get_bind().connection.driver_connection\nraw.rollback()\nraw.autocommit = True\n"
        'raw.execute("CREATE TABLE ops.left_behind (id integer)")',
        "refused writes outside",
    ),
    "a second engine": (
        "engine = sa.create_engine(op.get_bind().engine.url)\n"
        "with engine.begin() as other:\n"
        "    other.execute(sa.text('CREATE TABLE ops.left_behind (id integer)'))",
        "refused second connection",
    ),
    "the same engine once more": (
        "with op.get_bind().engine.begin() as other:\n"
        "    other.execute(sa.text('CREATE TABLE ops.left_behind (id integer)'))",
        "refused second connection",
    ),
    "a connection of the driver": (
        "import psycopg\nfrom models import settings\n"
        "url = settings.database_url().replace('+psycopg', '')\n"
        "with psycopg.connect(url, autocommit=True) as other:\n"
        "    other.execute('CREATE TABLE ops.left_behind (id integer)')",
        "refused second connection",
    ),
    "a second engine that is hushed up": (
        "try:\n    sa.create_engine(op.get_bind().engine.url).connect()\n"
        "except Exception:\n    pass",
        "ok",
    ),
    "another process": (
        "from models import settings\n"
        "url = settings.database_url().replace('+psycopg', '')\n"
        'code = "import psycopg, sys; psycopg.connect(sys.argv[1], autocommit=True)"\n'
        "code += \".execute('CREATE TABLE ops.left_behind (id integer)')\"\n"
        "subprocess.run([sys.executable, '-c', code, url], check=True, capture_output=True)",
        "failed",
    ),
    "the session ended by the server": (
        'op.execute("SELECT pg_terminate_backend(pg_backend_pid())")',
        "failed terminating",
    ),
    "sys.exit": ("sys.exit(0)", "failed sys.exit"),
    "nothing but DDL": (MAKE.replace("left_behind", "more"), "ok"),
}  # fmt: skip
# name → env.py, and what stands in the answer.
IN_ENV: dict[str, tuple[str, str]] = {
    "an engine of AUTOCOMMIT": (
        env(engine=", isolation_level='AUTOCOMMIT'"),
        "commits every statement at once",
    ),
    "a transaction for each migration": (
        env(configure=", transaction_per_migration=True"),
        "transaction of its own",
    ),
    "DDL said to be not transactional": (
        env(configure=", transactional_ddl=False"),
        "not transactional",
    ),
    "a transaction of env.py's own": (env(around="with connection.begin():"), ""),
    "env.py commits afterwards": (env(after="connection.commit()"), ""),
    "env.py commits whatever happens": (
        env(around="try:", after="").replace(
            "        context.run_migrations()\n",
            "        context.run_migrations()\n    finally:\n        connection.commit()\n",
        ),
        "",
    ),
    "env.py writes when all is over": (
        env(around="try:", after="").replace(
            "        context.run_migrations()\n",
            "        context.run_migrations()\n    except BaseException:\n"
            "        connection.rollback()\n"
            '        connection.execute(text("CREATE TABLE ops.left_behind (id integer)"))\n'
            "        connection.commit()\n",
        ),
        "",
    ),
    "env.py writes ahead of the migrations": (
        env(before='connection.execute(text("CREATE SCHEMA left_behind")); connection.commit()'),
        "read-only transaction",
    ),
    "env.py sets up the session, and commits": (
        env(before="connection.execute(text(\"SET work_mem = '4MB'\")); connection.commit()"),
        "",
    ),
    "an asynchronous env.py that commits": (ASYNC, ""),
    "env.py that exits": (env(after="raise SystemExit(3)"), "sys.exit"),
}
CASES = {
    **{name: Case(f"{FILL}\n{MAKE}\n{body}") for name, (body, _) in IN_MIGRATION.items()},
    **{name: Case(f"{FILL}\n{MAKE}", env=text) for name, (text, _) in IN_ENV.items()},
}


@pytest.fixture(scope="module")
def outcomes(
    postgres: embedded.Server,
    role_password: str,
    files_template: Path,
    head_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Outcome]:
    def work() -> dict[str, Outcome]:
        with postgres.connect() as superuser:
            grant = f"GRANT SET ON PARAMETER session_replication_role TO {embedded.ROLE}"
            superuser.execute(grant.encode())
        folder, given = tmp_path_factory.mktemp("commits"), (files_template, head_template)
        with project_at_head(postgres, role_password, *given, folder) as sample:
            return rehearse_all(sample, CASES)

    return once(tmp_path_factory, "commits", work)


@pytest.mark.parametrize("name", CASES)
def test_schema_rows_and_position_are_as_before(outcomes: dict[str, Outcome], name: str) -> None:
    assert outcomes[name].untouched


@pytest.mark.parametrize("name", IN_MIGRATION)
def test_a_migration_that_commits_is_stopped(outcomes: dict[str, Outcome], name: str) -> None:
    outcome, _, words = IN_MIGRATION[name][1].partition(" ")
    found = outcomes[name]
    assert found.result is not None, found.failed
    assert found.result.current == (HEAD,)
    assert found.result.unchanged
    leg = found.legs[0]
    assert leg.outcome == outcome, leg.failed
    if leg.failed is not None:
        assert words in leg.failed.message


@pytest.mark.parametrize("name", IN_ENV)
def test_env_that_commits_is_refused_or_undone(outcomes: dict[str, Outcome], name: str) -> None:
    words, found = IN_ENV[name][1], outcomes[name]
    if found.result is None:
        assert found.failed is not None
        assert words, found.failed
        assert words in found.failed.message
    elif words:
        assert words in found.result.refused
        assert not found.legs
    else:
        assert [leg.outcome for leg in found.legs[:1]] == ["ok"]
        assert found.result.unchanged


@pytest.mark.usefixtures("at_head")
async def test_an_env_py_that_writes_where_something_is_missing_by_now(
    start: Start, sample: SampleProject
) -> None:
    """What the runner knows of env.py is of its last run."""
    run_sql(sample, "CREATE SCHEMA audit")
    missing = "connection.scalar(text(\"SELECT to_regnamespace('audit')\")) is None"
    create = 'connection.execute(text("CREATE SCHEMA audit"))'
    commit = "connection.connection.driver_connection.commit()"
    path = sample.backend / "alembic" / "env.py"
    path.write_text(env(before=f"if {missing}:\n        {create}; {commit}"))
    add_revision(sample, MAKE)
    client = start(runner=True)
    plan = await client.request(protocol.Plan("upgrade", "head"))
    assert (await client.request(request_of(plan))).unchanged
    await client.request(protocol.Plan("upgrade", "head"))
    run_sql(sample, "DROP SCHEMA audit")
    for request in (protocol.Status(), request_of(plan)):
        with pytest.raises(WorkerFailed, match="read-only transaction"):
            await client.request(request)
    assert not run_sql(sample, "SELECT 1 FROM pg_namespace WHERE nspname = 'audit'")


@pytest.mark.usefixtures("at_head")
async def test_a_second_engine_of_env_py_that_commits_when_all_is_over(
    start: Start, sample: SampleProject
) -> None:
    """It wrote before anything was armed, in a run after the one that only read."""
    run_sql(sample, "CREATE SCHEMA audit")
    text = env(
        before="other = create_engine(settings.database_url()).connect()\n"
        "    if other.scalar(text(\"SELECT to_regnamespace('audit')\")) is None:\n"
        "        other.execute(text('CREATE SCHEMA audit'))",
        around="try:",
        after="",
    )
    run = "        context.run_migrations()\n"
    path = sample.backend / "alembic" / "env.py"
    path.write_text(text.replace(run, f"{run}    finally:\n        other.commit()\n"))
    add_revision(sample, MAKE)
    client = start(runner=True)
    plan = await client.request(protocol.Plan("upgrade", "head"))
    assert (await client.request(request_of(plan))).unchanged
    await client.request(protocol.Plan("upgrade", "head"))
    run_sql(sample, "DROP SCHEMA audit")
    result = await client.request(request_of(plan))
    assert result.legs[0].outcome == "ok"
    await client.stop()
    assert not run_sql(sample, "SELECT 1 FROM pg_namespace WHERE nspname = 'audit'")


@pytest.mark.usefixtures("at_head")
async def test_an_env_py_that_hushes_up_why_it_cannot_begin(
    start: Start, sample: SampleProject
) -> None:
    run = "        context.run_migrations()\n"
    hushed = f"        try:\n    {run}        except Exception:\n            pass\n"
    (sample.backend / "alembic" / "env.py").write_text(env().replace(run, hushed))
    path = add_revision(sample, MAKE)
    client = start(runner=True)
    plan = await client.request(protocol.Plan("upgrade", "head"))
    path.write_text(path.read_text() + "\n")
    with pytest.raises(WorkerFailed, match="has changed since it was confirmed"):
        await client.request(request_of(plan))


@pytest.mark.usefixtures("at_head")
async def test_an_env_py_that_writes_since_it_was_seen_to_read_only(
    start: Start, sample: SampleProject
) -> None:
    """What the runner knows of env.py is of the file as it was."""
    add_revision(sample, MAKE)
    client = start(runner=True)
    plan = await client.request(protocol.Plan("upgrade", "head"))
    path = sample.backend / "alembic" / "env.py"
    create = 'connection.execute(text("CREATE SCHEMA left_behind"))'
    path.write_text(env(before=f"{create}; connection.connection.driver_connection.commit()"))
    before = contents(sample)
    with pytest.raises(WorkerFailed, match="read-only transaction"):
        await client.request(request_of(plan))
    assert contents(sample) == before
    assert not run_sql(sample, "SELECT 1 FROM pg_namespace WHERE nspname = 'left_behind'")
