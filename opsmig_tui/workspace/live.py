"""What goes on in the background while the screen is open: read once, then follow the files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Project
from opsmig_tui.workspace.state import InterpreterSought, Part, Staled

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
        group.create_task(_follow_files(workspace))


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


async def _follow_files(workspace: Workspace) -> None:
    from opsmig_tui.services.watcher import watch

    async def changed(paths: frozenset[Path]) -> None:
        await on_files_changed(workspace, paths)

    await watch(watched(workspace), changed, asyncio.Event())


def watched(workspace: Workspace) -> tuple[Path, ...]:
    """The backend's folder, version locations outside of it, and git's own for branch switches."""
    project = workspace.project
    found = [project.root]
    found += [p for p in project.config.version_locations if not p.is_relative_to(project.root)]
    if project.repository is not None and (project.repository / ".git").is_dir():
        found.append(project.repository / ".git")
    return tuple(path for path in found if path.exists())


async def on_files_changed(workspace: Workspace, paths: frozenset[Path]) -> None:
    """Saved files make some answers old: revision files the history, Python code the worker."""
    locations = workspace.project.config.version_locations
    revisions = [p for p in paths if any(p.is_relative_to(where) for where in locations)]
    in_git = {p for p in paths if ".git" in p.parts}
    code = [p for p in paths - in_git if p.suffix == ".py" and p not in revisions]
    code += [p for p in paths - in_git if p.name in (".env", workspace.project.config.path.name)]
    if revisions or in_git:
        workspace.read_history()
    stale: tuple[Part, ...] = ("drift",) if code else ()
    if revisions or in_git:
        stale = (*stale, "status")
    workspace.dispatch(Staled(stale))
    tasks = [workspace.refresh("git")]
    if workspace.state.trusted:
        tasks.append(_ask_again(workspace, reload=bool(code), position=bool(revisions or in_git)))
    await asyncio.gather(*tasks)


async def _ask_again(workspace: Workspace, *, reload: bool, position: bool) -> None:
    if reload:
        await workspace.pool.reload()
    if position:
        await workspace.refresh("status")
    if reload or position:
        await workspace.refresh("drift")
