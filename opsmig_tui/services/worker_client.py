"""One worker process, driven from asyncio: requests in, events and answers out."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import signal
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from opsmig_tui.project.model import Project
from opsmig_tui.services.pipe import Pipe, new_pipe
from opsmig_tui.services.worker_launch import Launch, launch_of
from opsmig_tui.worker import protocol

START_SECONDS = 60.0
STOP_SECONDS = 5.0
INTERRUPT_SECONDS = 2.0
"""How long a worker may take to end by itself (a run under way rolls back) before it is made to."""

OnEvent = Callable[[protocol.Event], None]


class WorkerFailed(Exception):
    """A request ended without its result; `failed` says everything that is known, redacted."""

    def __init__(self, failed: protocol.Failed) -> None:
        super().__init__(failed.message)
        self.failed = failed


@dataclass
class _Pending:
    op: str
    answer: asyncio.Future[Any]
    on_event: OnEvent | None = None


@dataclass
class _Process:
    """A child and what belongs to it, so that a late answer never meets a newer one."""

    child: asyncio.subprocess.Process
    events: Pipe
    launch: Launch
    ready: asyncio.Future[protocol.Ready]
    pending: dict[int, _Pending] = field(default_factory=dict)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    over: bool = False


class WorkerClient:
    """A worker of `project`; started on first use and again after it died.

    Requests are answered in their order. Sessions of a reader (the default) refuse to write to a
    PostgreSQL or SQLite database; so do those of a `runner`, except while it performs a `Run`. With
    `scratch`, all its connections go to the database of that name, of the project's own server or
    of that of a `place`, and may write.
    """

    def __init__(
        self,
        project: Project,
        *,
        runner: bool = False,
        scratch: str = "",
        place: protocol.Place | None = None,
        extra_environment: Mapping[str, str] | None = None,
    ) -> None:
        self.project = project
        self.runner = runner
        self.scratch, self.place = scratch, place
        self.generation = 0
        self.last_lines: deque[str] = deque(maxlen=50)
        self._extra = dict(extra_environment or {})
        self._process: _Process | None = None
        self._numbers = 0
        self._starting = asyncio.Lock()

    @property
    def alive(self) -> bool:
        """Whether a worker process is there and has not ended."""
        process = self._process
        return process is not None and not process.over and process.child.returncode is None

    @property
    def waiting(self) -> int:
        """How many requests are under way or in the queue."""
        return len(self._process.pending) if self._process is not None else 0

    async def start(self) -> protocol.Ready:
        """Start the process if there is none. Raises WorkerFailed, or OpsmigError without a Python.

        No code of the project has run when this returns.
        """
        async with self._starting:
            if not self.alive:
                self._process = await self._spawn()
            process = self._process
            assert process is not None
            try:
                # Not wait_for: before Python 3.12 that may lose a cancellation.
                async with asyncio.timeout(START_SECONDS):
                    return await asyncio.shield(process.ready)
            except TimeoutError:
                await self._kill(process)
                text = f"The worker did not start within {START_SECONDS:.0f} s."
                raise WorkerFailed(self._crash(text)) from None

    async def request(
        self,
        request: Any,
        on_event: OnEvent | None = None,
        timeout: float | None = None,
        *,
        interrupt: bool = False,
    ) -> Any:
        """Send one request and return its result dataclass (`protocol.RESULTS[request.op]`).

        `on_event` is called in the event loop for each event on the way; keep it cheap. Raises
        WorkerFailed; a worker silent beyond `timeout` seconds is ended, with `interrupt` only where
        an interrupt does not end the request. Cancelling the awaiting task cancels the request.
        """
        await self.start()
        process = self._process
        if process is None or process.over:
            raise WorkerFailed(self._crash("The worker was stopped while it started."))
        if refusal := process.launch.refusal(request):
            raise WorkerFailed(protocol.Failed("project", refusal))
        self._numbers += 1
        number = self._numbers
        pending = _Pending(request.op, asyncio.get_running_loop().create_future(), on_event)
        pending.answer.add_done_callback(_seen)
        process.pending[number] = pending
        self._send(process, number, request)
        try:
            async with asyncio.timeout(timeout):
                return await asyncio.shield(pending.answer)
        except TimeoutError:
            if (
                interrupt
                and timeout
                and (failed := await self._interrupt(process, number, timeout))
            ):
                raise WorkerFailed(failed) from None
            await self._kill(process)
            text = f"The worker gave no answer to {request.op} within {timeout:g} s."
            raise WorkerFailed(self._crash(text)) from None
        except asyncio.CancelledError:
            self._send_cancel(process, number, force=False)
            raise

    async def _interrupt(
        self, process: _Process, number: int, timeout: float
    ) -> protocol.Failed | None:
        """Interrupt the project's code, so that its traceback tells where it stood. None where it
        does not end by that."""
        pending = process.pending.get(number)
        if pending is None:
            return None
        self._send_cancel(process, number, force=True)
        await asyncio.wait([pending.answer], timeout=INTERRUPT_SECONDS)
        if not pending.answer.done() or not isinstance(
            error := pending.answer.exception(), WorkerFailed
        ):
            return None
        if error.failed.kind != "cancelled":
            return error.failed
        return replace(
            error.failed,
            kind="project",
            message=f"No answer to {pending.op} within {timeout:g} s: it was interrupted there.",
            hint="r tries again; env-timeout-seconds in [tool.opsmig] gives it more time.",
        )

    async def idle(self) -> None:
        """Wait until no request is under way; how they end does not matter."""
        while self._process is not None and self._process.pending:
            answers = [item.answer for item in self._process.pending.values()]
            await asyncio.wait(answers)

    def cancel_running(self, force: bool = False) -> None:
        """Cancel every request under way; `force` interrupts Python code at once."""
        process = self._process
        if process is not None and not process.over:
            for number in [n for n, item in process.pending.items() if item.op != "cancel"]:
                self._send_cancel(process, number, force)

    def kill_running(self) -> None:
        """End the process at once where a request is under way: it fails with the kind crash."""
        process = self._process
        if process is not None and process.pending:
            _signal_group(process.child, signal.SIGKILL)

    async def stop(self) -> None:
        """End the process: a run is cancelled first, and nothing outlives this call."""
        if self._process is None:
            async with self._starting:  # one that is being started would be left behind
                pass
        process, self._process = self._process, None
        if process is None:
            return
        await _end(process.child)
        _, held_open = await asyncio.wait(process.tasks, timeout=STOP_SECONDS)
        for task in held_open:  # a process that the project left behind has our pipes
            task.cancel()

    async def _spawn(self) -> _Process:
        launch = await launch_of(self.project, self._extra)
        events, theirs = await new_pipe()
        try:
            child = await asyncio.create_subprocess_exec(
                *launch.words,
                stdin=asyncio.subprocess.PIPE,
                stdout=theirs,
                stderr=asyncio.subprocess.PIPE,
                cwd=launch.folder,
                env=launch.environment,
                start_new_session=True,
            )
        except OSError as error:
            text = f"{launch.words[0]} could not be started: {error.strerror}."
            raise WorkerFailed(protocol.Failed("dependency", text)) from error
        finally:
            os.close(theirs)
        self.generation += 1
        self.last_lines.clear()
        process = _Process(child, events, launch, asyncio.get_running_loop().create_future())
        process.ready.add_done_callback(_seen)
        process.tasks.append(asyncio.create_task(self._read_events(process)))
        process.tasks.append(asyncio.create_task(self._read_stderr(process)))
        assert child.stdin is not None
        child.stdin.write(launch.first + self._start_line(launch))
        return process

    def _start_line(self, launch: Launch) -> bytes:
        """Everything the worker must know, on its stdin: a process list shows arguments."""
        config = self.project.config
        place = str if launch.places is None else launch.places.inward
        versions = [place(path) for path in config.version_locations]
        start = {
            "root": place(config.root),
            "config": place(config.path),
            "kind": config.kind,
            "section": config.section,
            # What is not there in a container stays alembic's own to find.
            "script_location": place(config.script_location) or None,
            "version_locations": versions if all(versions) else [],
            "x": list(self.project.x_arguments),
            "runner": self.runner,
            "scratch": self.scratch,
            "place": dataclasses.asdict(self.place) if self.place is not None else None,
            "app": config.flask_app or "",
            "companion_suffixes": list(self.project.settings.companion_suffixes),
        }
        return json.dumps(start).encode() + b"\n"

    def _send(self, process: _Process, number: int, request: Any) -> None:
        stdin = process.child.stdin
        if stdin is not None and not process.over:
            places = process.launch.places
            inward = places.request if places is not None else None
            stdin.write(protocol.encode_request(number, request, inward))

    def _send_cancel(self, process: _Process, target: int, force: bool) -> None:
        self._numbers += 1
        self._send(process, self._numbers, protocol.Cancel(target, force))

    async def _read_events(self, process: _Process) -> None:
        """Read until the end, then settle what still waits."""
        places = process.launch.places
        outward = places.event if places is not None else None
        problem = ""

        def on_line(line: bytes) -> bool:
            nonlocal problem
            try:
                number, event = protocol.decode_event(line, outward)
                self._handle(process, number, event)
                return isinstance(event, protocol.EXPENDABLE)
            except ValueError as error:
                problem = f"The worker said something that is not the protocol: {error}"
                if process.launch.service:  # the engine's own errors come this way
                    self.last_lines.append(protocol.mask(line.decode("utf-8", "replace")))
                _signal_group(process.child, signal.SIGKILL)
                return False

        try:
            await process.events.lines(on_line)
        finally:
            process.events.transport.close()
        process.over = True
        status = await _end(process.child)  # it may live on, its side of the pipe closed
        if process.tasks[1:]:
            await asyncio.wait(process.tasks[1:], timeout=1.0)
        failed = self._crash(problem or f"The worker ended unexpectedly: {_status(status)}.")
        for pending in process.pending.values():
            if not pending.answer.done():
                pending.answer.set_exception(WorkerFailed(failed))
        process.pending.clear()
        if not process.ready.done():
            began_none = process.launch.problem(list(self.last_lines))
            process.ready.set_exception(WorkerFailed(began_none or failed))

    def _handle(self, process: _Process, number: int | None, event: Any) -> None:
        if isinstance(event, protocol.Ready):
            if not process.ready.done():
                process.ready.set_result(event)
            return
        if isinstance(event, protocol.Failed) and number is None:
            if not process.ready.done():
                process.ready.set_exception(WorkerFailed(event))
            return
        if isinstance(event, protocol.Output) and event.stream == "stderr":
            self.last_lines.append(event.text)
        pending = process.pending.get(number or 0)
        if pending is None:
            return
        if isinstance(event, protocol.Done):
            del process.pending[number or 0]
            result = protocol.from_dict(protocol.RESULTS[pending.op], event.result)
            if not pending.answer.done():
                pending.answer.set_result(result)
        elif isinstance(event, protocol.Failed):
            del process.pending[number or 0]
            if not pending.answer.done():
                pending.answer.set_exception(WorkerFailed(event))
        elif pending.on_event is not None:
            pending.on_event(event)

    async def _read_stderr(self, process: _Process) -> None:
        """What is said before the worker took fd 2, or by a fatal error: kept for the message."""
        stderr = process.child.stderr
        assert stderr is not None
        held = b""
        while chunk := await stderr.read(1 << 16):
            *lines, held = (held + chunk).split(b"\n")
            self.last_lines.extend(line.decode("utf-8", "replace") for line in lines)
        if held:
            self.last_lines.append(held.decode("utf-8", "replace"))

    def _crash(self, text: str) -> protocol.Failed:
        tail = "\n".join(line for line in self.last_lines if line.strip())
        return dataclasses.replace(protocol.Failed("crash", text), detail=tail)

    async def _kill(self, process: _Process) -> None:
        process.over = True
        _signal_group(process.child, signal.SIGKILL)
        await process.child.wait()


async def _end(child: asyncio.subprocess.Process) -> int:
    """Tell a worker to stop, insist where it does not, and wait: its exit status."""
    if child.stdin is not None:
        with contextlib.suppress(OSError):
            child.stdin.close()  # the end of its input is what tells a worker to stop
    for insist in (signal.SIGTERM, signal.SIGKILL):
        try:
            async with asyncio.timeout(STOP_SECONDS):
                return await child.wait()
        except TimeoutError:
            _signal_group(child, insist)
    return await child.wait()


def _signal_group(child: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Signal the worker and whatever it started: it leads a session of its own."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)


def _status(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"


def _seen(future: asyncio.Future[Any]) -> None:
    """Look at a failure that nobody awaits, so that asyncio does not report it."""
    if not future.cancelled():
        future.exception()
