"""Ending another session's hold on the run: asked of the server by the worker that waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import Holder, StopResult, StopSession
from opsmig_tui.workspace.waiting import who

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace


def in_the_way(workspace: Workspace) -> tuple[Holder, ...]:
    """The sessions that the run waits for and that can be ended, those that hold the lock first.

    Raises OpsmigError with the reason where there is none.
    """
    run = workspace.state.run
    if run is None or run.waiting is None:
        raise OpsmigError("The run waits for no lock.")
    found = [one for one in run.waiting.holders if one.pid]
    if not found:
        raise OpsmigError(
            "No session holds the lock that could be ended.",
            hint="A prepared transaction ends by ROLLBACK PREPARED or COMMIT PREPARED.",
        )
    return tuple(sorted(found, key=lambda one: bool(one.waits_for)))


def idle(holder: Holder) -> bool:
    """Whether it runs no statement: then there is none to cancel."""
    return holder.state.startswith("idle")


async def stop_session(workspace: Workspace, holder: Holder, *, terminate: bool) -> str:
    """Cancels its statement or terminates it, if it still stands in the way.

    What came of it is told in the output, and returned. Raises WorkerFailed, and OpsmigError when
    the run is over.
    """
    reporter = workspace.reporter
    if reporter is None or reporter.client is None:
        raise OpsmigError("The run is over.")
    function = "pg_terminate_backend" if terminate else "pg_cancel_backend"
    workspace.log_command(f"SELECT {function}({holder.pid});")
    request = StopSession(holder.pid, holder.began, terminate)
    result: StopResult = await reporter.client.request(request)
    text = outcome(holder, result, terminate=terminate)
    good = result.outcome in ("released", "gone")
    reporter.say("info" if good else "warning", text)
    return text


def outcome(holder: Holder, result: StopResult, *, terminate: bool) -> str:
    """What became of it, in a sentence."""
    done = "terminated" if terminate else "cancelled"
    match result.outcome:
        case "released":
            return f"{who(holder)} was {done} and has let go"
        case "gone":
            return f"{who(holder)} no longer stands in the way: nothing was done to it"
        case "still" if terminate:
            return f"{who(holder)} was told to end, and has not yet"
        case "still":
            more = "it runs no statement; terminate it" if idle(holder) else "terminate it, or wait"
            return f"{who(holder)} was cancelled and still holds its lock: {more}"
        case _:
            return f"the server refused to end {who(holder)}: {result.problem}"
