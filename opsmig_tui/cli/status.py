"""Printing status and drift."""

from __future__ import annotations

from itertools import groupby

import click

from opsmig_tui.worker.protocol import DriftResult
from opsmig_tui.workspace.apply import identity_text
from opsmig_tui.workspace.running import position
from opsmig_tui.workspace.state import Loaded, WorkspaceState
from opsmig_tui.workspace.status import drift_count

SIGN_COLOURS = {"+": "green", "-": "red", "~": "yellow"}


def show_status(state: WorkspaceState) -> None:
    """The status as a few aligned lines."""
    status = state.status.value
    if state.database is None or status is None:
        _line("database", f"could not tell: {state.status.problem}")
    else:
        server = f"{state.database.identity.dialect} {state.database.server_version}"
        _line("database", f"{identity_text(state.database.identity)}  {server}")
        if state.locality is not None:
            _line("", state.locality.text)
        _line("current", position(state.current or ()))
        _line("heads", ", ".join(status.heads) or "none")
        _line("pending", _pending(len(status.pending)))
        if status.unknown:
            _line("unknown", f"{', '.join(status.unknown)}: no file has it")
    docker = state.container.value
    if docker is not None and docker.container is not None:
        _line("container", f"{docker.container.service}: {docker.container.state}")
    elif docker is not None:
        _line("container", docker.problem or "no compose service")
    count = drift_count(state)
    if count is not None:
        _line("drift", f"{count} operation{'s' if count != 1 else ''}" if count else "none")
    elif state.drift.problem:
        _line("drift", f"could not tell: {state.drift.problem}")


def _pending(count: int) -> str:
    return f"{count} revision{'s' if count != 1 else ''}" if count else "none"


def _line(name: str, text: str) -> None:
    click.echo(f"{name:<10} {text}")


def show_drift(drift: Loaded[DriftResult]) -> None:
    """One line an operation, grouped by table."""
    if drift.value is None or drift.phase == "failed":
        click.echo(f"could not tell: {drift.problem}", err=True)
        return
    if not drift.value.operations:
        click.echo("The models match the database.")
    for table, operations in groupby(drift.value.operations, key=lambda one: one.table):
        click.secho(table or "(no table)", bold=True)
        for one in operations:
            click.secho(f"  {one.sign} {one.text}", fg=SIGN_COLOURS.get(one.sign))
