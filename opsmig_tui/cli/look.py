"""Commands that only look: history, status, check."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from opsmig_tui.cli.options import project_options
from opsmig_tui.cli.session import guarded, run

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace


@click.command()
@project_options
@click.option("-n", "limit", type=click.IntRange(min=1), help="How many revisions, newest first.")
@click.option("-r", "span", metavar="RANGE", help="As alembic takes it, e.g. -10:current.")
@click.option("--since", metavar="REF", help="Those that are new on this branch beside REF.")
@click.option("-v", "--verbose", is_flag=True, help="Parent, path and docstring of each.")
@click.option("--all", "everything", is_flag=True, help="All of them, however many.")
@click.option("--applied", "ask", is_flag=True, help="Ask the database which are applied.")
@click.option("--git", "marks", is_flag=True, help="Where git has each: new, staged, untracked …")
@click.option("--json", "as_json", is_flag=True, help="The documented JSON document.")
@click.pass_context
def history(
    context: click.Context,
    /,
    limit: int | None,
    span: str | None,
    since: str | None,
    verbose: bool,
    everything: bool,
    ask: bool,
    marks: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Show the revision history as a graph, read from the files.

    Exit status: 0, or 2 when it could not be read, or the database not be asked.
    """
    # A range that speaks of the current revision cannot be read from files alone.
    asks = ask or (span is not None and "current" in span)

    async def use(workspace: Workspace) -> int:
        from opsmig_tui.cli.history import show_history
        from opsmig_tui.workspace.review_many import new_since

        only = await new_since(workspace, since) if since is not None else None
        if marks or since is not None:
            await workspace.refresh("git")
        if asks:
            await workspace.refresh("status")
        most = None if everything or as_json else 50
        show_history(
            workspace.state,
            limit=limit or most,
            span=span,
            only=only,
            verbose=verbose,
            as_json=as_json,
        )
        return 2 if workspace.state.status.phase == "failed" else 0

    context.exit(guarded(lambda: run(given, use, trust=asks)))


@click.command()
@project_options
@click.option("--json", "as_json", is_flag=True, help="The documented JSON document.")
@click.pass_context
def status(context: click.Context, /, as_json: bool, **given: Any) -> None:
    """Where the database stands: current, heads, pending, drift, container.

    Exit status: 0 up to date, 1 pending or drift, 2 could not tell.
    """

    async def use(workspace: Workspace) -> int:
        from opsmig_tui.cli.status import show_status
        from opsmig_tui.workspace.documents import status_document, status_exit

        await workspace.refresh("status", "container", "git")
        if workspace.state.status.phase == "ready":
            await workspace.refresh("drift")
        if as_json:
            click.echo(json.dumps(status_document(workspace.state), indent=2))
        else:
            show_status(workspace.state)
        return status_exit(workspace.state)

    context.exit(guarded(lambda: run(given, use, trust=True)))


@click.command()
@project_options
@click.option("--json", "as_json", is_flag=True, help="The documented JSON document.")
@click.pass_context
def check(context: click.Context, /, as_json: bool, **given: Any) -> None:
    """What autogenerate would emit now. Exit status: 0 nothing, 1 drift, 2 could not tell."""

    async def use(workspace: Workspace) -> int:
        from opsmig_tui.cli.status import show_drift
        from opsmig_tui.workspace.documents import drift_document

        await workspace.refresh("status", "drift")
        drift = workspace.state.drift
        if as_json:
            click.echo(json.dumps(drift_document(workspace.state), indent=2))
        else:
            show_drift(workspace.state)
        if drift.value is None or drift.phase == "failed":
            return 2
        return 1 if drift.value.operations else 0

    context.exit(guarded(lambda: run(given, use, trust=True)))
