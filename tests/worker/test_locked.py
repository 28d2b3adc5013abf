"""A rehearsal while somebody has a table locked: it is told who, and nothing of ours is left."""

from __future__ import annotations

import asyncio

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.worker.protocol import Failed
from tests.support.postgres import connect, locked, run_sql
from tests.worker.conftest import Start, add_revision
from tests.worker.rehearsals import contents, rehearse

pytestmark = pytest.mark.usefixtures("at_head")
OTHERS = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


async def refusal(start: Start) -> Failed:
    client = start(runner=True)
    with pytest.raises(WorkerFailed) as error:
        await rehearse(client)
    await client.stop()
    return error.value.failed


async def test_table_and_holder_are_told(start: Start, sample: SampleProject) -> None:
    add_revision(sample, "op.execute('CREATE TABLE ops.t ()')", "op.execute('DROP TABLE ops.t')")
    before = contents(sample)
    with locked(sample, "ops.vendor") as pid:
        failed = await refusal(start)
        assert run_sql(sample, OTHERS) == [(pid,)]
    assert (failed.kind, failed.file, failed.line) == ("refused", None, None)
    told, _, since = failed.message.partition(" for ")
    assert told == (
        f"The schema cannot be read: ops.vendor is locked by pid {pid} "
        "(nightly, user ops, idle in transaction"
    )
    assert since.endswith(
        f" s). Wait until it lets go, or end it: SELECT pg_terminate_backend({pid})."
    )
    assert contents(sample) == before


async def test_who_waits_for_the_lock_stands_in_the_way(
    start: Start, sample: SampleProject
) -> None:
    add_revision(sample, "pass")
    with connect(sample) as reader, connect(sample) as waiting:
        reader.execute("BEGIN")
        reader.execute("SELECT FROM ops.vendor LIMIT 1")
        pid = waiting.info.backend_pid
        waiting.pgconn.send_query(b"BEGIN; LOCK TABLE ops.vendor")
        queued = "SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted"
        async with asyncio.timeout(30):
            while not run_sql(sample, queued, pid):
                await asyncio.sleep(0.02)
        failed = await refusal(start)
        run_sql(sample, "SELECT pg_terminate_backend(%s)", pid)
        waiting.close()
        reader.execute("ROLLBACK")
    assert f"readers of ops.vendor queue behind the lock of pid {pid} (" in failed.message
