"""The worker processes of one opened project: started when first needed, as new as the files."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Interpreter, Project
from opsmig_tui.worker.protocol import Place
from opsmig_tui.workspace.state import InterpreterSought

if TYPE_CHECKING:
    from opsmig_tui.services.worker_client import WorkerClient
    from opsmig_tui.services.worker_pool import WorkerPool
    from opsmig_tui.workspace.workspace import Workspace

# Somebody may be installing the environment just now; package tools need seconds to answer.
SEEK_AGAIN_SECONDS = 30.0


class Workers:
    """The pool of processes, and what is going on with it in the background."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._pool: WorkerPool | None = None
        self._closed = False
        self._seeking = asyncio.Lock()
        self._seek_again = 0.0
        self._preparing: asyncio.Task[None] | None = None
        self._prepared_at = 0.0
        self._rehearser_at = 0.0
        self._reloading: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def pool(self) -> WorkerPool:
        """Asking starts no process; the first request does. Raises OpsmigError when closed."""
        from opsmig_tui.services.worker_pool import WorkerPool

        if self._closed:
            raise OpsmigError("The project has been closed.")
        project = self._workspace.project
        # A pool made before the interpreter was found has no process to lose.
        if self._pool is None or self._pool.project.interpreter != project.interpreter:
            self._pool = WorkerPool(project)
        return self._pool

    @property
    def stale(self) -> bool:
        """Whether the resident worker still has the project's code as it was before a change."""
        return self._pool is not None and self._pool.stale

    async def reader(self, *, fresh: bool = False) -> WorkerClient:
        """The resident worker for all that only reads.

        `fresh`: only once it has imported the code as it is now; without that it may, for as long
        as this takes, answer for the code before. Raises OpsmigError, and with `fresh` WorkerFailed
        when the changed code cannot be imported.
        """
        await self.know_interpreter()
        if fresh:
            await self._current()
        return self.pool.reader()

    async def know_interpreter(self) -> None:
        """Looks for it again where none was found.

        Asks the package tools as well (poetry, pdm …): they take seconds, so not at start.
        """
        async with self._seeking:
            if self._workspace.project.interpreter is None and time.monotonic() > self._seek_again:
                found = await asyncio.to_thread(_seek_interpreter, self._workspace.project)
                self._seek_again = time.monotonic() + SEEK_AGAIN_SECONDS
                self._workspace.dispatch(found)

    async def use(self, interpreter: Interpreter) -> None:
        """Ends every process; those that follow are of this Python."""
        old, self._pool = self._pool, None
        for task in (self._preparing, self._reloading):
            if task is not None and not task.done():
                task.cancel()
                self._keep(task)
        self._preparing = self._reloading = None
        self._workspace.dispatch(InterpreterSought(interpreter))
        if old is not None:
            await old.close()

    async def renew(self) -> None:
        """Ends every process: the next one has run none of the project's code."""
        if (python := self._workspace.project.interpreter) is not None:
            await self.use(python)

    # ------------------------------------------------------------------------------------- reload

    def code_changed(self) -> None:
        """Lets a new worker import the changed code at once; the old one answers until then."""
        pool = self._pool
        if pool is None:
            return
        if self._reloading is not None and not self._reloading.done():
            if pool.stale:
                self._reloading.cancel()  # what it imports is out of date
            self._keep(self._reloading)
        pool.code_changed()
        self._reloading = self._reload() if pool.stale else None

    async def warm_up(self) -> None:
        """Starts the process that the next changed file is going to be imported in."""
        if self._pool is not None and not self._closed:
            await self._pool.warm_up()

    def _reload(self) -> asyncio.Task[None]:
        task = asyncio.create_task(self.pool.reload())
        task.add_done_callback(_look_at)
        return task

    async def _current(self) -> None:
        """Waits until the resident worker has the code as it is. Raises WorkerFailed."""
        while self.stale:
            task = self._reloading
            if task is None or task.done():
                task = self._reloading = self._reload()
            await asyncio.wait([task])
            if task is self._reloading and not task.cancelled() and (error := task.exception()):
                raise error

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    # -------------------------------------------------------------------------------------- runner

    def prepare_runner(self, *, rehearsing: bool = False) -> None:
        """Lets a runner import the project's code while the plan is made and read."""
        if rehearsing and self._pool is not None and self._pool.rehearser:
            return
        if self._preparing is None or self._preparing.done():
            self._preparing = asyncio.create_task(self._prepare())
            # What went wrong in there the runner used for the run is going to say itself.
            self._preparing.add_done_callback(_look_at)

    async def _prepare(self) -> None:
        await self.know_interpreter()
        self._prepared_at = time.time()
        await self.pool.prepare_runner()

    @asynccontextmanager
    async def runner(self) -> AsyncIterator[WorkerClient]:
        """A worker for one thing that changes something, stopped at the end of the block.

        It has imported the project's code as it is on disk now: a question may have stood for
        minutes, and nobody may have watched the files meanwhile.
        """
        await self._prepared()
        if await self._saved_since(self._prepared_at):
            self.pool.code_changed()
        async with self.pool.running() as client:
            yield client

    @asynccontextmanager
    async def rehearsing(self) -> AsyncIterator[WorkerClient]:
        """As `runner`, but it stays for the next rehearsal while the code is the same."""
        await self._prepared()
        since = self._rehearser_at if self.pool.rehearser else self._prepared_at
        if await self._saved_since(since):
            since = time.time()
            self.pool.code_changed()
        self._rehearser_at = since
        async with self.pool.rehearsing() as client:
            yield client

    async def _prepared(self) -> None:
        if self._preparing is not None:
            await asyncio.wait([self._preparing])
            self._preparing = None
        await self.know_interpreter()

    async def _saved_since(self, when: float) -> bool:
        newest = await asyncio.to_thread(_newest_source, self._workspace.project)
        return newest >= when

    @asynccontextmanager
    async def scratch(
        self, database: str, place: Place | None = None
    ) -> AsyncIterator[WorkerClient]:
        """A worker whose connections all go to this scratch database, stopped at the end."""
        await self.know_interpreter()
        async with self.pool.scratch(database, place) as client:
            yield client

    async def close(self) -> None:
        """Ends every process. Safe to call twice; nothing can be started afterwards."""
        self._closed = True
        for task in (self._preparing, self._reloading):
            if task is not None and not task.done():
                task.cancel()
                self._keep(task)
        if self._pool is not None:
            await self._pool.close()
        if self._ending:
            await asyncio.wait(set(self._ending))


