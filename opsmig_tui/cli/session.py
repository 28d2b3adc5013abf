"""Running one use case from the command line: the loop, ctrl+c, and how errors end."""

from __future__ import annotations

import asyncio
import errno
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import click

from opsmig_tui.cli.options import open_one
from opsmig_tui.cli.say import say
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Project

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace

CANCELLED = 130


def run(
    given: dict[str, Any],
    use: Callable[[Workspace], Awaitable[int]],
    *,
    trust: bool,
    app: bool = True,
) -> int:
    """Opens the project, runs `use` with its workspace and returns the exit status.

    `trust`: the command is one that alembic itself would need the project's code for, so calling it
    is the yes. It holds for this call and is not remembered. A Flask app is asked about beside it,
    unless the command does without one (`app`).
    """
    from opsmig_tui.project.trust import missing_yes
    from opsmig_tui.workspace.workspace import Workspace

    project = open_one(given, run_tools=trust)
    check_settings(project)
    missing = missing_yes(project, trusted=trust)

    async def session() -> int:
        trusted = not missing
        if trust and app and missing == "app":
            from opsmig_tui.cli.load_app import agree

            await agree(project)
            trusted = True
        workspace = Workspace(project, trusted=trusted)
        interrupts = Interrupts(workspace)
        try:
            workspace.read_history()
            status = await use(workspace)
        except asyncio.CancelledError:
            say("opsmig: interrupted", err=True)
            status = CANCELLED
        finally:
            interrupts.closing = True
            await workspace.close()
        return interrupts.status if status == CANCELLED else status

    return asyncio.run(session())


def check_settings(project: Project) -> None:
    """Raises OpsmigError for a rule in `ignore`, `severity` or `per-path` that does not exist."""
    settings = project.settings
    named = [
        *settings.ignore,
        *settings.severity,
        *(r for _, rules in settings.per_path for r in rules),
    ]
    if named:
        from opsmig_tui.review.rules import check_rule_ids

        check_rule_ids(named, str(settings.path))


class Interrupts:
    """ctrl+c, SIGTERM and SIGHUP: they cancel the run, another one harder; without a run each ends
    the command. `status` is what it then ends with, as a shell would have it.

    While it is `closing`, ctrl+c would only disturb the cleaning up; SIGTERM ends that, too."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.status = CANCELLED
        self.muted = self.closing = False
        self._task = asyncio.current_task()
        self._pressed = 0
        _interrupts.set(self)
        if sys.platform != "win32":
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                    loop.add_signal_handler(number, self._interrupted, number)

    def _interrupted(self, number: int) -> None:
        if self.muted and number == signal.SIGINT:
            return
        self.status = 128 + number
        self._pressed += 1
        if self.workspace.cancel(force=self._pressed > 1):
            return
        if self._task is not None and (not self.closing or number == signal.SIGTERM):
            self._task.cancel()


_interrupts: ContextVar[Interrupts] = ContextVar("interrupts")


@contextmanager
def muted() -> Iterator[None]:
    """For a program that has the terminal, an editor: ctrl+c is for it alone."""
    interrupts = _interrupts.get()
    interrupts.muted = True
    try:
        yield
    finally:
        interrupts.muted = False


def guarded(call: Callable[[], int]) -> int:
    """Turns what a person can mend into one sentence on stderr and an exit status."""
    from opsmig_tui.services.worker_client import WorkerFailed

    try:
        return call()
    except OpsmigError as error:
        say(f"{'' if error.exit_status == 0 else 'opsmig: '}{error}", err=True)
        if error.hint:
            say(error.hint, err=True)
        return error.exit_status
    except WorkerFailed as error:
        show_failure(error)
        return CANCELLED if error.failed.kind == "cancelled" else 2
    except (click.Abort, KeyboardInterrupt):
        say("\nopsmig: interrupted", err=True)
        return CANCELLED
    except (click.ClickException, click.exceptions.Exit):
        raise
    except Exception as error:
        from opsmig_tui.workspace.crash import crash_line

        if isinstance(error, OSError) and error.errno == errno.EPIPE:
            raise  # the reader of a pipe has gone, which click ends quietly
        say(f"opsmig: {crash_line(error)}", err=True)
        return 2


def show_failure(error: Any) -> None:
    """The last line of the real error, where it is, and the rest."""
    from opsmig_tui.workspace.failure_text import failure_details

    failed = error.failed
    say(f"opsmig: {failed.message}", err=True)
    for line in failure_details(failed):
        say(f"  {line}", err=True)
    if failed.traceback and failed.kind in ("project", "crash", "protocol"):
        say(failed.traceback.rstrip(), err=True)
