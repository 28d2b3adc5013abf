"""Cancelling in every state a run can be in. The worker lives on each time."""

import asyncio
import signal
import time
from typing import Any

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.services.worker_client import WorkerClient, WorkerFailed
from opsmig_tui.worker import protocol
from opsmig_tui.worker.cancel import Cancellation
from opsmig_tui.worker.errors import Cancelled
from tests.worker.conftest import HEAD, VERSION, Start, Told, add_revision, run_of, upgrade


class Until(Told):
    """Collects events and says when one is there that `wanted` accepts."""

    def __init__(self, wanted: Any) -> None:
        super().__init__()
        self.wanted = wanted
        self.seen = asyncio.Event()

    def __call__(self, event: Any) -> None:
        super().__call__(event)
        if self.wanted(event):
            self.seen.set()


def sql_with(text: str) -> Any:
    return lambda event: isinstance(event, protocol.SqlStart) and text in event.sql


def printed(text: str) -> Any:
    return lambda event: isinstance(event, protocol.Output) and text in event.text


async def cancelled(
    client: WorkerClient, told: Until, *, force: bool = False
) -> tuple[protocol.Failed, float]:
    """Start the plan, cancel when `told` has seen its event: (the failure, seconds it took)."""
    plan = await client.request(protocol.Plan("upgrade", "head"))
    run = asyncio.create_task(client.request(run_of(plan), told))
    await asyncio.wait_for(told.seen.wait(), 30)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    client.cancel_running(force)
    with pytest.raises(WorkerFailed) as caught:
        await asyncio.wait_for(run, 30)
    return caught.value.failed, loop.time() - begun


@pytest.fixture
async def runner(start: Start) -> WorkerClient:
    client = start(runner=True)
    await upgrade(client)
    return client


async def test_a_running_statement_is_cancelled_on_the_server(
    runner: WorkerClient, sample: SampleProject, sql: Any
) -> None:
    add_revision(
        sample,
        """
        op.execute("CREATE TABLE ops.gone (id integer)")
        op.execute("SELECT pg_sleep(60)")
        """,
    )
    pid = (await runner.start()).pid
    failed, seconds = await cancelled(runner, Until(sql_with("pg_sleep")))
    assert failed.kind == "cancelled"
    assert failed.message == "Cancelled."
    assert failed.statement == "SELECT pg_sleep(60)"
    assert failed.rolled_back == ("0a0a0a0a0a0a",)
    assert failed.current == (HEAD,)
    assert seconds < 10
    assert sql("SELECT to_regclass('ops.gone')") == [(None,)]
    assert sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)'") == [(0,)]
    assert (await runner.start()).pid == pid
    assert (await runner.request(protocol.Status())).pending == ("0a0a0a0a0a0a",)


@pytest.mark.parametrize("force", [False, True])
async def test_python_code_of_a_migration_is_interrupted(
    runner: WorkerClient, sample: SampleProject, force: bool
) -> None:
    add_revision(
        sample,
        """
        print("looping", flush=True)
        while True:
            pass
        """,
    )
    failed, seconds = await cancelled(runner, Until(printed("looping")), force=force)
    assert failed.kind == "cancelled"
    assert seconds < 10
    assert failed.current == (HEAD,)


async def test_a_sleep_is_interrupted(runner: WorkerClient, sample: SampleProject) -> None:
    add_revision(sample, "print('sleeping')\ntime.sleep(600)")
    failed, _ = await cancelled(runner, Until(printed("sleeping")))
    assert failed.kind == "cancelled"


async def test_a_migration_that_swallows_exceptions_does_not_get_away(
    runner: WorkerClient, sample: SampleProject
) -> None:
    add_revision(
        sample,
        """
        print("begun")
        for _ in range(600):
            try:
                op.execute("SELECT pg_sleep(0.1)")
            except Exception:
                pass
        """,
    )
    failed, _ = await cancelled(runner, Until(printed("begun")))
    assert failed.kind == "cancelled"
    assert failed.current == (HEAD,)


async def test_between_two_revisions(runner: WorkerClient, sample: SampleProject) -> None:
    for number in range(40):
        add_revision(sample, "op.execute('SELECT pg_sleep(0.05)')", rev=f"0a0a0a0a0a{number:02}")
    ends = Until(lambda event: isinstance(event, protocol.StepEnd))
    failed, _ = await cancelled(runner, ends)
    assert failed.kind == "cancelled"
    assert failed.committed == ()
    assert failed.current == (HEAD,)


