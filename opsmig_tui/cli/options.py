"""Options that every sub-command has: where the project is, and how it is opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Candidates, OpenOptions, Project

F = TypeVar("F", bound=Callable[..., Any])

_DIRECTORY = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)

PROJECT_OPTIONS = (
    click.option("-C", "directory", type=_DIRECTORY, metavar="DIR", help="Work as if run in DIR."),
    click.option("--config", type=_FILE, metavar="FILE", help="alembic.ini or pyproject.toml."),
    click.option("--section", metavar="NAME", help="Section of the ini file [default: alembic]."),
    click.option("--script-location", type=_DIRECTORY, metavar="DIR", help="Folder of env.py."),
    click.option(
        "--version-location",
        "version_locations",
        type=_DIRECTORY,
        multiple=True,
        metavar="DIR",
        help="Folder of revision files; may be given several times.",
    ),
    click.option("--python", metavar="PATH", help="The project's Python interpreter."),
    click.option("-x", "x_arguments", multiple=True, metavar="KEY=VALUE", help="As alembic's -x."),
    click.option(
        "--load-app",
        is_flag=True,
        default=None,
        help="Flask-Migrate: this once, load the app without asking. It may do anything then.",
    ),
    click.option(
        "--read-only", is_flag=True, default=None, help="Change no file, container or database."
    ),
)


def project_options(command: F) -> F:
    """Adds the shared options. The command gets them as keyword arguments of `open_options`."""
    for option in reversed(PROJECT_OPTIONS):
        command = option(command)
    return command


def open_options(given: dict[str, Any]) -> OpenOptions:
    """What was said before the sub-command, overridden by what was said behind it."""
    context = click.get_current_context()
    outer: dict[str, Any] = context.find_root().obj or {}
    merged = {**outer, **{name: value for name, value in given.items() if value not in (None, ())}}
    directory = (merged.get("directory") or Path.cwd()).absolute()
    if not directory.is_dir():
        raise OpsmigError(f"There is no folder {directory}.", hint="Check the path given with -C.")

    def absolute(path: Path | None) -> Path | None:
        return None if path is None else (directory / path).absolute()

    return OpenOptions(
        directory=directory,
        config=absolute(merged.get("config")),
        section=merged.get("section"),
        script_location=absolute(merged.get("script_location")),
        version_locations=tuple(
            (directory / path).absolute() for path in merged.get("version_locations", ())
        ),
        python=merged.get("python"),
        x_arguments=tuple(merged.get("x_arguments", ())),
        read_only=bool(merged.get("read_only")),
        load_app=bool(merged.get("load_app")),
    )


def open_one(given: dict[str, Any], *, run_tools: bool) -> Project:
    """The project these options name. A command cannot ask which: several found is an error.

    `run_tools`: package tools (poetry, pdm …) may be asked for the interpreter.
    """
    from opsmig_tui.project.open import open_project

    opened = open_project(open_options(given), run_tools=run_tools)
    if isinstance(opened, Candidates):
        listed = ", ".join(str(path) for path in opened.paths)
        raise OpsmigError(
            f"Several alembic configurations were found: {listed}.", hint="Name one with --config."
        )
    return opened
