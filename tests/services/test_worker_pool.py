"""Readers that are swapped when the code changes, runners that always have the latest."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator

import pytest

from opsmig_tui.project.model import OpenOptions, Project
from opsmig_tui.project.open import open_project
from opsmig_tui.services.worker_client import WorkerClient, WorkerFailed
from opsmig_tui.services.worker_pool import WorkerPool
from opsmig_tui.worker import protocol
from tests.support.projects import AlembicProject


@pytest.fixture
async def pool(empty_project: AlembicProject) -> AsyncIterator[WorkerPool]:
    empty_project.revision("a1")
    (empty_project.root / "settings.py").write_text("WORD = 'first'\n")
    env = empty_project.root / "alembic" / "env.py"
    env.write_text("import settings\nprint(settings.WORD)\n" + env.read_text())
    project = open_project(OpenOptions(directory=empty_project.root, python=sys.executable))
    assert isinstance(project, Project)
    pool = WorkerPool(project)
    yield pool
    await pool.close()


async def word(pool: WorkerPool, *, runner: bool = False) -> str:
    seen: list[protocol.Event] = []
    if runner:
        async with pool.running() as client:
            await client.request(protocol.Status(), seen.append)
    else:
        await pool.reader().request(protocol.Status(), seen.append)
    return next(event.text for event in seen if isinstance(event, protocol.Output))


def change(project: AlembicProject, text: str) -> None:
    (project.root / "settings.py").write_text(text)


async def test_a_reload_takes_over_when_it_is_ready(
    pool: WorkerPool, empty_project: AlembicProject
) -> None:
    assert await word(pool) == "first"
    old = pool.reader()
    change(empty_project, "WORD = 'the second'\n")
    reload = asyncio.create_task(pool.reload())
    await asyncio.sleep(0)
    assert pool.stale
    assert pool.reader() is old
    assert await word(pool) == "first"
    await reload
    assert not pool.stale
    assert await word(pool) == "the second"
    assert not old.alive


async def test_code_that_does_not_import_leaves_the_old_reader_stale(
    pool: WorkerPool, empty_project: AlembicProject
) -> None:
    assert await word(pool) == "first"
    change(empty_project, "WORD = \n")
    with pytest.raises(WorkerFailed) as caught:
        await pool.reload()
    assert caught.value.failed.kind == "project"
    assert caught.value.failed.file == str((empty_project.root / "settings.py").resolve())
    assert pool.stale
    assert await word(pool) == "first"
    change(empty_project, "WORD = 'mended'\n")
    await pool.reload()
    assert not pool.stale
    assert await word(pool) == "mended"


async def test_of_several_reloads_the_last_one_decides(
    pool: WorkerPool, empty_project: AlembicProject
) -> None:
    await word(pool)
    change(empty_project, "WORD = 'second'\n")
    first = asyncio.create_task(pool.reload())
    await asyncio.sleep(0)
    change(empty_project, "WORD = 'third, longer'\n")
    await asyncio.gather(first, pool.reload())
    assert await word(pool) == "third, longer"
    assert not pool.stale


async def test_a_runner_has_the_latest_code(
    pool: WorkerPool, empty_project: AlembicProject
) -> None:
    assert await word(pool) == "first"
    change(empty_project, "WORD = 'just saved'\n")
    assert await word(pool, runner=True) == "just saved"
    assert await word(pool) == "first"


async def test_a_prepared_runner_is_used_unless_the_code_changed(
    pool: WorkerPool, empty_project: AlembicProject
) -> None:
    await pool.prepare_runner()
    async with pool.running() as client:
        assert client.alive
    await pool.prepare_runner()
    change(empty_project, "WORD = 'changed since'\n")
    pool.code_changed()
    assert await word(pool, runner=True) == "changed since"


async def test_the_runner_of_a_rehearsal_stays_until_the_code_changes(
    pool: WorkerPool, empty_project: AlembicProject
) -> None:
    async with pool.rehearsing() as first:
        await first.start()
    async with pool.rehearsing() as again:
        assert again is first
    assert await pool_runner_is_another(pool, first), "a run gets a process of its own"
    change(empty_project, "WORD = 'changed since'\n")
    pool.code_changed()
    async with pool.rehearsing() as fresh:
        assert fresh is not first
        await fresh.start()
    with pytest.raises(RuntimeError):
        async with pool.rehearsing():
            raise RuntimeError
    assert not pool.rehearser
    await pool.close()
    assert not first.alive
    assert not fresh.alive


async def pool_runner_is_another(pool: WorkerPool, one: WorkerClient) -> bool:
    async with pool.running() as client:
        return client is not one


async def test_close_leaves_no_process(pool: WorkerPool) -> None:
    pids = [(await pool.reader().start()).pid, (await pool.runner().start()).pid]
    await pool.prepare_runner()
    await pool.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_a_runner_ends_also_where_its_user_is_cancelled_meanwhile(pool: WorkerPool) -> None:
    client = pool.runner()
    ready = await client.start()
    ending = asyncio.create_task(pool.release(client))
    await asyncio.sleep(0)  # it is under way
    ending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ending
    await pool.close()
    with pytest.raises(ProcessLookupError):
        os.kill(ready.pid, 0)


async def test_a_reload_takes_the_process_kept_warm(pool: WorkerPool) -> None:
    before = pool.reader()
    await before.request(protocol.Status())
    await pool.warm_up()
    warm = pool._warm
    await pool.reload()
    assert pool.reader() is warm
    assert pool.reader() is not before
    assert not pool.stale
