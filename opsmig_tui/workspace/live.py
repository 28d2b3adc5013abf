"""What goes on in the background while the screen is open: read once, then follow the files."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Project
from opsmig_tui.workspace import failure_text, scratch_notes
from opsmig_tui.workspace.ghosts import look
from opsmig_tui.workspace.state import Part, Staled, WorkspaceState
from opsmig_tui.workspace.status import describe, refresh

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace

# Somebody else may migrate, stop or start the database. Through the resident worker a status costs
# some 10 ms (WORKER.md), so asking every few seconds disturbs nobody.
STATUS_EVERY_SECONDS = 5.0


async def run(workspace: Workspace) -> None:
    """Reads every part, then keeps them fresh until cancelled."""
    moved = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for job in (
            workspace.refresh("git"),
            _follow_container(workspace, moved),
            _follow_database(workspace, moved),
            _follow_runs(workspace),
            _follow_files(workspace, group),
        ):
            group.create_task(_told(workspace, job))


async def _told(workspace: Workspace, job: Awaitable[None]) -> None:
    """Awaits `job`; its end by an error is told in the output, and the others go on."""
    try:
        await job
    except Exception as error:
        workspace.output.append("error", describe(error)[0])
        workspace.output_moved()


async def _follow_database(workspace: Workspace, moved: asyncio.Event) -> None:
    """Status first, since it is what people look for; drift needs the models imported.

    Then asks every few seconds, and at once when the container has `moved`.
    """
    if not workspace.state.trusted:
        await workspace.refresh("status", "drift")
    await workspace.trust_given.wait()
    await workspace.refresh("status")
    await workspace.refresh("drift")
    await _warm_up(workspace)
    from opsmig_tui.workspace.scratch_server import left_behind

    servers = await asyncio.to_thread(left_behind)
    if servers or scratch_notes.any_there():
        from opsmig_tui.workspace.scratch import sweep_at_start

        await _told(workspace, sweep_at_start(workspace))
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(STATUS_EVERY_SECONDS):
                await moved.wait()
        moved.clear()
        if not workspace.state.running:
            await look_again(workspace)


async def _follow_runs(workspace: Workspace) -> None:
    """Compares the models again after each run, which is over before that."""
    while True:
        await workspace.ran.wait()
        workspace.ran.clear()
        if workspace.state.status.phase == "ready":  # else as soon as the database answers again
            await workspace.refresh("drift")


async def _follow_container(workspace: Workspace, moved: asyncio.Event) -> None:
    """Reads the container again whenever the engine tells that it may have changed, and says so.

    It does not wait for the database: a paused one answers nobody, for seconds.
    """
    from opsmig_tui.services.docker.follow import changes

    await workspace.refresh("container")
    await _until_there_is_a_service(workspace)
    async for _ in changes():
        before = _container_state(workspace)
        await refresh(workspace, "container", quiet=True)
        if _container_state(workspace) != before:
            moved.set()


async def _until_there_is_a_service(workspace: Workspace) -> None:
    """A project without a compose file has no need of Docker."""
    there = asyncio.Event()

    def look(state: WorkspaceState) -> None:
        if state.container.value is not None and state.container.value.service:
            there.set()

    end = workspace.subscribe(look)
    try:
        look(workspace.state)
        await there.wait()
    finally:
        end()


def _container_state(workspace: Workspace) -> tuple[str, str]:
    container = workspace.state.service_container
    return (container.id, container.state) if container is not None else ("", "")


async def look_again(workspace: Workspace) -> None:
    """Asks for the position; only another one is worth comparing the models again."""
    position, lost = workspace.state.current, workspace.state.status.phase == "failed"
    await refresh(workspace, "status", quiet=True)
    now_lost = workspace.state.status.phase == "failed"
    if now_lost != lost:
        await refresh(workspace, "container", quiet=True)  # it may be why
    if lost and not now_lost and workspace.state.current is not None:
        at = failure_text.position(workspace.state.current)
        workspace.output.append("info", f"the database answers again: it stands at {at}")
        workspace.output_moved()
    if now_lost:
        workspace.dispatch(Staled(("drift",)))
    elif lost or workspace.state.current != position:
        await workspace.refresh("drift")


async def _follow_files(workspace: Workspace, group: asyncio.TaskGroup) -> None:
    from opsmig_tui.services.watcher import watch

    async def changed(paths: frozenset[Path]) -> None:
        # An error in here must not end the watching.
        await _told(workspace, _on_report(workspace, paths, group))

    def notice(text: str) -> None:
        workspace.output.append("warning", text)
        workspace.output_moved()

    paths = await asyncio.to_thread(watched, workspace.project)
    await watch(paths, changed, asyncio.Event(), notice)


async def _on_report(
    workspace: Workspace, paths: frozenset[Path], group: asyncio.TaskGroup
) -> None:
    old = await on_files_changed(workspace, paths)
    if not paths.isdisjoint(await asyncio.to_thread(compose_files, workspace.project)):
        await refresh(workspace, "container", quiet=True)
    if workspace.state.trusted and (old.code or old.position):
        # The next saved file must not wait for the models to be imported.
        group.create_task(_told(workspace, _ask_again(workspace, old)))
    await workspace.refresh("git")
    if any(".git" in path.parts for path in paths):
        await look(workspace)  # a branch came, went or moved: it may hold what was a ghost


def watched(project: Project) -> tuple[Path, ...]:
    """The backend's folder, models and version locations outside of it, and git's own for branch
    switches."""
    from opsmig_tui.services.model_files import model_roots
    from opsmig_tui.services.watch_filter import git_paths

    found = [project.root]
    elsewhere = (*project.config.version_locations, *model_roots(project))
    found += [path for path in elsewhere if not path.is_relative_to(project.root)]
    found += [path for path in compose_files(project) if not path.is_relative_to(project.root)]
    if project.repository is not None:
        found += git_paths(project.repository)
    return tuple(found)


def compose_files(project: Project) -> tuple[Path, ...]:
    """The compose files and the .env they take values from; none where there are none to read."""
    from opsmig_tui.services.compose import find_compose

    try:
        files = find_compose(project)
    except OpsmigError:  # said by the container's own part of the state
        return ()
    return (*files.paths, files.project_folder / ".env") if files is not None else ()


@dataclass(frozen=True)
class Outdated:
    """What saved files make old: the worker's code, the database's position beside the files."""

    code: bool
    position: bool


async def on_files_changed(workspace: Workspace, paths: frozenset[Path]) -> Outdated:
    """Reads the history again where revision files changed, and marks what is old as stale."""
    project = workspace.project
    locations = project.config.version_locations
    revisions = {p for p in paths if any(p.is_relative_to(where) for where in locations)}
    in_git = {p for p in paths if ".git" in p.parts}
    settings = {p for p in paths if p.name in (".env", ".flaskenv", project.config.path.name)}
    code = {p for p in paths - revisions - in_git if p.suffix == ".py"} | settings
    # Another .env may mean another database.
    old = Outdated(bool(code), bool(revisions or in_git or settings))
    if revisions or in_git:
        await workspace.read_history_beside(saved=bool(revisions))
    if old.code:
        workspace.workers.code_changed()
    stale: tuple[Part, ...] = ("drift",) if old.code else ()
    workspace.dispatch(Staled((*stale, "status") if old.position else stale))
    return old


async def _warm_up(workspace: Workspace) -> None:
    """The next saved model then takes the import of the models, not that of alembic too."""
    if workspace.state.drift.phase == "ready":
        await workspace.workers.warm_up()


async def _ask_again(workspace: Workspace, old: Outdated) -> None:
    if old.position:
        await look_again(workspace)
    if old.code:
        await workspace.refresh("drift")
        await _warm_up(workspace)
        # By the worker that has the new code by now: it may have its address from there.
        await look_again(workspace)
