"""What opsmig finds of a project and of this machine, and what to do about what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.flask_app import nothing_found
from opsmig_tui.project.installed import installed_in
from opsmig_tui.project.trust import missing_yes
from opsmig_tui.workspace.apply import identity_text
from opsmig_tui.workspace.failure_text import position
from opsmig_tui.workspace.status import wrong_database

if TYPE_CHECKING:
    from opsmig_tui.project.model import Interpreter, Project
    from opsmig_tui.workspace.state import WorkspaceState
    from opsmig_tui.workspace.workspace import Workspace


@dataclass(frozen=True)
class Diagnosis:
    """One line. "warning" keeps nothing from working but what it names; `remedy` is what to do, ""
    where all is well."""

    name: str
    state: Literal["ok", "warning", "failed"]
    text: str
    remedy: str = ""


async def examine(workspace: Workspace) -> tuple[Diagnosis, ...]:
    """All that can be told, in the order in which one thing needs the other.

    Runs none of the project's code, nor its interpreter, unless the project is trusted. Changes
    nothing. Never raises for what is wrong with the project.
    """
    workspace.read_history()
    if workspace.state.trusted:
        await workspace.workers.know_interpreter()
    await workspace.refresh("git", "container", "status")
    state = workspace.state
    return tuple(
        [
            *_config(state.project),
            *_history(state),
            _settings(state.project),
            *await _interpreter(workspace),
            _git(state),
            _docker(state),
            _trust(state),
            _database(state),
        ]
    )


def _config(project: Project) -> Iterator[Diagnosis]:
    config = project.config
    section = f", section [{config.section}]" if config.section != "alembic" else ""
    if config.path.is_file():
        yield Diagnosis("config", "ok", f"{config.path}{section}")
    else:
        yield Diagnosis("config", "ok", f"none; opened by --script-location in {config.root}")
    location = config.script_location
    missing = [name for name in ("env.py", "script.py.mako") if not (location / name).is_file()]
    if missing:
        remedy = "`alembic init` in an empty folder writes one to copy"
        lacks = f"{location} has no {' and no '.join(missing)}"
        yield Diagnosis("scripts", "failed" if "env.py" in missing else "warning", lacks, remedy)
    else:
        yield Diagnosis("scripts", "ok", str(location))
    for place in config.version_locations:
        if not place.is_dir():
            remedy = "make the folder, or correct version_locations"
            yield Diagnosis("versions", "warning", f"{place} is no folder", remedy)


def _history(state: WorkspaceState) -> Iterator[Diagnosis]:
    if state.history.value is None:
        yield Diagnosis("history", "failed", state.history.problem, "correct that file")
        return
    history = state.history.value.history
    count, heads = len(history.revisions), len(history.heads)
    text = f"{_several(count, 'revision')}, {_several(heads, 'head')}"
    computed = sum(one.unknown for one in history.revisions)
    if computed:
        text += f"; {computed} of them computed: known after the worker starts"
    many = "m in History, or opsmig merge" if heads > 1 else ""
    yield Diagnosis("history", "warning" if many else "ok", text, many)
    for problem in history.problems:
        if problem.kind != "multiple-heads":
            remedy = "alembic refuses the history until that file is mended or moved out"
            yield Diagnosis("history", "failed", problem.message, remedy)


def _settings(project: Project) -> Diagnosis:
    path = project.settings.path
    return Diagnosis("settings", "ok", str(path) if path else "none; all are the defaults")


async def _interpreter(workspace: Workspace) -> list[Diagnosis]:
    project = workspace.project
    if project.interpreter is None or not project.interpreter.service:
        return await asyncio.to_thread(lambda: list(_python(project)))
    return [one async for one in _inside(workspace, project.interpreter)]


async def _inside(workspace: Workspace, python: Interpreter) -> AsyncIterator[Diagnosis]:
    """A container's Python: only itself tells what it has, and only where it may run."""
    from opsmig_tui.services.worker_client import WorkerFailed
    from opsmig_tui.services.worker_launch import container_places

    root = workspace.project.root
    named = f"{python.name}  ({python.reason})"
    try:
        places = await asyncio.to_thread(container_places, workspace.project, python)
    except OpsmigError as error:
        yield Diagnosis("interpreter", "failed", f"{named}: {error}", error.hint)
        return
    yield Diagnosis("interpreter", "ok", named)
    if places.mounted:
        yield Diagnosis("folder", "ok", f"{root} is {places.inward(root)} in {python.service}")
    else:
        text = (
            f"{python.service} has a copy in {places.inward(root)}, which may be older than {root}"
        )
        yield Diagnosis("folder", "warning", text, "mount the folder; nothing is created without")
    if not workspace.state.trusted:
        return
    try:
        ready = await (await workspace.workers.reader()).start()
    except (OpsmigError, WorkerFailed) as error:
        hint = error.failed.hint if isinstance(error, WorkerFailed) else error.hint
        yield Diagnosis("packages", "failed", str(error), hint)
        return
    found = f"Python {ready.python}, alembic {ready.alembic}, SQLAlchemy {ready.sqlalchemy}"
    yield Diagnosis("packages", "ok", found)


