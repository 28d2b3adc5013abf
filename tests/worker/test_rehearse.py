"""What bounds a rehearsal, what ends it early, and what it tells beside its legs."""

import asyncio
import os
import signal
from typing import Any

import pytest

from opsmig_tui.demo import BEFORE_PENDING, SampleProject
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.worker import protocol
from tests.support.postgres import connect
from tests.worker.conftest import HEAD, Start, Told, add_revision, line_of
from tests.worker.rehearsals import contents, rehearse, request_of

at_head = pytest.mark.usefixtures("at_head")
REV = "0a0a0a0a0a0a"
COUNT = "SELECT count(*) FROM generate_series(1, 30000000000)"


@at_head
async def test_a_pending_revision_goes_up_down_and_up_again(
    start: Start, sample: SampleProject
) -> None:
    path = add_revision(
        sample,
        'op.add_column("vendor", sa.Column("nick", sa.Text), schema="ops")',
        'op.drop_column("vendor", "nick", schema="ops")',
    )
    told = Told()
    result = await rehearse(start(runner=True), told=told)
    assert sum(one.text.startswith("Running upgrade") for one in told.of(protocol.Log)) == 2
    assert [(leg.revision, leg.direction, leg.outcome) for leg in result.legs] == [
        (REV, "upgrade", "ok"), (REV, "downgrade", "ok"), (REV, "upgrade", "ok"),
    ]  # fmt: skip
    assert result.current == (HEAD,)
    assert result.unchanged
    (statement,) = result.legs[0].statements
    assert statement.sql == "ALTER TABLE ops.vendor ADD COLUMN nick TEXT"
    assert (statement.file, statement.line) == (str(path.resolve()), line_of(path, "add_column"))
    (lock,) = statement.locks
    assert (lock.relation, lock.kind, lock.mode) == ("ops.vendor", "table", "ACCESS EXCLUSIVE")
    assert ("column", "nick") in [(one.kind, one.name) for one in result.legs[0].changes.after]


@at_head
async def test_a_downgrade_that_fails_leaves_the_next_revision_its_turn(
    start: Start, sample: SampleProject
) -> None:
    add_revision(sample, 'op.execute("CREATE TABLE ops.one (i int)")', "raise ValueError")
    add_revision(
        sample,
        'op.execute("ALTER TABLE ops.one ADD j int")',
        'op.execute("ALTER TABLE ops.one DROP j")',
        "0b0b0b0b0b0b",
    )
    result = await rehearse(start(runner=True))
    assert [leg.outcome for leg in result.legs] == ["ok", "failed", "ok", "ok", "ok"]
    assert result.unchanged


@at_head
async def test_the_time_limit_ends_a_statement_at_its_line(
    start: Start, sample: SampleProject
) -> None:
    before = contents(sample)
    path = add_revision(
        sample, f'op.execute("CREATE TABLE ops.one (i int)")\nop.execute("{COUNT}")'
    )
    client = start(runner=True)
    result = await rehearse(client, seconds=1.0)
    (leg,) = result.legs
    assert leg.outcome == "stopped"
    assert leg.failed is not None
    assert "took longer than 1 s" in leg.failed.message
    assert leg.failed.line == line_of(path, "generate_series")
    assert result.unchanged
    assert contents(sample) == before
    assert (await client.request(protocol.Status())).databases[0].current == (HEAD,)


@at_head
async def test_the_time_limit_ends_python_code(start: Start, sample: SampleProject) -> None:
    add_revision(sample, "while True:\n    time.sleep(0.01)")
    result = await rehearse(start(runner=True), seconds=0.5)
    assert [leg.outcome for leg in result.legs] == ["stopped"]
    assert result.unchanged


@at_head
async def test_counting_losses_does_not_bound_the_leg(start: Start, sample: SampleProject) -> None:
    add_revision(
        sample,
        'op.execute("DELETE FROM ops.agreement_history")\n'
        "timeout = op.get_bind().execute(sa.text('SHOW statement_timeout')).scalar()\n"
        "assert timeout == '0', timeout",
    )
    result = await rehearse(start(runner=True), seconds=30)
    assert [leg.outcome for leg in result.legs] == ["ok"] * 3
    (loss,) = result.legs[0].losses
    assert loss.rows


@at_head
async def test_a_lock_that_does_not_come_ends_it(start: Start, sample: SampleProject) -> None:
    add_revision(sample, 'op.execute("ALTER TABLE ops.vendor ADD nick text")')
    with connect(sample) as other:
        other.execute("BEGIN")
        other.execute("LOCK TABLE ops.vendor IN ACCESS SHARE MODE")
        result = await rehearse(start(runner=True), lock_timeout_ms=100, seconds=30)
    (leg,) = result.legs
    assert leg.outcome == "stopped"
    assert leg.failed is not None
    assert leg.failed.sqlstate == "55P03"


