"""Printing status and drift."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from opsmig_tui.cli.ghost import ghost_lines
from opsmig_tui.cli.say import say
from opsmig_tui.workspace.ahead import ahead_text
from opsmig_tui.workspace.apply import identity_text
from opsmig_tui.workspace.failure_text import failure_details, position
from opsmig_tui.workspace.state import Loaded, WorkspaceState
from opsmig_tui.workspace.status import behind, drift_count, lost, place_names, wrong_database

SIGN_COLOURS = {"+": "green", "-": "red", "~": "yellow"}


def show_status(state: WorkspaceState) -> None:
    """The status as a few aligned lines."""
    status = state.status.value
    if state.database is None or status is None:
        _line("database", f"could not tell: {state.status.problem}")
        _details(state.status)
    else:
        places = place_names(status.databases)
        server = f"{state.database.identity.dialect} {state.database.server_version}"
        _line("database", f"{identity_text(state.database.identity)}  {server}")
        if state.locality is not None:
            _line("", state.locality.text)
        if len(status.databases) == 1:
            _line("current", position(state.current or ()))
        for number, one in enumerate(status.databases if len(status.databases) > 1 else ()):
            said = f"{places[number]}  {position(one.current)}"
            _line("" if number else "current", said)
        _line("heads", ", ".join(status.heads) or "none")
        why = lost(state)
        if text := ahead_text(state):
            _line("", text)
        _line("pending", f"could not tell: {why}" if why else _pending(len(status.pending)))
    for text in ghost_lines(state):
        _line("", text)
    _container(state)
    count = drift_count(state)
    if state.drift.phase == "failed":
        _line("drift", f"could not tell: {state.drift.problem}")
        _details(state.drift)
    elif count is not None:
        _line("drift", f"{count} operation{'s' if count != 1 else ''}" if count else "none")
        if text := behind(state):
            _line("", text)


def _container(state: WorkspaceState) -> None:
    docker = state.container.value
    if docker is not None and docker.container is not None:
        one = docker.container
        about = (f"({one.detail})" if one.detail else "", one.image, *one.ports)
        _line("container", "  ".join(filter(None, (f"{one.service}: {one.state}", *about))))
        if docker.engine.name:
            _line("", docker.engine.name)
        if other := wrong_database(state):
            _line("", other)
    elif docker is not None:
        _line("container", docker.problem or "no compose service")
    elif state.container.problem:
        _line("container", f"could not tell: {state.container.problem}")


def _pending(count: int) -> str:
    return f"{count} revision{'s' if count != 1 else ''}" if count else "none"


def _line(name: str, text: str) -> None:
    say(f"{name:<10} {text}")


def _details(part: Loaded[Any]) -> None:
    """Where it failed: file, line, statement, what the database added."""
    if part.failure is not None:
        for line in failure_details(part.failure):
            say(f"  {line}", err=True)


def show_drift(state: WorkspaceState) -> None:
    """One line an operation, grouped by table."""
    drift = state.drift
    if drift.value is None or drift.phase == "failed":
        say(f"could not tell: {drift.problem}", err=True)
        _details(drift)
        return
    if not drift.value.operations:
        say("The models match the database.")
    for table, operations in groupby(drift.value.operations, key=lambda one: one.table):
        say(table or "(no table)", bold=True)
        for one in operations:
            say(f"  {one.sign} {one.text}", fg=SIGN_COLOURS.get(one.sign))
    if text := behind(state) or lost(state):
        say(f"▲ {text}", fg="yellow")
