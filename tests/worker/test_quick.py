"""Status from a kept session: as true as one that runs env.py, and never in the way for long."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from opsmig_tui.demo import BEFORE_PENDING, SampleProject, point_to
from opsmig_tui.services.worker_client import WorkerClient
from opsmig_tui.worker import protocol
from opsmig_tui.worker.quick import FRESH_SECONDS, OnlyRead, stamps
from tests.worker.conftest import Start, Told

KEPT = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE %s"


@pytest.fixture
async def client(start: Start, sample: SampleProject) -> WorkerClient:
    """A reader that has answered once; its env.py says whenever it runs."""
    env = sample.backend / "alembic" / "env.py"
    env.write_text("print('env.py runs')\n" + env.read_text())
    client = start()
    await client.request(protocol.Status())
    return client


async def asked(client: WorkerClient) -> tuple[protocol.StatusResult, bool]:
    """(the answer, whether env.py ran for it)."""
    told = Told()
    status = await client.request(protocol.Status(), told)
    return status, bool(told.of(protocol.Output))


async def test_the_second_answer_needs_no_env_py_and_is_the_same(client: WorkerClient) -> None:
    first = await client.request(protocol.Plan("upgrade", "head"))
    status, ran = await asked(client)
    assert not ran
    assert status.databases == first.databases
    assert status.pending == ("b8c9d0a41e6f", "a7c3f15d8e92")


async def test_it_sees_what_others_changed(client: WorkerClient, sql: Any) -> None:
    sql("UPDATE public.alembic_version SET version_num = 'b8c9d0a41e6f'")
    status, ran = await asked(client)
    assert not ran
    assert status.databases[0].current == ("b8c9d0a41e6f",)
    assert status.pending == ("a7c3f15d8e92",)


@pytest.mark.parametrize("name", ["alembic/env.py", "alembic.ini", "models/vendor.py", ".env"])
async def test_a_changed_file_means_env_py_is_asked(
    client: WorkerClient, sample: SampleProject, name: str
) -> None:
    path = sample.backend / name
    path.write_text(path.read_text() + "\n")
    assert (await asked(client))[1]
    assert not (await asked(client))[1]


async def test_a_new_file_means_env_py_is_asked(
    client: WorkerClient, sample: SampleProject
) -> None:
    (sample.backend / "local_settings.py").write_text("")
    assert (await asked(client))[1]


async def test_another_database_is_noticed(
    client: WorkerClient, sample: SampleProject, postgres: Any, role_password: str
) -> None:
    point_to(sample.root, postgres.url("sample_template", role_password))
    status, ran = await asked(client)
    assert ran
    assert status.databases[0].identity.database == "sample_template"
    await client.stop()


async def test_a_session_that_was_ended_is_no_failure(client: WorkerClient, sql: Any) -> None:
    assert not (await asked(client))[1]
    sql("SELECT pg_terminate_backend(pid) FROM (" + KEPT + ") AS kept", "%version_num::text%")
    status, ran = await asked(client)
    assert ran
    assert status.databases[0].current == (BEFORE_PENDING,)


async def test_a_version_table_that_is_gone_is_no_failure(client: WorkerClient, sql: Any) -> None:
    sql("DROP TABLE public.alembic_version")
    status, ran = await asked(client)
    assert ran
    assert status.databases[0].current == ()


async def test_a_rehearsal_is_planned_from_it_as_env_py_would_have_it(
    client: WorkerClient, sql: Any
) -> None:
    told = Told()
    planned = await client.request(protocol.Plan("upgrade", "head", rehearsing=True), told)
    assert not told.of(protocol.Output)
    plan = await client.request(protocol.Plan("upgrade", "head"))
    steps = tuple(dataclasses.replace(step, losses=(), commits="") for step in plan.steps)
    assert planned == dataclasses.replace(plan, steps=steps)
    await client.request(protocol.Status())
    sql("UPDATE public.alembic_version SET version_num = 'b8c9d0a41e6f'")
    again = await client.request(protocol.Plan("upgrade", "head", rehearsing=True))
    assert [step.revision for step in again.steps] == ["a7c3f15d8e92"]


async def test_a_run_is_planned_by_env_py(client: WorkerClient) -> None:
    told = Told()
    await client.request(protocol.Plan("upgrade", "head"), told)
    assert told.of(protocol.Output)


def test_env_py_is_known_to_only_read_for_a_while_and_with_its_files(tmp_path: Path) -> None:
    """It may go by the clock or by what it finds in the database."""
    (tmp_path / "env.py").write_text("")
    root = str(tmp_path)
    known = OnlyRead(root, stamps(root, root), 100.0)
    assert known.holds(root, 100.0 + FRESH_SECONDS)
    assert not known.holds(root, 101.0 + FRESH_SECONDS)
    (tmp_path / "more.py").write_text("")
    assert not known.holds(root, 100.0)
