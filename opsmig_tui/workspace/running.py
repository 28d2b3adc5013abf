"""A run under way: the worker's events become output lines and the progress of the state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from opsmig_tui.worker import protocol
from opsmig_tui.workspace.state import RunChanged, RunPhase, RunView

if TYPE_CHECKING:
    from opsmig_tui.services.worker_client import WorkerClient
    from opsmig_tui.workspace.workspace import Workspace


class RunReporter:
    """Turns one run's events into lines. Holds the numbers of the lines that will be completed."""

    def __init__(self, workspace: Workspace, title: str, command: str) -> None:
        self.workspace = workspace
        self.view = RunView(title, command)
        self._step_line: int | None = None
        self._sql_lines: dict[int, int] = {}
        self._say("command", f"$ {command}")
        self._show()

    def __call__(self, event: protocol.Event) -> None:
        match event:
            case protocol.StepStart():
                self._step_start(event)
            case protocol.StepEnd():
                self._complete(self._step_line, "done", event.elapsed_ms)
                self._step_line = None
            case protocol.SqlStart():
                text = " ".join(event.sql.split())
                line = self.workspace.output.append(
                    "sql", text, state="running", file=event.file, line=event.line
                )
                self._sql_lines[event.number] = line.number
            case protocol.SqlEnd():
                number = self._sql_lines.pop(event.number, None)
                self._complete(number, "done", event.elapsed_ms, event.rows)
            case protocol.Output():
                self._say("print", event.text)
            case protocol.Log():
                self._say("log", f"{event.level} {event.logger}: {event.text}")
            case protocol.Notice():
                self._say("notice", f"{event.severity}: {event.text}")
            case protocol.Commit():
                self._say("info", f"committed {', '.join(event.revisions)}".rstrip())
            case protocol.Rollback():
                self._say("warning", "rolled back")
        self.workspace.output_moved()

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
        )
        self._show()

    def succeed(self, text: str) -> None:
        """The run ended well; `text` is read back from the database."""
        self._say("success", text)
        self._end("done", text)

    def fail(self, failed: protocol.Failed) -> None:
        """The run ended without its result: the statement, the place, the server's words, and
        where the database stands now."""
        for number in self._sql_lines.values():
            self._complete(number, "failed", None)
        self._complete(self._step_line, "failed", None)
        kind: RunPhase = "cancelled" if failed.kind == "cancelled" else "failed"
        self._say("warning" if kind == "cancelled" else "error", failed.message)
        for text in failure_details(failed):
            self._say("info", text)
        self._end(kind, failed.message)

    def _end(self, phase: RunPhase, message: str) -> None:
        self.view = replace(self.view, phase=phase, message=message)
        self._show()
        self.workspace.output_moved()

    def cancelling(self) -> None:
        if self.view.active:
            self.view = replace(self.view, phase="cancelling")
            self._say("warning", "cancelling: the running statement is cancelled on the server …")
            self._show()

    def _say(self, kind: str, text: str) -> None:
        self.workspace.output.append(kind, text)  # type: ignore[arg-type]
        self.workspace.output_moved()

    def _complete(
        self, number: int | None, state: str, elapsed: float | None, rows: int | None = None
    ) -> None:
        if number is not None:
            self.workspace.output.replace(number, state=state, elapsed_ms=elapsed, rows=rows)

    def _show(self) -> None:
        self.workspace.dispatch(RunChanged(self.view))


def failure_details(failed: protocol.Failed) -> list[str]:
    """Everything known about a failure beside its message, a line each, for output and command."""
    place = f"{failed.file}:{failed.line}" if failed.file else ""
    found = [
        ("detail", failed.detail),
        ("hint", failed.hint),
        ("statement", " ".join(failed.statement.split())),
        ("at", place),
        ("committed", ", ".join(failed.committed)),
        ("rolled back", ", ".join(failed.rolled_back)),
    ]
    lines = [f"{name}: {text}" for name, text in found if text]
    if failed.current is not None:
        lines.append(f"the database stands at {position(failed.current)}")
    return lines


def position(current: tuple[str, ...]) -> str:
    """The version table's ids as words."""
    return ", ".join(current) if current else "base (no revision applied)"


async def run_with(
    workspace: Workspace, client: WorkerClient, request: protocol.Request, reporter: RunReporter
) -> object:
    """Sends a mutating request, keeps it cancellable, and reports a failure before raising it.

    Raises WorkerFailed.
    """
    from opsmig_tui.services.worker_client import WorkerFailed

    workspace.active, workspace.reporter = client, reporter
    try:
        return await client.request(request, reporter)
    except WorkerFailed as error:
        reporter.fail(error.failed)
        raise
    finally:
        workspace.active = workspace.reporter = None


def cancel(workspace: Workspace, force: bool) -> bool:
    """Cancels what `run_with` is waiting for. False when nothing runs."""
    if workspace.active is None or workspace.reporter is None:
        return False
    workspace.reporter.cancelling()
    workspace.active.cancel_running(force)
    return True
