"""What goes on in the background while the screen is open: read once, then follow the files."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Project
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.workspace.state import InterpreterSought, Part, Staled, Unanswered

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace

# Somebody else may migrate, stop or start the database. Through the resident worker a status costs
# some 10 ms (WORKER.md), so asking every few seconds disturbs nobody.
STATUS_EVERY_SECONDS = 5.0


async def run(workspace: Workspace) -> None:
    """Reads every part, then keeps them fresh until cancelled."""
    async with asyncio.TaskGroup() as group:
        group.create_task(_read_files(workspace))
        group.create_task(_read_database(workspace))
        group.create_task(_follow_files(workspace, group))


async def _read_files(workspace: Workspace) -> None:
    await workspace.refresh("git", "container")


async def _read_database(workspace: Workspace) -> None:
    """Status first, since it is what people look for; drift needs the models imported."""
    if not workspace.state.trusted:
        await workspace.refresh("status", "drift")
    await workspace.trust_given.wait()
    if workspace.project.interpreter is None:
        workspace.dispatch(await asyncio.to_thread(_seek_interpreter, workspace.project))
    await workspace.refresh("status")
    await workspace.refresh("drift")
    while True:
        await asyncio.sleep(STATUS_EVERY_SECONDS)
        if not workspace.state.running:
            await _look_again(workspace)


def _seek_interpreter(project: Project) -> InterpreterSought:
    """With the package tools (poetry, pdm …) this time: they may take seconds, so not at start."""
    from opsmig_tui.project.interpreter import find_interpreter

    try:
        found = find_interpreter(
            project.config, project.settings, project.python, project.repository
        )
    except OpsmigError as error:
        return InterpreterSought(None, str(error))
    return InterpreterSought(found)


async def _look_again(workspace: Workspace) -> None:
    """Asks for the position; only a changed one is worth comparing the models again."""
    before = workspace.state.current
    await workspace.refresh("status")
    if workspace.state.current != before:
        await workspace.refresh("drift")


async def _follow_files(workspace: Workspace, group: asyncio.TaskGroup) -> None:
    from opsmig_tui.services.watcher import watch

    async def changed(paths: frozenset[Path]) -> None:
        old = on_files_changed(workspace, paths)
        if workspace.state.trusted and (old.code or old.position):
            # The next saved file must not wait for the models to be imported.
            group.create_task(_ask_again(workspace, old))
        await workspace.refresh("git")

    def notice(text: str) -> None:
        workspace.output.append("warning", text)
        workspace.output_moved()

    paths = await asyncio.to_thread(watched, workspace.project)
    await watch(paths, changed, asyncio.Event(), notice)


def watched(project: Project) -> tuple[Path, ...]:
    """The backend's folder, version locations outside of it, and git's own for branch switches."""
    from opsmig_tui.services.watch_filter import git_paths

    found = [project.root]
    found += [p for p in project.config.version_locations if not p.is_relative_to(project.root)]
    if project.repository is not None:
        found += git_paths(project.repository)
    return tuple(found)


@dataclass(frozen=True)
class Outdated:
    """What saved files make old: the worker's code, the database's position beside the files."""

    code: bool
    position: bool


def on_files_changed(workspace: Workspace, paths: frozenset[Path]) -> Outdated:
    """Reads the history again where revision files changed, and marks what is old as stale."""
    project = workspace.project
    locations = project.config.version_locations
    revisions = {p for p in paths if any(p.is_relative_to(where) for where in locations)}
    in_git = {p for p in paths if ".git" in p.parts}
    code_names = (".env", project.config.path.name)
    code = {p for p in paths - revisions - in_git if p.suffix == ".py" or p.name in code_names}
    old = Outdated(bool(code), bool(revisions or in_git))
    if old.position:
        workspace.read_history()
    stale: tuple[Part, ...] = ("drift",) if old.code else ()
    workspace.dispatch(Staled((*stale, "status") if old.position else stale))
    return old


async def _ask_again(workspace: Workspace, old: Outdated) -> None:
    if old.code:
        try:
            await workspace.pool.reload()
        except WorkerFailed as error:
            # The old worker goes on, but what it says of the models is no longer true.
            workspace.dispatch(Unanswered("drift", error.failed.message, error.failed))
            return
    if old.position:
        await workspace.refresh("status")
    await workspace.refresh("drift")
