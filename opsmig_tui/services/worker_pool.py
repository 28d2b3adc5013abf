"""The workers of one opened project: a reader that stays, runners for what changes something."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from opsmig_tui.project.model import Project
from opsmig_tui.services.worker_client import WorkerClient, WorkerFailed
from opsmig_tui.worker import protocol

NOT_THE_CODE = ("connection", "database", "cancelled")
"""Kinds of failure that say nothing against the project's code: a spare that met one may serve."""


class WorkerPool:
    """Readers are swapped when the project's code changes; a run gets a process of its own."""

    def __init__(
        self, project: Project, extra_environment: Mapping[str, str] | None = None
    ) -> None:
        self.project = project
        self._extra = extra_environment
        self._reader: WorkerClient | None = None
        self._changes = 0
        self._served = 0
        self._spare: tuple[int, WorkerClient] | None = None
        self._rehearser: tuple[int, WorkerClient] | None = None
        self._warm: WorkerClient | None = None
        self._clients: set[WorkerClient] = set()
        self._stopping: set[asyncio.Task[None]] = set()

    def reader(self) -> WorkerClient:
        """The worker for everything that only reads. Started by its first request."""
        if self._reader is None:
            self._reader = self._client(runner=False)
            self._served = self._changes
        return self._reader

    @property
    def stale(self) -> bool:
        """Whether the reader still answers for code as it was before the last change."""
        return self._reader is not None and self._served != self._changes

    def runner(self) -> WorkerClient:
        """A worker that started after the last change of the project's code, for one run.

        Hand it to `release` afterwards, or use `running`.
        """
        spare, self._spare = self._spare, None
        if spare is not None:
            if spare[0] == self._changes:
                return spare[1]
            self._stop_later(spare[1])
        return self._client(runner=True)

    async def release(self, client: WorkerClient) -> None:
        """Stop a runner. Whoever waits for it may be cancelled: it ends all the same."""
        await asyncio.shield(self._stop_later(client))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[WorkerClient]:
        """A runner for as long as the block lasts."""
        client = self.runner()
        try:
            yield client
        finally:
            await self.release(client)

    @property
    def rehearser(self) -> bool:
        """Whether the runner of an earlier rehearsal is there for the next."""
        kept = self._rehearser
        return kept is not None and kept[0] == self._changes and kept[1].alive

    @asynccontextmanager
    async def rehearsing(self) -> AsyncIterator[WorkerClient]:
        """A runner that stays for the next rehearsal: none of what it does is to last, so what it
        imported may serve again for as long as the code is the same. One that failed is stopped."""
        ready, kept, self._rehearser = self.rehearser, self._rehearser, None
        if kept is not None and not ready:
            self._stop_later(kept[1])
        number, client = self._changes, kept[1] if kept is not None and ready else self.runner()
        try:
            yield client
        except BaseException:
            await self.release(client)
            raise
        if client in self._clients and number == self._changes and self._rehearser is None:
            self._rehearser = (number, client)
        else:
            await self.release(client)

    @asynccontextmanager
    async def scratch(
        self, database: str, place: protocol.Place | None = None
    ) -> AsyncIterator[WorkerClient]:
        """A runner whose connections all go to this scratch database."""
        client = self._client(runner=True, scratch=database, place=place)
        try:
            yield client
        finally:
            await self.release(client)

    async def prepare_runner(self) -> None:
        """Have a runner import the project ahead of time, while somebody reads a plan.

        It is used only when nothing changed in between. Raises what the project's code raises.
        """
        if self._spare is not None and self._spare[0] == self._changes:
            return
        stale, self._spare = self._spare, None
        if stale is not None:
            self._stop_later(stale[1])
        number, client = self._changes, self._client(runner=True)
        try:
            await client.request(protocol.Status())
        except BaseException:
            await self.release(client)
            raise
        if number == self._changes and self._spare is None:
            self._spare = (number, client)
        else:
            await self.release(client)

    def code_changed(self) -> None:
        """A file the project's code comes from was saved: prepared runners no longer count."""
        self._changes += 1
        kept, self._rehearser = self._rehearser, None
        if kept is not None:
            self._stop_later(kept[1])

    async def reload(self) -> None:
        """Let a fresh reader import the changed code, and swap it in when it is ready.

        Until then the old one answers. Raises WorkerFailed when the new code does not import; the
        old reader then stays, stale. Of several calls the last one decides.
        """
        self.code_changed()
        number = self._changes
        fresh, self._warm = self._warm or self._client(runner=False), None
        try:
            await fresh.request(protocol.Status())
        except WorkerFailed as error:
            if error.failed.kind not in NOT_THE_CODE:
                await self.release(fresh)
                raise
        except BaseException:
            await self.release(fresh)
            raise
        if number != self._changes:
            await self.release(fresh)
            return
        old, self._reader, self._served = self._reader, fresh, number
        if old is not None:
            await self._retire(old)

    async def warm_up(self) -> None:
        """Have the process of the next reload started: that saves it the import of alembic.

        None of the project's code has run in it. Raises WorkerFailed when it does not start.
        """
        if self._warm is None:
            self._warm = self._client(runner=False)
            await self._warm.start()

    async def close(self) -> None:
        """Stop every worker. Nothing is left running when this returns."""
        self._reader = self._spare = self._rehearser = self._warm = None
        clients, self._clients = list(self._clients), set()
        await asyncio.gather(*(client.stop() for client in clients), *self._stopping)

    async def _retire(self, client: WorkerClient) -> None:
        """Stop an old reader once what it was asked is answered."""
        await client.idle()
        await self.release(client)

    def _client(
        self, *, runner: bool, scratch: str = "", place: protocol.Place | None = None
    ) -> WorkerClient:
        client = WorkerClient(
            self.project,
            runner=runner,
            scratch=scratch,
            place=place,
            extra_environment=self._extra,
        )
        self._clients.add(client)
        return client

    def _stop_later(self, client: WorkerClient) -> asyncio.Task[None]:
        """`close` waits for it."""
        self._clients.discard(client)
        task = asyncio.create_task(client.stop())
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)
        return task
