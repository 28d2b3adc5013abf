"""What goes wrong in the middle of a rehearsal on scratch: told as it was, and nothing is left."""

import asyncio
import signal
import subprocess
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.demo import server as embedded
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.workspace import scratch_notes
from opsmig_tui.workspace.rehearsal_report import report
from opsmig_tui.workspace.rehearse import plan_rehearsal, rehearse
from opsmig_tui.workspace.scratch_marks import own_stem
from opsmig_tui.workspace.workspace import Workspace
from tests.support.postgres import connect, run_sql
from tests.worker.conftest import HEAD, add_revision, line_of
from tests.worker.rehearsals import contents
from tests.workspace.conftest import Open, until
from tests.workspace.test_scratch import (
    LEFT,
    OPSMIG,
    REV,
    nothing_left,
    old_pg_dump,
    on_scratch,
    outcomes,
)

__all__ = ["nothing_left", "old_pg_dump"]

ENV = """
from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine({url!r}, poolclass=pool.NullPool, {engine})
with engine.connect() as connection:
    {first}
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
MAKE, DROP = "op.execute('CREATE TABLE ops.t (id int)')", "op.execute('DROP TABLE ops.t')"
DEFERRED = """
op.execute('CREATE TABLE ops.t (id int PRIMARY KEY)')
op.execute('CREATE TABLE ops.u (id int REFERENCES ops.t DEFERRABLE INITIALLY DEFERRED)')
op.execute('INSERT INTO ops.u VALUES (1)')
"""
BLOCK = """
op.execute('CREATE TABLE ops.t (id int)')
with op.get_context().autocommit_block():
    op.execute('CREATE INDEX CONCURRENTLY t_id ON ops.t (id)')
    op.execute('SELECT 1 / 0')
