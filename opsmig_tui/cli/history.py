"""Printing the history."""

from __future__ import annotations

import json

import click

from opsmig_tui.cli.ghost import ghost_lines
from opsmig_tui.cli.say import say
from opsmig_tui.history.lanes import layout
from opsmig_tui.history.model import History
from opsmig_tui.history.ranges import select_range
from opsmig_tui.history.text import dump
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.workspace.documents import history_document
from opsmig_tui.workspace.state import WorkspaceState
from opsmig_tui.workspace.status import lost


def show_history(
    state: WorkspaceState, *, limit: int | None, span: str | None, verbose: bool, as_json: bool
) -> None:
    """Prints the revisions of `span` (all without one), at most `limit`; problems go to stderr.

    Raises OpsmigError for a range that cannot be understood, and where nothing can be read.
    """
    if state.history.value is None:
        raise OpsmigError(f"The revisions cannot be read: {state.history.problem}.")
    history = state.history.value.history
    shown = history.revisions
    if span is not None:
        shown = select_range(history, span, state.current)
    if as_json:
        document = history_document(history, shown[:limit], state.applied)
        click.echo(json.dumps(document, indent=2))
    else:
        rows = state.history.value.rows if span is None else layout(History(shown))
        current = state.current or ()
        for line in dump(
            history, rows, applied=state.applied, current=current, verbose=verbose, limit=limit
        ):
            say(line)
        if not shown:
            say("There are no revisions yet: opsmig create makes the first.")
    for problem in history.problems:
        say(f"✖ {problem.message}", fg="red", err=True)
    if state.status.problem:
        say(f"▲ the database was not asked: {state.status.problem}", fg="yellow", err=True)
    if text := lost(state):
        say(f"▲ it is not known what is applied: {text}", fg="yellow", err=True)
        for ghost in ghost_lines(state):
            say(f"  {ghost}", fg="yellow", err=True)
