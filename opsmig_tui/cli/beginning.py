"""Before there is a first revision: `opsmig init` and `opsmig ensure-version`."""

from __future__ import annotations

import asyncio
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opsmig_tui.cli.change import database_option, ended, yes_option
from opsmig_tui.cli.options import open_options, project_options
from opsmig_tui.cli.say import say
from opsmig_tui.cli.session import guarded, run
from opsmig_tui.project.errors import OpsmigError

if TYPE_CHECKING:
    from opsmig_tui.project.model import OpenOptions
    from opsmig_tui.workspace.workspace import Workspace


@click.command()
@project_options
@click.argument("folder", metavar="[DIRECTORY]", default="alembic")
@click.option("-t", "--template", default="generic", show_default=True, help="alembic's template.")
@click.option("--package", is_flag=True, help="Write __init__.py files as well.")
@click.option("--list-templates", is_flag=True, help="Show alembic's templates instead.")
@yes_option
@click.pass_context
def init(
    context: click.Context,
    /,
    folder: str,
    template: str,
    package: bool,
    list_templates: bool,
    yes: bool,
    **given: Any,
) -> None:
    """Begin with alembic here: its own `alembic init`, by the project's Python.

    DIRECTORY is the folder of env.py and the revisions [default: alembic]. Exit status: 0 done, 1
    you answered no, or alembic refused, 2 could not.
    """

    def call() -> int:
        options = open_options(given)
        words = ["init", "-t", template, *(["--package"] if package else []), folder]
        if list_templates:
            words = ["list_templates"]
        elif options.read_only:
            raise OpsmigError("Read-only: cannot write a new project.")
        python = _python(options)
        say(f"$ alembic {shlex.join(words)}   in {options.directory}, by {python}", dim=True)
        return asyncio.run(_alembic(options, python, words, yes or list_templates))

    context.exit(guarded(call))


async def _alembic(options: OpenOptions, python: Path, words: list[str], yes: bool) -> int:
    from opsmig_tui.cli.heads import agreed

    if not await agreed("Run it?", yes):
        return 1
    command = [str(python), "-m", "alembic", *words]
    started = await asyncio.create_subprocess_exec(
        *command, cwd=options.directory, stdin=asyncio.subprocess.DEVNULL
    )
    return 1 if await started.wait() else 0


def _python(options: OpenOptions) -> Path:
    """The project's Python, of a project that has no alembic configuration yet."""
    from opsmig_tui.project.find import find_repository
    from opsmig_tui.project.interpreter import find_interpreter
    from opsmig_tui.project.model import AlembicConfig, Settings

    here = options.directory
    config = AlembicConfig(here / "alembic.ini", "ini", "alembic", here, here / "alembic", ())
    found = find_interpreter(config, Settings(), options.python, find_repository(here))
    if found.service:
        raise OpsmigError("opsmig init writes files here: name a Python of this machine.")
    return found.path


@click.command("ensure-version")
@project_options
@yes_option
@database_option
@click.pass_context
def ensure_version(
    context: click.Context, /, yes: bool, database: str | None, **given: Any
) -> None:
    """Make alembic's version table where the database lacks it.

    Exit status: 0 done, or it is there, 1 it failed or you answered no, 2 refused or could not
    begin, 130 cancelled.
    """

    async def use(workspace: Workspace) -> int:
        from opsmig_tui.cli.show import Printer, ask
        from opsmig_tui.services.worker_client import WorkerFailed
        from opsmig_tui.workspace import version_table

        plan = await version_table.plan_version_table(workspace)
        question = version_table.confirmation(workspace, plan)
        if not await ask(question, yes=yes, database=database):
            say("Nothing was changed.")
            return 1
        with Printer(workspace):
            try:
                await version_table.make_version_table(workspace, plan)
            except WorkerFailed as error:
                return ended(workspace, error.failed)
        return 0

    context.exit(guarded(lambda: run(given, use, trust=True)))
