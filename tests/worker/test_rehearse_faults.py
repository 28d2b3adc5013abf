"""What dies in the middle of a rehearsal, in each of its phases: nothing of it stays."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.demo import server as embedded
from opsmig_tui.services.worker_client import WorkerClient, WorkerFailed
from opsmig_tui.worker import protocol
from tests.support.postgres import run_sql
from tests.worker.conftest import HEAD, add_revision, opened
from tests.worker.rehearsals import contents, project_at_head, rehearse
from tests.worker.test_faults import kill
from tests.worker.watched import Live

WORK = """
op.execute("UPDATE ops.vendor SET name = name || '!'")
op.execute("CREATE TABLE ops.gone (id integer)")
times = int(os.environ.get("{name}", "0")) + 1
os.environ["{name}"] = str(times)
"""
SLEEP = 'op.execute("SELECT pg_sleep(600)")'
BACK = 'op.execute("DROP TABLE ops.gone")'
# name → what stands at the end of upgrade(), what of downgrade().
PHASES = {
    "upgrade": (SLEEP, "pass"),
    "downgrade": ("pass", SLEEP),
    "upgrade again": (f"if times == 2:\n    {SLEEP}", "pass"),
    "Python code": ("print('now', flush=True)\ntime.sleep(600)", "pass"),
}
OURS = (
    "SELECT pid FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class Rehearsals:
    """`rehearse(phase, then)`: the database is asked about afterwards, when no session is left."""

    def __init__(self, sample: SampleProject) -> None:
        self.sample = sample
        self._loop = asyncio.new_event_loop()
        self._client = WorkerClient(opened(sample.backend), runner=True)
        self._count = 0
        self.before = contents(sample)

    def rehearse(
        self, phase: str, fault: Callable[[int], object] | None = None
    ) -> tuple[protocol.RehearseResult | None, protocol.Failed | None]:
        up, down = PHASES.get(phase, ("pass", "pass"))
        self._count += 1
        work = WORK.format(name=f"TIMES_{self._count}")
        path = add_revision(self.sample, f"{work}{up}", f"{BACK}\n{down}", f"{self._count:012x}")
        try:
            return self._loop.run_until_complete(self._rehearse(phase, fault))
        finally:
            path.unlink()

    async def _rehearse(self, phase: str, fault: Callable[[int], object] | None) -> Any:
        told = Live()
        pid = (await self._client.start()).pid
        task = asyncio.create_task(rehearse(self._client, told=told, seconds=60))
        if fault is not None:
            await told.until(self._reached(phase))
            await asyncio.to_thread(fault, pid)
        try:
            async with asyncio.timeout(30):
                return await task, None
        except WorkerFailed as error:
            return None, error.failed

    def _reached(self, phase: str) -> Callable[[Any], bool]:
        if phase == "Python code":
            return lambda one: isinstance(one, protocol.Output) and "now" in one.text
        if phase == "between two legs":
            return lambda one: isinstance(one, protocol.StepEnd)
        return lambda one: isinstance(one, protocol.SqlStart) and "pg_sleep" in one.sql

    def all_as_before(self) -> bool:
        """Waits until the server has noticed that whoever held anything is gone."""
        self.wait(lambda: not run_sql(self.sample, OURS))
        return contents(self.sample) == self.before

    def terminate(self, _: int) -> None:
        """End the session of the migration, once its statement has arrived."""
        end = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query ~ '^ *SELECT pg_sl' AND state = 'active'"
        )
        self.wait(lambda: run_sql(self.sample, end) == [(True,)])

    def wait(self, there: Callable[[], bool]) -> None:
        limit = time.monotonic() + 30
        while not there():
            assert time.monotonic() < limit
            time.sleep(0.02)

    def stop(self) -> None:
        self._loop.run_until_complete(self._client.stop())
        self._loop.close()


@pytest.fixture(scope="module")
def rehearsals(
    postgres: embedded.Server,
    role_password: str,
    files_template: Path,
    head_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Rehearsals]:
    folder = tmp_path_factory.mktemp("faults")
    with project_at_head(postgres, role_password, files_template, head_template, folder) as sample:
        made = Rehearsals(sample)
        yield made
        made.stop()


@pytest.mark.parametrize("phase", [*PHASES, "between two legs"])
def test_a_worker_that_is_killed(rehearsals: Rehearsals, phase: str) -> None:
    """Also while the server is at a statement that takes long: it asks whether we are there."""
    result, failed = rehearsals.rehearse(phase, kill)
    assert result is None
    assert failed is not None
    assert failed.kind == "crash"
    assert rehearsals.all_as_before()


@pytest.mark.parametrize("phase", ["upgrade", "downgrade", "upgrade again"])
def test_a_connection_that_is_lost(rehearsals: Rehearsals, phase: str) -> None:
    result, failed = rehearsals.rehearse(phase, rehearsals.terminate)
    assert result is not None, failed
    assert [leg.outcome for leg in result.legs[:-1]] == ["ok"] * (len(result.legs) - 1)
    last = result.legs[-1]
    assert last.outcome == "failed"
    assert last.failed is not None
    assert "terminating connection" in last.failed.message
    assert (result.current, result.unchanged) == ((HEAD,), True)
    assert rehearsals.all_as_before()


def test_afterwards_nothing_stands_in_the_way(rehearsals: Rehearsals) -> None:
    result, failed = rehearsals.rehearse("to the end")
    assert result is not None, failed
    assert [leg.outcome for leg in result.legs] == ["ok"] * 3
    assert result.unchanged
