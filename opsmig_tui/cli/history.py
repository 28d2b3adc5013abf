"""Printing the history."""

from __future__ import annotations

import json
from pathlib import Path

import click

from opsmig_tui.cli.ghost import ghost_lines
from opsmig_tui.cli.say import say
from opsmig_tui.history.lanes import layout
from opsmig_tui.history.model import History
from opsmig_tui.history.ranges import select_range
from opsmig_tui.history.text import dump
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.workspace.documents import history_document
from opsmig_tui.workspace.edited import standing
from opsmig_tui.workspace.state import WorkspaceState
from opsmig_tui.workspace.status import lost


def show_history(
    state: WorkspaceState,
    *,
    limit: int | None,
    span: str | None,
    only: frozenset[Path] | None = None,
    verbose: bool,
    as_json: bool,
) -> None:
    """Prints the revisions of `span` (all without one), at most `limit`; problems go to stderr.

    `only`: those of these files. How each stands in git is told where git was asked.

    Raises OpsmigError for a range that cannot be understood, and where nothing can be read.
    """
    if state.history.value is None:
        raise OpsmigError(f"The revisions cannot be read: {state.history.problem}.")
    history = state.history.value.history
    shown = history.revisions
    if span is not None:
        shown = select_range(history, span, state.current)
    if only is not None:
        shown = tuple(item for item in shown if item.path in only)
    if as_json:
        document = history_document(history, shown[:limit], state)
        click.echo(json.dumps(document, indent=2))
    else:
        part = span is not None or only is not None
        rows = layout(History(shown)) if part else state.history.value.rows
        for line in dump(
            history,
            rows,
            applied=state.applied,
            current=state.current or (),
            standing={item.revision: standing(state, item) for item in shown},
            verbose=verbose,
            limit=limit,
        ):
            say(line)
        if only is not None and not shown:
            say("No revision is new on this branch.")
        elif not shown:
            say("There are no revisions yet: opsmig create makes the first.")
    for problem in history.problems:
        say(f"✖ {problem.message}", fg="red", err=True)
    git = state.git.value
    if state.git.problem or (git is not None and git.problem):
        said = state.git.problem or (git.problem if git is not None else "")
        say(f"▲ git: {said}", fg="yellow", err=True)
    if state.status.problem:
        say(f"▲ the database was not asked: {state.status.problem}", fg="yellow", err=True)
    if text := lost(state):
        unsure = "it is not known what is applied: " if state.applied is None else ""
        say(f"▲ {unsure}{text}", fg="yellow", err=True)
        for ghost in ghost_lines(state):
            say(f"  {ghost}", fg="yellow", err=True)
