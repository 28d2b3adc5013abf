"""The project's own commands: asked about, run with their output streamed, looked at afterwards."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import Failed, mask
from opsmig_tui.workspace.apply import identity_text, places_of
from opsmig_tui.workspace.confirm import Confirmation
from opsmig_tui.workspace.guards import refuse_when_read_only, refuse_while_running
from opsmig_tui.workspace.running import reported

if TYPE_CHECKING:
    from opsmig_tui.project.model import Interpreter, Project, ProjectCommand
    from opsmig_tui.workspace.workspace import Workspace

CANCELLED = Failed("cancelled", "Cancelled: the command was ended; what it had done stays.")
COMMAND_NAME = "the command's name"


def find_command(project: Project, name: str) -> ProjectCommand:
    """Raises OpsmigError, naming those there are."""
    commands = project.settings.commands
    found = next((one for one in commands if one.name == name), None)
    if found is None:
        raise OpsmigError(
            f"The settings have no command {name!r}.",
            hint=f"There are: {', '.join(one.name for one in commands)}."
            if commands
            else "[tool.opsmig.commands] in pyproject.toml makes one.",
        )
    return found


def asked_about(workspace: Workspace, command: ProjectCommand) -> Confirmation | None:
    """The question to put before it runs, None where the person's own settings waive it.

    They do so for the very command in this very folder, and never beside a protected database.
    What a command changes cannot be known, so that on a database that is not local, or not known,
    a name has to be typed. Raises OpsmigError where it may not run at all.
    """
    refuse_when_read_only(workspace, f"run {command.name}")
    refuse_while_running(workspace)
    state, settings = workspace.state, workspace.project.settings
    status = state.status.value
    identities = [one.identity for one in status.databases] if status is not None else []
    folder = folder_of(workspace.project)
    care = places_of(workspace, identities) if identities else None
    protected = care is not None and care.protected
    if (os.path.realpath(folder), command.words) in settings.unasked and not protected:
        return None
    typed, what = (command.name, COMMAND_NAME) if care is None else (None, "")
    if care is not None and care.wants_name:
        typed, what = care.name, "the database's name"
    unknown = ("Which database it would reach is not known.",) if care is None else care.warnings
    return Confirmation(
        title=f"Run {command.name}",
        database=", ".join(map(identity_text, identities)) or "a database that is not known",
        command=shown(command),
        warnings=(*unknown, "What it changes only the command itself knows."),
        notes=(f"It stands in {settings.path}, and runs in {folder}.",),
        typed=typed,
        typed_what=what,
        local=care is None or care.local,
        name=care.name if care is not None else "",
    )


async def run_command(workspace: Workspace, command: ProjectCommand) -> int:
    """Runs it to its end and returns its exit status; afterwards everything is read again.

    Raises OpsmigError where it cannot be started, WorkerFailed where it was cancelled.
    """
    from opsmig_tui.services.program import run_program

    refuse_when_read_only(workspace, f"run {command.name}")
    refuse_while_running(workspace)
    project = workspace.project
    line = shown(command)
    workspace.log_command(line)
    try:
        async with reported(workspace, command.name, line, cancelled=CANCELLED) as reporter:
            status = await run_program(
                command.words,
                folder_of(project),
                lambda line: reporter.say("print", line),
                environment(os.environ, project.interpreter),
            )
            if status == 0:
                reporter.succeed(f"{command.name} ended well")
            else:
                reporter.fail(Failed("project", ended(command, status)))
    finally:
        workspace.read_history(saved=True)
        parts = ("git", "status", "drift") if workspace.state.trusted else ("git",)
        await workspace.refresh(*parts)
    return status


def shown(command: ProjectCommand) -> str:
    """The command line, without passwords."""
    return mask(command.line)


def ended(command: ProjectCommand, status: int) -> str:
    """How a command that did not end well ended."""
    how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
    return f"{command.name} {how}."


def folder_of(project: Project) -> Path:
    """Where commands run: the folder of the file they stand in."""
    return project.settings.path.parent if project.settings.path is not None else project.root


def environment(outer: Mapping[str, str], python: Interpreter | None) -> dict[str, str]:
    """With the project's own Python and its programs first, as in a virtual environment that was
    activated, and with prints that come when they are made."""
    found = {**outer, "PYTHONUNBUFFERED": "1"}
    if python is not None and not python.service:
        folder = python.path.parent
        found["PATH"] = os.pathsep.join([str(folder), *filter(None, [outer.get("PATH")])])
        found.pop("VIRTUAL_ENV", None)
        if (folder.parent / "pyvenv.cfg").is_file():
            found["VIRTUAL_ENV"] = str(folder.parent)
    return found
