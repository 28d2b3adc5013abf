"""Printing: a run's live output, a plan with its question."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from opsmig_tui.cli.questions import at_terminal, confirm, typed
from opsmig_tui.cli.say import say
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.workspace.apply import seconds
from opsmig_tui.workspace.confirm import Confirmation
from opsmig_tui.workspace.output import OutputLine
from opsmig_tui.workspace.state import WorkspaceState

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace

COLOURS = {
    "command": "cyan", "step": "blue", "error": "red", "warning": "yellow", "success": "green",
    "notice": "yellow",
}  # fmt: skip
# How often a long statement is told of.
STILL_SECONDS = 5.0
MARGINS = {"command": "$ ", "step": "", "error": "✖ ", "success": "✓ ", "warning": "▲ "}


class Printer:
    """Prints what the output buffer gets while the block lasts: a statement when it starts, its
    time when it ends."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        lines = workspace.output.lines
        self._next = lines[-1].number + 1 if lines else 0
        self._open: int | None = None
        self._begun = self._told = 0.0
        self._end: Callable[[], None] = lambda: None

    def __enter__(self) -> Printer:
        self._end = self.workspace.subscribe(self._changed)
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self.drain()

    def _changed(self, _: WorkspaceState) -> None:
        self.drain()

    def drain(self) -> None:
        """Prints everything that is new. When nobody reads any more (`| head`), the run goes on."""
        try:
            for line in tuple(self.workspace.output.lines):
                self._take(line)
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)

    def _take(self, line: OutputLine) -> None:
        if line.number == self._open and line.state != "running":
            self._open = None
            _end(line)
        elif line.number == self._open:
            self._still(line)
        elif line.number >= self._next:
            self._next = line.number + 1
            self._print(line)

    def _print(self, line: OutputLine) -> None:
        if self._open is not None:
            say("")
            self._open = None
        margin = MARGINS.get(line.kind, "  ")
        say(f"{margin}{line.text}", nl=line.kind != "sql", fg=COLOURS.get(line.kind))
        if line.kind == "sql" and line.state == "running":
            self._open = line.number
            self._begun = self._told = time.monotonic()
        elif line.kind == "sql":
            _end(line)

    def _still(self, line: OutputLine) -> None:
        """A statement that takes long: for how long by now, and how far it is."""
        now = time.monotonic()
        if now - self._told >= STILL_SECONDS:
            self._told = now
            say(f"\n    … {seconds((now - self._begun) * 1000)}  {line.note}", nl=False, dim=True)


def _end(line: OutputLine) -> None:
    if line.state not in ("", "running", "done"):
        after = "" if line.elapsed_ms is None else f" after {seconds(line.elapsed_ms)}"
        say(f"  {line.state}{after}", fg="red" if line.state == "failed" else "yellow")
    elif line.elapsed_ms is None:
        say("")
    else:
        say(f"  {seconds(line.elapsed_ms)}", dim=True)


async def ask(
    question: Confirmation, *, yes: bool, database: str | None, err: bool = False
) -> bool:
    """Puts the question, or takes `--yes` (and `--database`) for the answer. `err`: the plan goes
    to stderr, where stdout is for a document.

    Raises OpsmigError when there is no terminal to ask on and the options do not answer.
    """
    show_plan(question, err=err)
    name = question.name
    needs_name = question.destructive or question.typed is not None or not question.local
    if database is not None and database != name:
        raise OpsmigError(f"--database says {database}, but this is {name}. Nothing was changed.")
    if yes and (not needs_name or database == name):
        return True
    if not at_terminal():
        options = f"--yes --database {name}" if needs_name else "--yes"
        raise OpsmigError(f"This needs a yes, and there is no terminal to ask on: add {options}.")
    if question.typed is None:
        return await confirm("Do it?")
    return await typed(f"Type {question.typed_what} ({question.typed}) to do it") == question.typed


def show_plan(question: Confirmation, *, err: bool = False) -> None:
    """The plan as text: database, command, each revision, what it would destroy."""
    tell = partial(say, err=err)
    tell(f"{question.title}  on  {question.database}", bold=True)
    for warning in question.warnings:
        tell(f"▲ {warning}", fg="yellow")
    for note in question.notes:
        tell(f"• {note}")
    for step in question.steps:
        tell(f"  {step.revision}  {step.message}")
        if step.summary:
            tell(f"      {step.summary}")
        for loss in step.losses:
            tell(f"      ✖ {loss}", fg="red")
        if step.commits:
            tell(f"      ▲ {step.commits}", fg="yellow")
    tell(f"  $ {question.command}", dim=True)
