"""`opsmig run`: the project's own commands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from opsmig_tui.cli.options import open_one, project_options
from opsmig_tui.cli.say import say
from opsmig_tui.cli.session import guarded
from opsmig_tui.cli.session import run as run_session

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace


@click.command()
@project_options
@click.argument("name", required=False)
@click.option("--yes", is_flag=True, help="The answer to the question is yes.")
@click.option("--database", metavar="NAME", help="The database that is meant.")
@click.pass_context
def run(
    context: click.Context, /, name: str | None, yes: bool, database: str | None, **given: Any
) -> None:
    """Run one of the project's own commands (`commands` in the settings); without NAME list them.

    Asks first, unless your own settings waive it. Exit status: 0 it ended well, 1 it did not, or
    you answered no, 2 it could not be run, 130 cancelled.
    """

    async def use(workspace: Workspace) -> int:
        from opsmig_tui.cli.show import Printer, ask
        from opsmig_tui.workspace.commands import (
            COMMAND_NAME,
            asked_about,
            find_command,
            run_command,
        )

        command = find_command(workspace.project, str(name))
        question = asked_about(workspace, command)
        if question is not None:
            await workspace.refresh("status", "container")
            question = asked_about(workspace, command)
        if question is not None and question.typed_what == COMMAND_NAME:
            question = replace(question, typed=None)  # it has just been typed
        if question is not None and not await ask(question, yes=yes, database=database):
            say("Nothing was run.")
            return 1
        with Printer(workspace):
            status = await run_command(workspace, command)
        return 1 if status else 0

    context.exit(
        guarded(lambda: run_session(given, use, trust=True, app=False) if name else _list(given))
    )


def _list(given: dict[str, Any]) -> int:
    from opsmig_tui.workspace.commands import shown

    commands = open_one(given, run_tools=False).settings.commands
    for one in commands:
        say(f"{one.name}  {shown(one)}")
    if not commands:
        say("The settings name no commands: [tool.opsmig.commands] in pyproject.toml makes some.")
    return 0
