"""Stamps: what they would change, what is refused, what the version table says afterwards."""

import dataclasses
from typing import Any

import pytest

from opsmig_tui.demo import BEFORE_PENDING, SampleProject
from opsmig_tui.services.worker_client import WorkerClient, WorkerFailed
from opsmig_tui.worker import protocol
from opsmig_tui.worker.guard import lock_key
from tests.support.postgres import connect
from tests.worker.conftest import HEAD, Start, Told

VERSION = "SELECT version_num FROM public.alembic_version ORDER BY 1"
NEXT, BELOW, LOST = "b8c9d0a41e6f", "c80b4f1e97d5", "deadbeef0000"


def stamp_of(plan: protocol.StampPlan) -> protocol.Stamp:
    return protocol.Stamp(plan.targets, plan.purge, plan.databases, plan.after)


async def planned(client: WorkerClient, *targets: str, purge: bool = False) -> protocol.StampPlan:
    return await client.request(protocol.PlanStamp(targets, purge))


async def test_up_down_and_what_would_count_as_applied(start: Start, sql: Any) -> None:
    client = start(runner=True)
    plan = await planned(client, "head")
    assert (plan.after, plan.skipped, plan.dropped) == (((HEAD,),), (NEXT, HEAD), ())
    assert plan.command == "alembic stamp head"
    assert sql(VERSION) == [(BEFORE_PENDING,)]
    told = Told()
    result = await client.request(stamp_of(plan), told)
    assert result.current == (HEAD,)
    assert sql(VERSION) == [(HEAD,)]
    assert any("UPDATE" in one.sql for one in told.of(protocol.SqlStart))
    assert not told.of(protocol.StepStart)
    plan = await planned(client, BELOW[:6])
    assert (plan.after, plan.skipped) == (((BELOW,),), ())
    assert plan.dropped == (BEFORE_PENDING, NEXT, HEAD)
    assert (await client.request(stamp_of(plan))).current == (BELOW,)
    plan = await planned(client, "base")
    assert plan.after == ((),)
    assert (await client.request(stamp_of(plan))).current == ()
    assert sql(VERSION) == []


async def test_a_row_that_no_file_has_goes_and_others_stay(start: Start, sql: Any) -> None:
    sql("INSERT INTO public.alembic_version VALUES (%s)", LOST)
    client = start(runner=True)
    plan = await planned(client, NEXT)
    assert (plan.lost, plan.after, plan.skipped) == ((LOST,), ((NEXT,),), (NEXT,))
    assert plan.command == f"alembic stamp --purge {NEXT}"
    await client.request(stamp_of(plan))
    assert sql(VERSION) == [(NEXT,)]
    sql("UPDATE public.alembic_version SET version_num = %s", LOST)
    plan = await planned(client, HEAD, purge=True)
    assert len(plan.skipped) == 20
    assert (await client.request(stamp_of(plan))).current == (HEAD,)


async def test_a_database_without_a_version_table_gets_one(start: Start, sql: Any) -> None:
    sql("DROP TABLE public.alembic_version")
    client = start(runner=True)
    plan = await planned(client, BEFORE_PENDING)
    assert (await client.request(stamp_of(plan))).current == (BEFORE_PENDING,)


@pytest.mark.parametrize("what", ["moved", "other-plan", "locked", "reader"])
async def test_what_differs_from_the_plan_is_refused(
    start: Start, sql: Any, sample: SampleProject, what: str
) -> None:
    client = start(runner=what != "reader")
    request = stamp_of(await planned(client, HEAD))
    if what == "moved":
        sql("UPDATE public.alembic_version SET version_num = %s", NEXT)
    if what == "other-plan":
        request = dataclasses.replace(request, after=((NEXT,),))
    before = sql(VERSION)
    with connect(sample) as other:
        if what == "locked":
            other.execute(f"SELECT pg_advisory_lock({lock_key(None, 'alembic_version')})".encode())
        with pytest.raises(WorkerFailed) as caught:
            await client.request(request)
    failed = caught.value.failed
    kinds = {"moved": "identity", "other-plan": "identity", "locked": "locked"}
    assert failed.kind == kinds.get(what, "protocol")
    assert sql(VERSION) == before
    if what != "reader":
        assert "Nothing was changed." in failed.message
        assert failed.current == before[0]


async def test_where_each_migration_has_its_own_transaction(
    start: Start, sql: Any, sample: SampleProject
) -> None:
    path = sample.backend / "alembic" / "env.py"
    text = path.read_text()
    own = "connection=connection, transaction_per_migration=True, "
    assert "connection=connection, " in text
    path.write_text(text.replace("connection=connection, ", own))
    sql("INSERT INTO public.alembic_version VALUES (%s)", LOST)
    client = start(runner=True)
    assert (await client.request(stamp_of(await planned(client, NEXT)))).current == (NEXT,)
    sql("UPDATE public.alembic_version SET version_num = %s", LOST)
    assert (await client.request(stamp_of(await planned(client, "base")))).current == ()
    assert sql(VERSION) == []