"""
SPAWN = """
import multiprocessing
multiprocessing.get_context('spawn').Process(target=print).start()
"""


def write_env(
    sample: SampleProject, engine: str = "", first: str = "", configure: str = ""
) -> None:
    text = ENV.format(url=sample.url, engine=engine, first=first or "pass", configure=configure)
    (sample.backend / "alembic" / "env.py").write_text(text)


async def every_way(workspace: Workspace, sample: SampleProject) -> None:
    """Nothing but env.py differs: the legs go well, and once more from the template."""
    add_revision(sample, MAKE, DROP)
    before = contents(sample)
    for _ in range(2):
        result = await on_scratch(workspace)
        assert outcomes(result) == ["upgrade ok", "downgrade ok", "upgrade ok"]
        assert result.unchanged
        assert "with its rows" in result.copy
    await workspace.close()
    assert contents(sample) == before


@pytest.mark.usefixtures("at_head")
async def test_an_engine_that_commits_each_statement(
    open_workspace: Open, sample: SampleProject
) -> None:
    write_env(sample, engine="isolation_level='AUTOCOMMIT'")
    await every_way(open_workspace(sample.backend), sample)


@pytest.mark.usefixtures("at_head")
async def test_env_py_that_takes_the_role_of_the_owner(
    open_workspace: Open, sample: SampleProject, postgres: embedded.Server
) -> None:
    """What the owner of the database may do in it, it may do in the copy."""
    with postgres.connect() as connection:
        connection.execute("CREATE ROLE ops_owner; GRANT ops_owner TO ops")
        connection.execute(f'ALTER DATABASE "{sample.database}" OWNER TO ops_owner'.encode())
    with connect(sample) as connection:
        connection.execute("GRANT ALL ON public.alembic_version TO ops_owner")
    write_env(sample, first="connection.exec_driver_sql('SET ROLE ops_owner'); connection.commit()")
    add_revision(sample, "op.execute('CREATE SCHEMA s')", "op.execute('DROP SCHEMA s')")
    workspace = open_workspace(sample.backend)
    try:
        assert outcomes(await on_scratch(workspace))[0] == "upgrade ok"
        await workspace.close()
    finally:
        with postgres.connect() as connection:
            connection.execute(f'ALTER DATABASE "{sample.database}" OWNER TO ops'.encode())
        with connect(sample) as connection:
            connection.execute("REVOKE ALL ON public.alembic_version FROM ops_owner")
        with postgres.connect() as connection:
            connection.execute("DROP ROLE ops_owner")


BAD = {
    DEFERRED: ("failed", "violates foreign key constraint"),
    BLOCK: ("failed", "division by zero"),
    SPAWN: ("refused", "starts a program"),
    "sa.create_engine('sqlite://').connect()": ("refused", "of another kind"),
    "sys.exit(3)": ("failed", "called sys.exit(3)"),
}


@pytest.mark.usefixtures("at_head")
async def test_a_leg_that_ends_badly(open_workspace: Open, sample: SampleProject) -> None:
    before = contents(sample)
    workspace = open_workspace(sample.backend)
    for number, (body, (outcome, words)) in enumerate(BAD.items()):
        path = add_revision(sample, body, rev=f"{number:012x}")
        result = await on_scratch(workspace)
        assert outcomes(result) == [f"upgrade {outcome}"]
        failed = result.legs[0].failed
        assert failed is not None
        assert words in failed.message
        if body is not DEFERRED:  # whose failure comes with alembic's commit
            assert failed.line == line_of(path, body.strip().splitlines()[-1].strip())
        assert result.unchanged
        path.unlink()
    await workspace.close()
    assert contents(sample) == before


@pytest.mark.usefixtures("old_pg_dump")
async def test_a_replay_starts_no_program_and_may_be_tried_again(
    open_workspace: Open, sample: SampleProject, tmp_path: Path
) -> None:
    """Somebody is connected, so old migrations run as well, one of them with a psql in it."""
    (first,) = (sample.backend / "alembic" / "versions").glob("*create_schema_and_users.py")
    text, mark = first.read_text(), tmp_path / "started"
    begin = "def upgrade() -> None:\n"
    assert begin in text
    first.write_text(text.replace(begin, f"{begin}    import os\n    os.system('touch {mark}')\n"))
    workspace = open_workspace(sample.backend)
    with connect(sample):
        with pytest.raises(WorkerFailed, match="starts a program"):
            await on_scratch(workspace)
        assert not mark.exists()
        first.write_text(text)
        result = await on_scratch(workspace)
    assert outcomes(result)[0] == "upgrade ok"
    assert result.unchanged
    await workspace.close()


SLEEP = "op.execute('SELECT pg_sleep(600)')"
BUSY = "may still be busy"
ASLEEP = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%%'"


@pytest.mark.usefixtures("at_head")
def test_ctrl_c_in_a_leg(sample: SampleProject) -> None:
    add_revision(sample, SLEEP)
    process = subprocess.Popen(
        [OPSMIG, "rehearse", REV, "--on", "scratch"],
        cwd=sample.backend, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    while not run_sql(sample, ASLEEP):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=60)
    assert (process.returncode, "ancelled" in told) == (130, True), told
    assert run_sql(sample, LEFT) == []
    assert not scratch_notes.any_there()


@pytest.mark.usefixtures("at_head")
async def test_a_worker_that_is_killed_in_a_leg(
    open_workspace: Open, sample: SampleProject
) -> None:
    """The server is at its statement still; the next rehearsal is as if nothing had been."""
    path = add_revision(sample, "pass", SLEEP)
    workspace = open_workspace(sample.backend)
    task = asyncio.create_task(on_scratch(workspace))
    await until(lambda: run_sql(sample, ASLEEP))
    await until(lambda: any("pg_sleep" in line.text for line in workspace.output.lines))
    reporter = workspace.reporter
    assert reporter is not None
    assert reporter.client is not None
    reporter.client.kill_running()
    result = await task
    assert outcomes(result) == ["upgrade ok", "downgrade failed"]
    failed = result.legs[1].failed
    assert failed is not None
    assert (failed.kind, failed.line) == ("crash", line_of(path, SLEEP))
    assert result.unchanged
    told = [*report(result), *(line.text for line in workspace.output.lines)]
    assert f"Your database is as before: it stands at {HEAD}." in told
    assert not any("could not be asked" in text or BUSY in text for text in told)
    assert [name for (name,) in run_sql(sample, LEFT) if not name.endswith("_base")] == []
    path.unlink()
    assert outcomes(await on_scratch(workspace, HEAD)) == [
        "downgrade ok",
        "upgrade ok",
        "downgrade ok",
    ]
    await workspace.close()
    assert not scratch_notes.any_there()


@pytest.mark.usefixtures("at_head")
async def test_a_worker_that_is_killed_in_a_leg_here(
    open_workspace: Open, sample: SampleProject
) -> None:
    """Nobody looked at the database again, and the server is at its statement still."""
    add_revision(sample, "pass", SLEEP)
    workspace = open_workspace(sample.backend)
    task = asyncio.create_task(rehearse(workspace, await plan_rehearsal(workspace, None, 60)))
    await until(lambda: run_sql(sample, ASLEEP))
    assert workspace.reporter is not None
    assert workspace.reporter.client is not None
    workspace.reporter.client.kill_running()
    result = await task
    assert outcomes(result) == ["upgrade ok", "downgrade failed"]
    *_, last = report(result)
    assert last == (
        "▲ The worker was gone before it looked at the database again; "
        "the server rolls back what was open."
    )
    assert any(BUSY in line.text for line in workspace.output.lines)


@pytest.mark.usefixtures("at_head")
async def test_a_server_that_does_not_answer_any_more(
    open_workspace: Open, sample: SampleProject, postgres: embedded.Server
) -> None:
    """The legs that were seen are told, not only that it could not be connected to."""
    add_revision(sample, "pass", SLEEP)
    workspace = open_workspace(sample.backend)
    task = asyncio.create_task(on_scratch(workspace))
    await until(lambda: run_sql(sample, ASLEEP))
    with postgres.connect() as connection:
        name = f"{workspace.scratches._stem}_1"
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
    result = await task
    assert outcomes(result) == ["upgrade ok", "downgrade failed"]
    failed = result.legs[1].failed
    assert failed is not None
    assert "terminating connection" in failed.message
    assert result.unchanged
    await workspace.close()


@pytest.mark.usefixtures("at_head")
async def test_values_that_a_new_type_changes(open_workspace: Open, sample: SampleProject) -> None:
    """Counted inside a transaction; elsewhere it is said that they were not."""
    change = "op.execute('ALTER TABLE ops.vendor ALTER name TYPE {}')"
    cut_off = change.format("varchar(150) USING left(name, 3)")
    alone = "with op.get_context().autocommit_block():\n    " + change.format("varchar(100)")
    add_revision(sample, f"{cut_off}\n{alone}", change.format("varchar(200)"))
    workspace = open_workspace(sample.backend)
    result = await on_scratch(workspace)
    told = [[item for one in leg.statements for item in one.retyped] for leg in result.legs]
    (cut, not_counted), (wider,), _ = told
    assert cut.values
    assert cut.changed == cut.values == wider.values
    assert wider.changed == 0
    assert not_counted.values is None
    await workspace.close()


async def test_what_a_killed_one_left_goes_at_the_next_start(
    open_workspace: Open, sample: SampleProject
) -> None:
    prefix, machine, _, begun, token = own_stem().rsplit("_", 4)
    stem = "_".join((prefix, machine, str(2**22 - 1), begun, token))
    with connect(sample) as connection:
        connection.execute(f"CREATE DATABASE {stem}_base".encode())
    workspace = open_workspace(sample.backend)
    await workspace.refresh("status")
    value = workspace.state.status.value
    assert value is not None
    server = value.databases[0].identity.system_identifier
    assert server
    scratch_notes.note(stem, workspace.project.config.root, server)
    task = asyncio.create_task(workspace.live())
    await until(lambda: not scratch_notes.any_there())
    task.cancel()
    assert run_sql(sample, LEFT) == []
    told = [line.text for line in workspace.output.lines]
    assert told.count(f"dropped {stem}_base, left by an opsmig that was killed") == 1
