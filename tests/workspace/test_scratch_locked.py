"""A rehearsal on scratch while somebody has a table of the project's own database locked."""

import asyncio

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.workspace.rehearsal_report import report
from tests.support.postgres import locked, run_sql
from tests.worker.conftest import add_revision
from tests.worker.rehearsals import contents
from tests.worker.test_locked import OTHERS
from tests.workspace.conftest import Open, until
from tests.workspace.test_scratch import LEFT, nothing_left, on_scratch, outcomes

__all__ = ["nothing_left"]
pytestmark = pytest.mark.usefixtures("at_head")
PATIENT = 30.0
MAKE, DROP = "op.execute('CREATE TABLE ops.t ()')", "op.execute('DROP TABLE ops.t')"


async def test_table_and_holder_are_told_and_nothing_is_left(
    open_workspace: Open, sample: SampleProject
) -> None:
    add_revision(sample, MAKE, DROP)
    workspace = open_workspace(sample.backend)
    with locked(sample, "ops.vendor") as pid:
        async with asyncio.timeout(PATIENT):
            result = await on_scratch(workspace)
            await workspace.close()
        assert run_sql(sample, LEFT) == []
        assert run_sql(sample, OTHERS) == [(pid,)]
    (told,) = report(result)
    assert f"The schema cannot be read: ops.vendor is locked by pid {pid} (nightly, user" in told
    assert "idle in transaction for " in told


async def test_a_template_that_is_there_is_dropped_while_the_lock_is_held(
    open_workspace: Open, sample: SampleProject
) -> None:
    add_revision(sample, MAKE, DROP)
    workspace = open_workspace(sample.backend)
    await on_scratch(workspace)
    assert len(run_sql(sample, LEFT)) == 1
    with locked(sample, "ops.vendor") as pid:
        async with asyncio.timeout(PATIENT):
            await workspace.close()
        assert run_sql(sample, LEFT) == []
        assert run_sql(sample, OTHERS) == [(pid,)]


async def test_a_lock_that_comes_during_the_rehearsal(
    open_workspace: Open, sample: SampleProject
) -> None:
    """The legs are told, and that nobody could look at the database again."""
    add_revision(sample, f"op.execute('SELECT pg_sleep(3)')\n{MAKE}", DROP)
    before = contents(sample)
    workspace = open_workspace(sample.backend)
    task = asyncio.create_task(on_scratch(workspace))
    asleep = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(3)%'"
    await until(lambda: run_sql(sample, asleep))
    with locked(sample, "ops.vendor") as pid:
        async with asyncio.timeout(PATIENT):
            result = await task
            await workspace.close()
        assert run_sql(sample, LEFT) == []
    assert outcomes(result) == ["upgrade ok", "downgrade ok", "upgrade ok"]
    assert not result.unchanged
    assert report(result)[-1].startswith("▲ Your database could not be asked afterwards")
    warned = [line.text for line in workspace.output.lines if line.kind == "warning"]
    assert any(f"ops.vendor is locked by pid {pid} " in text for text in warned)
    assert contents(sample) == before