def _python(project: Project) -> Iterator[Diagnosis]:
    if project.interpreter is None:
        from opsmig_tui.services.compose.inside import offer

        said, _, remedy = project.interpreter_problem.rpartition("; ")
        if (offered := offer(project)) and offered not in said:
            said += f"; {offered}"
        yield Diagnosis("interpreter", "failed", said or remedy, remedy if said else "")
        return
    yield Diagnosis(
        "interpreter", "ok", f"{project.interpreter.path}  ({project.interpreter.reason})"
    )
    yield from _installed(project.interpreter)


def _installed(interpreter: Interpreter) -> Iterator[Diagnosis]:
    found = installed_in(interpreter.path)
    install = f"{_pip(interpreter.path)} install"
    texts = [f"Python {found.python or 'of unknown version'}"]
    for package, name in (("alembic", "alembic"), ("sqlalchemy", "SQLAlchemy")):
        if version := found.packages.get(package):
            texts.append(f"{name} {version}")
    if found.too_old:
        remedy = "update it, or name another Python with --python"
        yield Diagnosis("packages", "failed", f"too old: {', '.join(found.too_old)}", remedy)
    elif "sqlalchemy" not in found.packages:
        remedy = f"{install} sqlalchemy"
        yield Diagnosis("packages", "warning", f"{', '.join(texts)}, no SQLAlchemy seen", remedy)
    else:
        yield Diagnosis("packages", "ok", ", ".join(texts))
    drivers = ", ".join(f"{name} {version}" for name, version in found.drivers.items())
    if not drivers:
        remedy = f"{install} 'psycopg[binary]' (SQLite needs none)"
        yield Diagnosis("driver", "warning", "no database driver is installed", remedy)
    elif "greenlet" not in found.packages and {"asyncpg", "aiosqlite"} & set(found.drivers):
        text = f"{drivers}; without greenlet, which an asynchronous env.py needs"
        yield Diagnosis("driver", "warning", text, f"{install} 'sqlalchemy[asyncio]'")
    else:
        yield Diagnosis("driver", "ok", drivers)


def _pip(python: Path) -> str:
    return f"{python} -m pip"


def _git(state: WorkspaceState) -> Diagnosis:
    view = state.git.value
    repository = state.project.repository
    problem = state.git.problem or (view.problem if view is not None else "")
    if repository is None:
        return Diagnosis(
            "git", "warning", "not in a git repository", "`git init` if it should be in one"
        )
    if view is None or view.branch is None or problem:
        said = problem or "could not be asked"
        return Diagnosis("git", "warning", f"{repository}: {said}", "see base-branch in the README")
    base = f", base {view.branch.base}" if view.branch.base else ""
    return Diagnosis("git", "ok", f"{repository} on {view.branch.name or 'no branch'}{base}")


def _docker(state: WorkspaceState) -> Diagnosis:
    docker = state.container.value
    if docker is None:
        said = state.container.problem or "could not be asked"
        return Diagnosis("docker", "warning", said, "only the Database pane needs it")
    if docker.container is not None:
        return Diagnosis("docker", "ok", f"{docker.container.service}: {docker.container.said}")
    remedy = "only needed where the database runs in a container"
    return Diagnosis("docker", "warning", docker.problem or "no compose service", remedy)


def _trust(state: WorkspaceState) -> Diagnosis:
    if state.trusted:
        return Diagnosis("trust", "ok", "this project's code may run")
    app = state.project.config.flask_app
    if app == "":
        return Diagnosis("trust", "warning", *nothing_found(state.project.root).split(": ", 1))
    if app is not None and missing_yes(state.project, trusted=True):
        said = f"the Flask app {app} was never allowed to be loaded"
        return Diagnosis("trust", "warning", said, "t on the screen; --load-app for one call")
    remedy = "t on the screen; status, create and upgrade count as a yes for that one call"
    return Diagnosis("trust", "warning", "this project's code was never allowed to run", remedy)


def _database(state: WorkspaceState) -> Diagnosis:
    if not state.trusted:
        text = "not asked: only the project's env.py knows it"
        return Diagnosis("database", "warning", text, "opsmig status asks it")
    database, failure = state.database, state.status.failure
    if state.status.phase == "failed" or database is None:
        said = state.status.problem or "env.py reached no database"
        if failure is not None and failure.file and failure.kind == "project":
            said += f" ({failure.file}:{failure.line})"
        return Diagnosis("database", "failed", said, _remedy(state))
    text = f"{identity_text(database.identity)}, by {database.driver or database.identity.dialect}"
    if other := wrong_database(state):
        return Diagnosis("database", "warning", f"{text}: {other}", "correct the URL of env.py")
    return Diagnosis("database", "ok", f"{text}, at {position(state.current or ())}")


def _remedy(state: WorkspaceState) -> str:
    failure, container = state.status.failure, state.service_container
    if container is not None and container.can_start:
        return "s in the Database pane starts its container"
    if failure is None:
        return "see the interpreter above"
    return {
        "connection": "start the server, or correct the URL that env.py takes",
        "dependency": "install it for the interpreter above, or name another with --python",
    }.get(failure.kind, "opsmig status shows the whole error")


def _several(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
