"""A run under way: the worker's events become output lines and the progress of the state."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from opsmig_tui import __version__
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services.run_history import step_times
from opsmig_tui.services.run_log import RunLog, failure_for_log
from opsmig_tui.worker import protocol
from opsmig_tui.workspace.crash import crash_line
from opsmig_tui.workspace.estimate import left_ms
from opsmig_tui.workspace.failure_text import committed, failure_details, position
from opsmig_tui.workspace.state import RunChanged, RunPhase, RunView
from opsmig_tui.workspace.waiting import age_text, progress_text, signature, wait_lines

if TYPE_CHECKING:
    from opsmig_tui.services.worker_client import WorkerClient
    from opsmig_tui.workspace.workspace import Workspace


SQL = (protocol.SqlStart, protocol.SqlEnd)
#: Events that a run's log has a line for; a wait has one when something about it changes.
LOGGED = (
    protocol.StepStart,
    protocol.StepEnd,
    *SQL,
    protocol.WaitEnd,
    protocol.Commit,
    protocol.Rollback,
)
# The step lines say the same, with their number and time.
STEP_LOGGER, STEP_RECORDS = "alembic.runtime.migration", ("Running upgrade", "Running downgrade")


class RunReporter:
    """Turns one run's events into lines. Holds the numbers of the lines that will be completed.

    Made by `reported`, in the task that the run is done in.
    """

    def __init__(self, workspace: Workspace, title: str, command: str) -> None:
        self.workspace = workspace
        self.view = RunView(title, command)
        self.client: WorkerClient | None = None
        self.stopping = False
        self.interrupted = False
        self._forced_at: float | None = None
        self._killed = False
        self._between = False
        self._task = asyncio.current_task()
        self._step_line: int | None = None
        self._sql_lines: dict[int, int] = {}
        self._sql_begun = 0.0
        self._sql = ""
        self._told_wait: tuple[object, ...] | None = None
        self._why = ""
        self._steps: tuple[str, ...] = ()
        self._known: dict[str, float] = {}
        self._done: dict[str, float] = {}
        self.dropped = False
        """It ran in a database that is dropped by its end, and with it what was still under way."""
        self.log = RunLog(lambda problem: self.say("warning", problem))
        self.say("command", command)
        self._show()

    def __call__(self, event: protocol.Event) -> None:
        if isinstance(event, LOGGED):
            self.log.told(event, flush=not isinstance(event, SQL))
        match event:
            case protocol.StepStart():
                self._step_start(event)
            case protocol.StepEnd():
                self._complete(self._step_line, "done", event.elapsed_ms)
                self._step_line = None
                self._done[event.revision] = event.elapsed_ms
            case protocol.SqlStart():
                text = " ".join(event.sql.split())
                line = self.workspace.output.append(
                    "sql", text, state="running", file=event.file, line=event.line
                )
                self._sql_lines[event.number] = line.number
                self._sql, self._sql_begun = event.sql, time.monotonic()
            case protocol.SqlEnd():
                number = self._sql_lines.pop(event.number, None)
                self._complete(number, "done", event.elapsed_ms, event.rows)
            case protocol.Output():
                self.say("print", event.text)
            case protocol.Log():
                self._log(event)
            case protocol.Waiting():
                self._waiting(event)
            case protocol.WaitEnd():
                self._wait_over(event)
            case protocol.Progress():
                self._progress(event)
            case protocol.Notice():
                self.say("notice", f"{event.severity}: {event.text}")
            case protocol.Commit():
                self.say("info", committed(event.revisions))
            case protocol.Rollback():
                self.say("warning", "rolled back")
        self.workspace.output_moved()

    def _log(self, event: protocol.Log) -> None:
        if event.logger == STEP_LOGGER and event.text.startswith(STEP_RECORDS):
            return
        who = "" if event.logger.split(".")[0] == "alembic" else f"{event.level} {event.logger}: "
        self.say("log", who + event.text)

    def _waiting(self, event: protocol.Waiting) -> None:
        """Told anew where something changed; meanwhile the state has the wait as it is now."""
        told = signature(event)
        if told != self._told_wait:
            self._told_wait = told
            holders = tuple(replace(one, query="") for one in event.holders)
            self.log.told(replace(event, holders=holders), flush=True)
            first, *more = wait_lines(event)
            self.say("warning", first)
            for text in more:
                self.say("info", text)
        self.view = replace(self.view, waiting=event)
        self._show()

    def _wait_over(self, event: protocol.WaitEnd) -> None:
        self._told_wait = None
        self.say("info", f"the wait is over after {age_text(event.elapsed_ms)}")
        self.view = replace(self.view, waiting=None)
        self._show()

    def _progress(self, event: protocol.Progress) -> None:
        """Noted at the running statement; at the step where the driver itself was asked."""
        text = progress_text(event, self._sql if self._sql_lines else "")
        number = next(reversed(self._sql_lines.values()), self._step_line)
        for line in filter(None, {self._step_line, number}):
            self.workspace.output.replace(line, note=text if line == number else "")

    def _step_start(self, event: protocol.StepStart) -> None:
        arrow = "▲" if event.direction == "upgrade" else "▼"
        text = f"{arrow} {event.number} of {event.total}  {event.revision}  {event.message}"
        line = self.workspace.output.append("step", text, state="running")
        self._step_line = line.number
        self.view = replace(
            self.view,
            number=event.number,
            total=event.total,
            step=event.revision,
            message=event.message,
            left_ms=left_ms(self._steps[event.number - 1 :], self._known, self._done),
        )
        self._show()

    async def send(
        self,
        client: WorkerClient,
        request: protocol.Request,
        *,
        quiet: bool = False,
        also: Callable[[protocol.Event], None] | None = None,
    ) -> object:
        """Has the worker do it, its events shown unless `quiet`; `also` gets those that are. Raises
        WorkerFailed.

        After the answer a cancel no longer interrupts what only reads how it went; it keeps the
        next request from being sent.
        """
        from opsmig_tui.services.worker_client import WorkerFailed

        if self.stopping:
            raise WorkerFailed(CANCELLED)
        self.client, self._between = client, False
        if isinstance(request, protocol.Run) and not quiet:
            await self._look_back(request)
        if isinstance(request, (protocol.Run, protocol.Stamp)) and not quiet:
            self._log_plan(request)

        def told(event: protocol.Event) -> None:
            self(event)
            if also is not None:
                also(event)

        try:
            return await client.request(request, None if quiet else told)
        except WorkerFailed as error:
            if self._killed and error.failed.kind == "crash":
                raise WorkerFailed(KILLED) from error
            raise
        finally:
            self.client, self._between = None, True

    async def _look_back(self, request: protocol.Run) -> None:
        """How long these steps took before, for an estimate of the whole."""
        root = self.workspace.project.config.root
        self._steps, self._done = request.steps, {}
        self._known = await asyncio.to_thread(step_times, root, request.direction)

    def _log_plan(self, request: protocol.Run | protocol.Stamp) -> None:
        """Only what changes a database is logged: a log begins with its first run."""
        from opsmig_tui.workspace.apply import identity_text

        databases = [identity_text(one.identity) for one in request.expected]
        self.log.begin(
            opsmig=__version__,
            project=str(self.workspace.project.config.root),
            title=self.view.title,
            command=self.view.command,
            databases=databases,
        )
        at = [one.current for one in request.expected]
        direction, target = "stamp", ""
        steps: tuple[str, ...] = ()
        digests: tuple[str, ...] = ()
        if isinstance(request, protocol.Run):
            direction, target, steps = request.direction, request.target, request.steps
            digests = request.digests
        else:
            target = " ".join(request.targets)
        self.log.line(
            "plan",
            direction=direction,
            target=target,
            steps=steps,
            digests=digests,
            databases=databases,
            current=at,
        )

    def cancel(self, force: bool) -> None:
        """Stops what is under way: in the worker, or before it has been asked for anything.

        `force` interrupts the project's Python code. Where that was asked for before and the run
        goes on, the worker is killed: code that swallows every interrupt must not hold the screen.
        """
        if not self.view.active:
            return
        if not self.stopping:
            self.stopping = True
            self.view = replace(self.view, phase="cancelling")
            what = "the running statement is cancelled on the server …" if self._asked else "…"
            self.say("warning", f"cancelling: {what}")
            self._show()
        if self._asked:
            assert self.client is not None
            if force:
                self._harder(self.client)
            else:
                self.client.cancel_running()
        elif self._task is not None and not self.interrupted and (force or not self._between):
            self.interrupted = True
            self._task.cancel()

    def _harder(self, client: WorkerClient) -> None:
        if self._forced_at is None:
            self._forced_at = time.monotonic()
            self.say("warning", "cancelling harder: the Python code is interrupted …")
            client.cancel_running(force=True)
        elif not self._killed and time.monotonic() - self._forced_at >= KILL_AFTER:
            self._killed = True
            self.say("warning", "the worker is killed …")
            client.kill_running()
        self.workspace.output_moved()

    @property
    def _asked(self) -> bool:
        return self.client is not None and self.client.waiting > 0

    def succeed(self, text: str) -> None:
        """The run ended well; `text` is read back from the database."""
        self.say("success", text)
        self._end("done", text)

    def fail(self, failed: protocol.Failed, phase: RunPhase | None = None) -> None:
        """The run ended without its result: the statement, the place, the server's words, and
        where the database stands now. Said once. Without a `phase` the kind of failure says it."""
        if not self.view.active:
            return
        phase = phase or _PHASES.get(failed.kind, "failed")
        state = phase if phase in ("refused", "stopped") else "failed"
        took = (time.monotonic() - self._sql_begun) * 1000
        for number in self._sql_lines.values():
            self._complete(number, state, took)
        self._complete(self._step_line, state, None)
        told = failure_for_log(failed)
        self._why = str(told.get("message", ""))
        self.log.line("failed", **told)
        self.say("error" if phase == "failed" else "warning", failed.message)
        for text in failure_details(failed, self.workspace.project.root):
            self.say("info", text)
        killed = failed.kind == "crash" or failed is KILLED
        if killed and self.view.number and not self.dropped:
            self.say("warning", "the server may still be busy with the last statement: look again")
        self._end(phase, failed.message)

    def say_position(self) -> None:
        """Where the database stands, as it has just been read again."""
        status = self.workspace.state.status
        if status.phase == "ready":
            at = f"the database stands at {position(self.workspace.state.current or ())}"
        else:
            at = f"where the database stands could not be read: {status.problem}"
        self.say("info", at)

    def _end(self, phase: RunPhase, message: str) -> None:
        self.view = replace(self.view, phase=phase, message=message, waiting=None)
        self.log.end(phase=phase, message=message if phase == "done" else self._why)
        self._show()
        self.workspace.output_moved()

    def say(self, kind: str, text: str) -> None:
        """One more line of this run."""
        self.workspace.output.append(kind, text)  # type: ignore[arg-type]
        self.workspace.output_moved()

    def _complete(
        self, number: int | None, state: str, elapsed: float | None, rows: int | None = None
    ) -> None:
        if number is not None:
            done = {"state": state, "elapsed_ms": elapsed, "rows": rows, "note": ""}
            self.workspace.output.replace(number, **done)

    def _show(self) -> None:
        self.workspace.dispatch(RunChanged(self.view))


_PHASES: dict[str, RunPhase] = {"cancelled": "cancelled", "refused": "refused"}  # by kind
CANCELLED = protocol.Failed("cancelled", "Cancelled: nothing more was sent to the database.")
KILL_AFTER = 2.0
"""Seconds that interrupted code gets to end before a further press kills the worker."""
KILLED = protocol.Failed(
    "cancelled", "Cancelled: the worker was killed, and the server rolls back what was open."
)
INTERRUPTED = protocol.Failed("cancelled", "Interrupted: what was under way is cancelled.")


@asynccontextmanager
async def reported(
    workspace: Workspace, title: str, command: str, *, cancelled: protocol.Failed = CANCELLED
) -> AsyncIterator[RunReporter]:
    """One run, from its command line to its last one: however the block ends, the run is over.

    `cancelled` says what it means that it was cancelled.

    A cancel that came before the worker was asked for anything is raised as WorkerFailed, as one
    that came later is.
    """
    from opsmig_tui.services.worker_client import WorkerFailed

    reporter = workspace.reporter = RunReporter(workspace, title, command)
    try:
        yield reporter
    except WorkerFailed as error:
        reporter.fail(error.failed)
        raise
    except asyncio.CancelledError:
        reporter.fail(cancelled if reporter.interrupted else INTERRUPTED)
        task = asyncio.current_task()
        if reporter.interrupted and task is not None and task.uncancel() == 0:
            raise WorkerFailed(cancelled) from None
        raise
    except OpsmigError as error:
        reporter.fail(protocol.Failed("protocol", str(error), hint=error.hint))
        raise
    except Exception as error:
        reporter.fail(protocol.Failed("protocol", crash_line(error)))
        raise
    finally:
        workspace.reporter = None