@at_head
async def test_a_table_that_is_too_large_is_let_go_at_once(
    start: Start, sample: SampleProject
) -> None:
    path = add_revision(
        sample, 'op.execute("ALTER TABLE ops.work_order ADD nick text")\ntime.sleep(60)'
    )
    result = await rehearse(start(runner=True), most_rows=100, seconds=30)
    (leg,) = result.legs
    assert leg.outcome == "stopped"
    assert leg.failed is not None
    assert "ops.work_order has about" in leg.failed.message
    assert leg.failed.line == line_of(path, "ADD nick")


@at_head
async def test_too_many_changed_rows_end_it(start: Start, sample: SampleProject) -> None:
    add_revision(sample, 'op.execute("UPDATE ops.work_order SET priority = 1")')
    result = await rehearse(start(runner=True), most_rows=100, seconds=30)
    assert [leg.outcome for leg in result.legs] == ["stopped"]
    assert result.unchanged


@at_head
async def test_a_sequence_that_went_on_is_told(start: Start, sample: SampleProject) -> None:
    add_revision(sample, "op.execute(\"SELECT nextval('ops.vendor_id_seq')\")")
    result = await rehearse(start(runner=True))
    (moved,) = result.sequences
    assert moved.sequence == "ops.vendor_id_seq"
    assert moved.after is not None
    assert result.unchanged


@at_head
async def test_a_sequence_may_be_changed(start: Start, sample: SampleProject) -> None:
    """None of the tool's own sessions may stand in the way: the server's reading of where a
    sequence stands locks it until its transaction ends."""
    change = 'op.execute("ALTER SEQUENCE ops.vendor_id_seq INCREMENT BY {}")'
    add_revision(sample, change.format(2), change.format(1))
    result = await rehearse(start(runner=True))
    assert [leg.outcome for leg in result.legs] == ["ok"] * 3
    assert result.unchanged


@at_head
async def test_deferred_checks_of_one_leg_do_not_break_the_next(
    start: Start, sample: SampleProject
) -> None:
    add_revision(
        sample,
        """
        op.execute("CREATE TABLE ops.one (vendor bigint REFERENCES ops.vendor (id) "
                   "DEFERRABLE INITIALLY DEFERRED)")
        op.execute("INSERT INTO ops.one SELECT min(id) FROM ops.vendor")
        """,
        'op.execute("DROP TABLE ops.one")',
    )
    result = await rehearse(start(runner=True))
    assert [leg.outcome for leg in result.legs] == ["ok"] * 3


@at_head
async def test_constraints_may_be_made_immediate(start: Start, sample: SampleProject) -> None:
    add_revision(sample, 'op.execute("SET CONSTRAINTS ALL IMMEDIATE")')
    result = await rehearse(start(runner=True))
    assert [leg.outcome for leg in result.legs] == ["ok"] * 3


@at_head
async def test_a_worker_that_is_killed_leaves_nothing(start: Start, sample: SampleProject) -> None:
    before = contents(sample)
    add_revision(
        sample,
        "op.execute(\"UPDATE ops.vendor SET name = 'x'\")\n"
        "print('pid', os.getpid(), flush=True)\ntime.sleep(60)",
    )
    client, told = start(runner=True), Told()
    task = asyncio.create_task(rehearse(client, told=told, seconds=60))
    async with asyncio.timeout(60):
        while not (lines := [e.text for e in told.of(protocol.Output) if "pid" in e.text]):
            await asyncio.sleep(0.01)
    os.kill(int(lines[0].split()[1]), signal.SIGKILL)
    with pytest.raises(WorkerFailed):
        await task
    assert contents(sample) == before


@at_head
async def test_a_cancel_ends_it_with_the_position(start: Start, sample: SampleProject) -> None:
    add_revision(sample, f'print("now", flush=True)\nop.execute("{COUNT}")')
    client, told = start(runner=True), Told()
    task = asyncio.create_task(rehearse(client, told=told, seconds=60))
    async with asyncio.timeout(60):
        while not any("now" in event.text for event in told.of(protocol.Output)):
            await asyncio.sleep(0.01)
    client.cancel_running()
    with pytest.raises(WorkerFailed) as caught:
        await task
    assert caught.value.failed.kind == "cancelled"
    assert caught.value.failed.current == (HEAD,)


async def test_a_plan_that_has_changed_is_not_rehearsed(
    start: Start, sample: SampleProject, sql: Any
) -> None:
    client = start(runner=True)
    plan = await client.request(protocol.Plan("upgrade", "head"))
    sql("UPDATE public.alembic_version SET version_num = 'c80b4f1e97d5'")
    with pytest.raises(WorkerFailed, match="The database moved since it was confirmed"):
        await client.request(request_of(plan))


async def test_an_applied_revision_goes_down_first(start: Start) -> None:
    result = await rehearse(start(runner=True), "downgrade", "-1", seconds=30)
    assert [leg.direction for leg in result.legs] == ["downgrade", "upgrade", "downgrade"]
    (trip,) = result.round_trips
    assert trip.revision == BEFORE_PENDING
    assert trip.residue == trip.restored == protocol.SchemaDelta()
