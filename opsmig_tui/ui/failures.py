"""What becomes of an error: never a broken screen, always one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.workspace.crash import crash_line

if TYPE_CHECKING:
    from opsmig_tui.services.worker_client import WorkerFailed
    from opsmig_tui.ui.app import OpsmigApp
    from opsmig_tui.ui.screens.main import MainScreen

Work = Callable[[], Awaitable[object]]


async def guarded(app: OpsmigApp, work: Work) -> None:
    """Runs `work`. What a person can mend becomes a toast; what the worker answered a page with
    "retry"; anything else is a defect of ours: its traceback goes to a file, its name on screen.
    """
    from opsmig_tui.services.worker_client import WorkerFailed

    try:
        await work()
    except OpsmigError as error:
        show_error(app, error)
    except WorkerFailed as error:
        show_failure(app, error, work)
    except Exception as error:
        app.notify(crash_line(error), severity="error", timeout=15, markup=False)


def show_error(app: OpsmigApp, error: OpsmigError) -> None:
    """The sentence and, under it, the hint. A status of 0 means there was nothing to do."""
    text = "\n".join(part for part in (str(error), error.hint) if part)
    severity = "information" if error.exit_status == 0 else "warning"
    app.notify(text, severity=severity, timeout=8, markup=False)  # type: ignore[arg-type]


def show_failure(app: OpsmigApp, error: WorkerFailed, again: Work) -> None:
    """The failure page for a WorkerFailed; a cancelled request only says so."""
    from opsmig_tui.ui.screens.failure import FailureScreen

    failed = error.failed
    if failed.kind == "cancelled":
        app.notify(failed.message, severity="warning", markup=False)
        return

    def answered(retry: bool | None) -> None:
        if retry:
            app.start(again, group="job")

    app.push_screen(FailureScreen(failed, app.workspace.project.root), answered)


def show_last_failure(screen: MainScreen) -> None:
    """The page for what keeps the position or the comparison from being told; else says why there
    is none."""
    from opsmig_tui.services.worker_client import WorkerFailed

    state = screen.workspace.state

    async def again() -> None:
        await screen.workspace.refresh("status", "drift")

    failed = [part for part in (state.status, state.drift) if part.phase == "failed"]
    for part in failed:
        if part.failure is not None:
            show_failure(screen.host, WorkerFailed(part.failure), again)
            return
    said = failed[0].problem if failed else "Nothing has failed: the database answered."
    screen.tell(said, warning=bool(failed))
