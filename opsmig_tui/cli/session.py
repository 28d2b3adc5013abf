"""Running one use case from the command line: the loop, ctrl+c, and how errors end."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import click

from opsmig_tui.cli.options import open_one
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Project

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace

CANCELLED = 130


def run(given: dict[str, Any], use: Callable[[Workspace], Awaitable[int]], *, trust: bool) -> int:
    """Opens the project, runs `use` with its workspace and returns the exit status.

    `trust`: the command is one that alembic itself would need the project's code for, so calling it
    is the yes. It holds for this call and is not remembered.
    """
    from opsmig_tui.project.trust import is_trusted
    from opsmig_tui.workspace.workspace import Workspace

    project = open_one(given, run_tools=trust)
    check_settings(project)
    trusted = trust or project.is_sample or is_trusted(project.repository or project.root)

    async def session() -> int:
        workspace = Workspace(project, trusted=trusted)
        _cancel_on_interrupt(workspace)
        try:
            workspace.read_history()
            return await use(workspace)
        finally:
            await workspace.close()

    return asyncio.run(session())


def check_settings(project: Project) -> None:
    """Raises OpsmigError for a rule in `ignore` that does not exist."""
    if project.settings.ignore:
        from opsmig_tui.review.rules import check_rule_ids

        check_rule_ids(project.settings.ignore, str(project.settings.path))


def _cancel_on_interrupt(workspace: Workspace) -> None:
    """ctrl+c cancels the run, pressed again harder; without a run it ends the command."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    pressed = False

    def interrupted() -> None:
        nonlocal pressed
        if not workspace.cancel(force=pressed) and task is not None:
            task.cancel()
        pressed = True

    if sys.platform != "win32":
        loop.add_signal_handler(signal.SIGINT, interrupted)
        loop.add_signal_handler(signal.SIGTERM, interrupted)


def guarded(call: Callable[[], int]) -> int:
    """Turns what a person can mend into one sentence on stderr and an exit status."""
    from opsmig_tui.services.worker_client import WorkerFailed

    try:
        return call()
    except OpsmigError as error:
        click.echo(f"{'' if error.exit_status == 0 else 'opsmig: '}{error}", err=True)
        if error.hint:
            click.echo(error.hint, err=True)
        return error.exit_status
    except WorkerFailed as error:
        show_failure(error)
        return CANCELLED if error.failed.kind == "cancelled" else 2
    except (asyncio.CancelledError, KeyboardInterrupt):
        click.echo("opsmig: interrupted", err=True)
        return CANCELLED


def show_failure(error: Any) -> None:
    """The last line of the real error, where it is, and the rest."""
    from opsmig_tui.workspace.running import failure_details

    failed = error.failed
    click.echo(f"opsmig: {failed.message}", err=True)
    for line in failure_details(failed):
        click.echo(f"  {line}", err=True)
    if failed.traceback and failed.kind in ("project", "crash", "protocol"):
        click.echo(failed.traceback.rstrip(), err=True)
