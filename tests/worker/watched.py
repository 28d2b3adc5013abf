"""A run of one revision whose statements the test chooses, on a database of its own."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

from opsmig_tui.services.worker_client import WorkerClient, WorkerFailed
from opsmig_tui.worker import protocol
from tests.support.projects import write_project
from tests.worker.conftest import Told, opened, run_of
from tests.worker.rehearsals import request_of

ENV = """\
from alembic import context
from sqlalchemy import create_engine

engine = create_engine({url!r})
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
UPGRADE = """\
from pathlib import Path
for statement in Path({path!r}).read_text().split(";"):
    if statement.lstrip().startswith("@"):
        with op.get_context().autocommit_block():
            op.execute(statement.lstrip()[1:])
    else:
        op.execute(statement)
"""
PATIENCE_SECONDS = 90.0  # as at a terminal: six processes share two cores
TABLES = "CREATE TABLE vendor (id int PRIMARY KEY, name text); INSERT INTO vendor VALUES (1, 'x')"


class Live(Told):
    """The events of a run, to wait for."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []
        self._moved = asyncio.Event()

    def __call__(self, event: Any) -> None:
        super().__call__(event)
        self.times.append(asyncio.get_running_loop().time())
        self._moved.set()

    async def until(self, wanted: Callable[[Any], object]) -> Any:
        """The first event that `wanted` accepts, now or later."""
        at = 0
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                for event in self.events[at:]:
                    if wanted(event):
                        return event
                at = len(self.events)
                self._moved.clear()
                await self._moved.wait()

    async def wait_seen(self, wanted: Callable[[protocol.Waiting], object] = bool) -> Any:
        return await self.until(lambda one: isinstance(one, protocol.Waiting) and wanted(one))

    def when(self, event: Any) -> float:
        return self.times[next(at for at, one in enumerate(self.events) if one is event)]


Meanwhile = Callable[[Live, WorkerClient], Awaitable[None]]


class Watched:
    """`migrate(sql, meanwhile)` runs the statements as revision a1, and leaves it unapplied.

    A statement after @ runs in an autocommit_block of its own.
    """

    def __init__(self, root: Path, url: str) -> None:
        project = write_project(root)
        self.env = root / "alembic" / "env.py"
        self.env.write_text(ENV.format(url=url))
        self._statements = root / "statements.sql"
        project.revision("a1", upgrade=UPGRADE.format(path=str(self._statements)))
        self._loop = asyncio.new_event_loop()
        self._client = WorkerClient(opened(root, python=sys.executable), runner=True)

    def migrate(
        self, statements: str, meanwhile: Meanwhile | None = None
    ) -> tuple[Live, protocol.Failed | None]:
        """What was told, and how it failed if it did. What `meanwhile` leaves running, ends."""
        self._statements.write_text(statements)
        return self._loop.run_until_complete(self._migrate(meanwhile))

    def rehearse(self, statements: str, meanwhile: Meanwhile) -> protocol.RehearseResult:
        """The same as a rehearsal."""
        self._statements.write_text(statements)
        return self._loop.run_until_complete(self._rehearse(meanwhile))

    async def _rehearse(self, meanwhile: Meanwhile) -> protocol.RehearseResult:
        told = Live()
        plan = await self._client.request(protocol.Plan("upgrade", "head"))
        run = asyncio.create_task(self._client.request(request_of(plan, seconds=30), told))
        await meanwhile(told, self._client)
        async with asyncio.timeout(PATIENCE_SECONDS):
            result: protocol.RehearseResult = await run
        return result

    async def _migrate(self, meanwhile: Meanwhile | None) -> tuple[Live, protocol.Failed | None]:
        told = Live()
        plan = await self._client.request(protocol.Plan("upgrade", "head"))
        run = asyncio.create_task(self._client.request(run_of(plan), told))
        try:
            if meanwhile is not None:
                await meanwhile(told, self._client)
            async with asyncio.timeout(PATIENCE_SECONDS):
                await run
        except WorkerFailed as error:
            return told, error.failed
        finally:
            if not run.done():
                self._client.cancel_running()
                await asyncio.wait([run])
        down = await self._client.request(protocol.Plan("downgrade", "base"))
        await self._client.request(run_of(down))
        return told, None

    def stop(self) -> None:
        self._loop.run_until_complete(self._client.stop())
        self._loop.close()


def texts(events: Iterable[Any]) -> str:
    return "\n".join(event.text for event in events)