async def test_what_was_committed_before_the_cancel_stays(
    runner: WorkerClient, sample: SampleProject, sql: Any
) -> None:
    add_revision(sample, "op.execute('CREATE TABLE ops.kept (id integer)')", rev="0a0a0a0a0a0a")
    add_revision(
        sample,
        """
        with op.get_context().autocommit_block():
            op.execute("SELECT pg_sleep(60)")
        """,
        rev="0b0b0b0b0b0b",
    )
    failed, _ = await cancelled(runner, Until(sql_with("pg_sleep")))
    assert failed.kind == "cancelled"
    assert failed.committed == ("0a0a0a0a0a0a",)
    assert failed.current == ("0a0a0a0a0a0a",)
    assert failed.kept == ()  # what stays belongs to a revision that stands
    assert sql(VERSION) == [("0a0a0a0a0a0a",)]


async def test_waiting_for_a_lock(runner: WorkerClient, sample: SampleProject) -> None:
    from tests.support.postgres import connect

    add_revision(sample, "op.execute('ALTER TABLE ops.vendor ADD COLUMN extra integer')")
    with connect(sample) as other, other.transaction():
        other.execute("LOCK TABLE ops.vendor IN ACCESS SHARE MODE")
        failed, _ = await cancelled(runner, Until(sql_with("ADD COLUMN extra")))
    assert failed.kind == "cancelled"
    assert failed.current == (HEAD,)


async def test_a_request_that_waits_its_turn(runner: WorkerClient, sample: SampleProject) -> None:
    add_revision(sample, "op.execute('SELECT pg_sleep(60)')")
    plan = await runner.request(protocol.Plan("upgrade", "head"))
    told = Until(sql_with("pg_sleep"))
    run = asyncio.create_task(runner.request(run_of(plan), told))
    await told.seen.wait()
    waiting = asyncio.create_task(runner.request(protocol.Status()))
    while runner.waiting < 2:
        await asyncio.sleep(0.01)
    runner.cancel_running()
    for task in (run, waiting):
        with pytest.raises(WorkerFailed) as caught:
            await asyncio.wait_for(task, 30)
        assert caught.value.failed.kind == "cancelled"


async def test_cancelling_the_task_cancels_the_request(
    runner: WorkerClient, sample: SampleProject, sql: Any
) -> None:
    add_revision(sample, "op.execute('SELECT pg_sleep(60)')")
    plan = await runner.request(protocol.Plan("upgrade", "head"))
    told = Until(sql_with("pg_sleep"))
    run = asyncio.create_task(runner.request(run_of(plan), told))
    await told.seen.wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    status = await asyncio.wait_for(runner.request(protocol.Status()), 30)
    assert status.databases[0].current == (HEAD,)


async def test_a_reader_is_cancelled_too(start: Start, sample: SampleProject) -> None:
    env = sample.backend / "alembic" / "env.py"
    env.write_text("import time\nprint('waiting')\ntime.sleep(600)\n" + env.read_text())
    client, told = start(), Until(printed("waiting"))
    status = asyncio.create_task(client.request(protocol.Status(), told))
    await told.seen.wait()
    client.cancel_running()
    with pytest.raises(WorkerFailed) as caught:
        await asyncio.wait_for(status, 30)
    assert caught.value.failed.kind == "cancelled"


async def test_stop_in_the_middle_of_a_run_rolls_back_and_leaves_no_child(
    runner: WorkerClient, sample: SampleProject, sql: Any
) -> None:
    add_revision(sample, "op.execute('SELECT pg_sleep(60)')")
    plan = await runner.request(protocol.Plan("upgrade", "head"))
    told = Until(sql_with("pg_sleep"))
    run = asyncio.create_task(runner.request(run_of(plan), told))
    await told.seen.wait()
    await runner.stop()
    with pytest.raises(WorkerFailed):
        await run
    assert not runner.alive
    assert sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)'") == [(0,)]
    assert sql(VERSION) == [(HEAD,)]


def test_sigint_remains_where_the_server_cannot_be_asked() -> None:
    """psycopg2's cancel() raises once the connection it belongs to is closed."""
    asked = []

    def on_server() -> None:
        asked.append("in vain")
        raise RuntimeError("connection already closed")

    cancellation = Cancellation()
    previous = signal.signal(signal.SIGINT, cancellation.on_sigint)
    try:
        cancellation.expect(1)
        cancellation.begin(1)
        cancellation.cancel_on_server = on_server
        cancellation.cancel(1)
        with pytest.raises(Cancelled):
            time.sleep(60)
    finally:
        cancellation.end()
        signal.signal(signal.SIGINT, previous)
    assert asked
