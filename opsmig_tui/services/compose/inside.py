"""The compose services that the project's code can run in: those that mount its folder."""

from __future__ import annotations

import os
from pathlib import Path

from opsmig_tui.project.chosen import chosen_python
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.interpreter import INSIDE, in_container
from opsmig_tui.project.model import Interpreter, Project
from opsmig_tui.services.container_places import Places
from opsmig_tui.services.docker.endpoint import find_endpoint

from .choose import choose_service
from .files import find_compose
from .read import read_compose


def offered_services(project: Project) -> tuple[str, ...]:
    """Their names in the file's order, the database's left out. Never raises; runs nothing."""
    try:
        files = find_compose(project)
        if files is None:
            return ()
        compose = read_compose(files)
        database = choose_service(compose, project.settings.database_service).service
        if not find_endpoint().is_local:
            return ()  # it binds folders of another machine
    except OpsmigError:
        return ()
    root = Path(project.root).resolve()
    return tuple(
        one.name
        for one in compose.services
        if one.name != database and Places(one.mounts).inward(root)
    )


def only_service(project: Project) -> Interpreter | None:
    """The Python of the one service that mounts the project; None where none or several do, and
    where a Python was named."""
    named = (project.python, os.environ.get("OPSMIG_PYTHON"), project.settings.python)
    if any(named) or chosen_python(project.config.path):
        return None
    names = offered_services(project)
    if len(names) != 1:
        return None
    why = f"no Python of this machine has alembic, and {names[0]} mounts this folder"
    return in_container(INSIDE + names[0], why)


def offer(project: Project) -> str:
    """What can be named instead of a Python of this machine, "" where no service is there."""
    names = offered_services(project)
    if not names:
        return ""
    mount = "mounts" if len(names) == 1 else "mount"
    return f"{' and '.join(names)} {mount} this folder: {INSIDE}{names[0]} runs it in there"
