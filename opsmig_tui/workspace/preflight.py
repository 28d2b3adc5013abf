"""What must be so before a revision is created."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from opsmig_tui.workspace.ahead import ahead_text
from opsmig_tui.workspace.failure_text import position
from opsmig_tui.workspace.guards import (
    refuse_when_read_only,
    refuse_when_untrusted,
    refuse_while_running,
)
from opsmig_tui.workspace.status import lost, refresh, wrong_database

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace

# For a container that is starting: the usual health check asks every few seconds.
STARTING_SECONDS = 30.0
ASK_AGAIN_SECONDS = 0.3


@dataclass(frozen=True)
class Check:
    """One line of the pre-flight. It is yielded twice: as "running", then with its result.

    `offer` names what would mend it: "start" the database, or "upgrade" it first.
    """

    name: str
    state: Literal["running", "ok", "warning", "failed"]
    text: str = ""
    offer: Literal["", "start", "upgrade"] = ""


async def preflight(workspace: Workspace, head: str = "head") -> AsyncIterator[Check]:
    """Everything that should be so before autogenerate runs. Ends early where the rest depends on
    what failed. `head` is what the revision is going to stand on; one that was named may be one of
    several. Raises OpsmigError when creating is not allowed at all."""
    refuse_when_read_only(workspace, "create a revision")
    refuse_while_running(workspace)
    refuse_when_untrusted(workspace, "create a revision")
    config = workspace.project.config
    yield Check("config", "ok", f"{config.path.name} in {config.path.parent.name}/")
    if _concerns_container(workspace):
        yield Check("container", "running", "asking Docker …")
        async for check in container_checks(workspace):
            yield check
    yield Check("database", "running", "asking for its position …")
    await workspace.refresh("status")
    reached = _database_check(workspace)
    yield reached
    if reached.state == "failed":
        return
    at_head = _head_check(workspace, head)
    yield at_head
    yield Check("models", "running", "comparing with git …")
    await workspace.refresh("git")
    if text := ahead_text(workspace.state):
        yield Check("base branch", "warning", text.rstrip("."))
    yield _models_check(workspace)
    if at_head.state == "failed":
        return
    yield Check("autogenerate", "running", "comparing the models with the database …")
    await workspace.refresh("drift")
    yield _drift_check(workspace)


async def container_checks(workspace: Workspace) -> AsyncIterator[Check]:
    """How the container stands, in one line; one that is just starting is waited for."""
    loop = asyncio.get_running_loop()
    end = loop.time() + STARTING_SECONDS
    await workspace.refresh("container")
    while _container(workspace) == "starting" and loop.time() < end:
        yield Check("container", "running", "waiting for its health check …")
        await asyncio.sleep(ASK_AGAIN_SECONDS)
        await refresh(workspace, "container", quiet=True)
    docker = workspace.state.container.value
    if docker is None or docker.container is None:
        problem = docker.problem if docker is not None else workspace.state.container.problem
        yield Check("container", "warning", problem or "not known")
        return
    container = docker.container
    text = f"{container.service} is {container.state}"
    if container.state == "absent":
        text = f"{container.service} has no container yet"
    about = container.detail or "  ".join((container.image, *container.ports)).strip()
    good = container.state in ("healthy", "running")
    yield Check("container", "ok" if good else "warning", f"{text}  {about}".rstrip())


def _concerns_container(workspace: Workspace) -> bool:
    """Not where there is no compose file, nor where the database is known to be another."""
    docker, where = workspace.state.container.value, workspace.state.locality
    if where is not None and where.kind in ("embedded", "socket", "remote"):
        return False
    return docker is None or docker.compose is not None


def _container(workspace: Workspace) -> str:
    container = workspace.state.service_container
    return container.state if container is not None else ""


def _database_check(workspace: Workspace) -> Check:
    status = workspace.state.status
    other = wrong_database(workspace.state)
    if status.phase == "failed" or not workspace.state.database:
        container = workspace.state.service_container
        startable = container is not None and container.can_start
        offer: Literal["", "start"] = "start" if startable else ""
        said = status.problem or "env.py reached no database"
        text = f"{said.rstrip('.')}. {other}" if other else said
        return Check("database", "failed", text, offer)
    from opsmig_tui.workspace.apply import identity_text

    text = identity_text(workspace.state.database.identity)
    if other:
        return Check("database", "warning", f"{text}: {other}")
    return Check("database", "ok", text)


def _head_check(workspace: Workspace, head: str) -> Check:
    value = workspace.state.status.value
    assert value is not None
    if text := lost(workspace.state):
        return Check("at head", "failed", text)
    if len(value.heads) > 1 and head == "head":
        heads = ", ".join(value.heads)
        return Check(
            "at head", "failed", f"{len(value.heads)} heads ({heads}): merge or move them first"
        )
    if value.pending:
        count = len(value.pending)
        text = f"{count} pending revision{'s' if count > 1 else ''} must be applied first"
        return Check("at head", "failed", text, "upgrade")
    return Check("at head", "ok", position(workspace.state.current or ()))


def _models_check(workspace: Workspace) -> Check:
    view = workspace.state.git.value
    if view is None or workspace.state.git.phase == "failed":
        return Check("models", "warning", workspace.state.git.problem)
    if not view.changes and view.problem:
        return Check("models", "warning", view.problem)
    if not view.changes:
        return Check("models", "warning", "no model file is changed on this branch")
    count = len(view.changes)
    names = ", ".join(change.path.name for change in view.changes[:3])
    more = f" and {count - 3} more" if count > 3 else ""
    return Check("models", "ok", f"{count} changed: {names}{more}")


def _drift_check(workspace: Workspace) -> Check:
    drift = workspace.state.drift
    if drift.phase == "failed" or drift.value is None:
        return Check("autogenerate", "failed", drift.problem)
    unseen = sum(one.kind == "enum-value" for one in drift.value.operations)
    count = len(drift.value.operations) - unseen
    more = f"; {unseen} new enum value{'s' if unseen > 1 else ''} it does not see" if unseen else ""
    if not count:
        text = f"the models match the database: nothing to generate{more}"
        return Check("autogenerate", "warning", text)
    what = f"{count} operation{'s' if count > 1 else ''} to generate"
    return Check("autogenerate", "ok", what + more)