def _look_at(task: asyncio.Task[None]) -> None:
    """Takes note of a failure that nobody awaits, so that asyncio does not report it."""
    if not task.cancelled():
        task.exception()


def _newest_source(project: Project) -> float:
    """When a file that the project's code comes from was last changed, as time.time()."""
    from opsmig_tui.services.model_files import model_roots, model_sources

    config = project.config
    files = [
        config.path,
        config.root / ".env",
        config.root / ".flaskenv",
        *config.script_location.glob("*.py"),
    ]
    newest = 0.0
    for path in (*files, *model_sources(model_roots(project))):
        try:
            newest = max(newest, path.stat().st_mtime)
        except OSError:
            continue  # gone, or never there: nothing of it will be imported
    return newest


def _seek_interpreter(project: Project) -> InterpreterSought:
    from opsmig_tui.project.chosen import chosen_python
    from opsmig_tui.project.interpreter import NoPython, find_interpreter
    from opsmig_tui.services.compose.inside import offer, only_service

    config = project.config
    try:
        found = find_interpreter(
            config,
            project.settings,
            project.python,
            project.repository,
            chosen=chosen_python(config.path),
        )
    except NoPython as error:
        if inside := only_service(project):
            return InterpreterSought(inside)
        parts = (str(error), offer(project), error.hint)
        return InterpreterSought(None, "; ".join(part for part in parts if part))
    except OpsmigError as error:
        return InterpreterSought(None, "; ".join(part for part in (str(error), error.hint) if part))
    return InterpreterSought(found)
