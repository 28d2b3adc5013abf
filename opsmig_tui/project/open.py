"""Opening a project: everything that can be known of it without running any of its code."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from opsmig_tui.project.alembic_config import load_config
from opsmig_tui.project.chosen import chosen_python
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.find import config_in, find_configs, find_repository, looked_in
from opsmig_tui.project.flask_app import is_flask_folder, run_folder
from opsmig_tui.project.interpreter import OWN, find_interpreter
from opsmig_tui.project.model import (
    AlembicConfig,
    Candidates,
    Interpreter,
    OpenOptions,
    Project,
    Settings,
)
from opsmig_tui.project.sample_marker import is_sample
from opsmig_tui.project.settings import load_own, load_settings


class NothingFound(OpsmigError):
    """There is no alembic configuration around the folder."""


def open_project(options: OpenOptions, *, run_tools: bool = True) -> Project | Candidates:
    """The project that the options name or that lies around their directory.

    Candidates when several configs lie there and none was named. An interpreter that is not found
    is no error: history and review do without. With `run_tools` False no other program is run to
    find it, so that the first screen need not wait; ask `find_interpreter` again later then.
    Raises OpsmigError for everything a person would have to mend first.
    """
    start = Path(os.path.realpath(options.directory.expanduser()))
    if not start.is_dir():
        raise OpsmigError(f"{options.directory} is no folder; give one with -C DIR")
    found = _named_config(options, start) if options.config else find_configs(start)
    if len(found) > 1:
        return Candidates(found, looked_in(start))
    if not found and options.script_location is None:
        raise _nothing_found(start)
    path = found[0] if found else start / "alembic.ini"
    repository = find_repository(path.parent)
    settings = read_settings(path, repository)
    config = _load(path, options, settings, start) if found else _without_file(options, start)
    sample = is_sample(repository)
    interpreter, problem = _interpreter(
        config, settings, options, repository, sample=sample, run_tools=run_tools
    )
    return Project(
        config=config,
        settings=settings,
        interpreter=interpreter,
        interpreter_problem=problem,
        repository=repository,
        x_arguments=options.x_arguments,
        read_only=options.read_only,
        is_sample=sample,
        python=options.python,
        load_app=options.load_app,
    )


def read_settings(config: Path, repository: Path | None) -> Settings:
    """What the project's files and the person's own say now. Raises OpsmigError."""
    top = repository
    if top is None and is_flask_folder(config.parent, config.parent):
        top = run_folder(config.parent)
    settings = load_settings(config.parent, top)
    # the person's own come first, and nothing that a project says takes one away
    own = load_own()
    protected = dict.fromkeys((*own.protected, *settings.protected))
    return replace(settings, protected=tuple(protected), unasked=own.unasked)


def _named_config(options: OpenOptions, start: Path) -> tuple[Path, ...]:
    assert options.config is not None
    path = Path(os.path.normpath(start / options.config.expanduser()))
    if path.is_dir():
        inside = config_in(path)
        if inside is None:
            raise OpsmigError(
                f"--config names the folder {path}, which holds no alembic.ini and no "
                "pyproject.toml with [tool.alembic]; name the file"
            )
        return (inside,)
    return (path,)


def _load(path: Path, options: OpenOptions, settings: Settings, start: Path) -> AlembicConfig:
    beside = settings.path.parent if settings.path else path.parent
    location = options.script_location
    config = load_config(
        path,
        section=options.section or "alembic",
        script_location=start / location.expanduser() if location else None,
        version_locations=[start / place.expanduser() for place in options.version_locations],
    )
    if options.version_locations:
        return config
    # Those that only the program knows, beside those of the config.
    further = [Path(os.path.normpath(beside / place)) for place in settings.version_locations]
    places = tuple(dict.fromkeys((*config.version_locations, *further)))
    return replace(config, version_locations=places)


def _without_file(options: OpenOptions, start: Path) -> AlembicConfig:
    """A project that builds its Config in code: --script-location alone tells where it is."""
    assert options.script_location is not None
    location = Path(os.path.normpath(start / options.script_location.expanduser()))
    if not location.is_dir():
        raise OpsmigError(f"--script-location names {location}, which is no folder")
    places = tuple(
        Path(os.path.normpath(start / place.expanduser())) for place in options.version_locations
    )
    return AlembicConfig(
        path=start / "alembic.ini",
        kind="ini",
        section=options.section or "alembic",
        root=start,
        script_location=location,
        version_locations=places or (location / "versions",),
    )


def _interpreter(
    config: AlembicConfig,
    settings: Settings,
    options: OpenOptions,
    repository: Path | None,
    *,
    sample: bool,
    run_tools: bool,
) -> tuple[Interpreter | None, str]:
    """The interpreter, or why there is none. One named by --python must be right: that raises."""
    named = options.python or (OWN if sample else None)
    try:
        found = find_interpreter(
            config,
            settings,
            named,
            repository,
            run_tools=run_tools,
            chosen=chosen_python(config.path),
        )
    except OpsmigError as error:
        if options.python:
            raise
        return None, f"{error}; {error.hint}" if error.hint else str(error)
    if sample and not options.python:
        return replace(found, reason="opsmig's own Python, as for every sample"), ""
    return found, ""


def _nothing_found(start: Path) -> NothingFound:
    folders = looked_in(start)
    upward = [folder for folder in folders if start.is_relative_to(folder)]
    below = len(folders) - len(upward)
    return NothingFound(
        "no alembic.ini and no pyproject.toml with [tool.alembic] found: looked from "
        f"{start} up to {upward[-1]} and in {below} folder{'' if below == 1 else 's'} below; "
        "name it with --config FILE, or go to the project with -C DIR"
    )
