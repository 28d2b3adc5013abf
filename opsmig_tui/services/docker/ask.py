"""The database's container, asked of the engine."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Project
from opsmig_tui.services.compose import (
    ComposeFile,
    ComposeFiles,
    choose_service,
    find_compose,
    read_compose,
)

from .container import (
    FILES,
    PROJECT,
    SERVICE,
    ContainerState,
    absent_container,
    moment,
    read_container,
)
from .endpoint import Endpoint, find_endpoint
from .engine import client, in_words

_ONE_OFF = "com.docker.compose.oneoff"


@dataclass(frozen=True)
class DockerAnswer:
    """What is known about the container of the project's database.

    `available`: the engine answered. `problem` says why not and what to do, or why no service was
    asked about ("" when all is well). `service` is the compose service chosen, "" without one;
    `compose` the files it is in and `project` their compose project. `container` is None when the
    engine did not answer; a service that has no container yet is one of state "absent". `engine` is
    the one that was asked.
    """

    available: bool
    problem: str = ""
    container: ContainerState | None = None
    service: str = ""
    reason: str = ""
    compose: ComposeFiles | None = None
    project: str = ""
    engine: Endpoint = field(default_factory=Endpoint)


async def database_container(project: Project) -> DockerAnswer:
    """Find the service in the compose files and ask the engine for its container. Never raises."""
    return await asyncio.to_thread(_database_container, project)


def _database_container(project: Project) -> DockerAnswer:
    files = None
    try:
        files = find_compose(project)
        if files is None:
            return DockerAnswer(False, f"No compose file from {project.root} upward.")
        compose = read_compose(files)
        choice = choose_service(compose, project.settings.database_service)
    except OpsmigError as error:
        return DockerAnswer(False, str(error), compose=files)
    known = DockerAnswer(False, "", None, choice.service, choice.reason, files, compose.name)
    if not choice.service:
        return replace(known, problem=choice.reason[:1].upper() + choice.reason[1:] + ".")
    return _ask_engine(files, compose, known)


def _ask_engine(files: ComposeFiles, compose: ComposeFile, known: DockerAnswer) -> DockerAnswer:
    endpoint = Endpoint()
    try:
        endpoint = find_endpoint()
        known = replace(known, engine=endpoint)
        with client(endpoint) as engine:
            container = _container(engine, files, compose, known, endpoint)
        return replace(known, available=True, container=container)
    except OpsmigError as error:
        return replace(known, problem=str(error))
    except Exception as error:  # the SDK, requests and urllib3 raise of every kind
        return replace(known, problem=in_words(error, endpoint))


def _container(
    engine: Any, files: ComposeFiles, compose: ComposeFile, known: DockerAnswer, endpoint: Endpoint
) -> ContainerState:
    """The service's container by its labels; this folder's and a running one before others."""
    listed = engine.api.containers(all=True, filters={"label": [f"{SERVICE}={known.service}"]})
    ours = [one for one in listed if _belongs(one.get("Labels") or {}, files, compose)]
    if not ours:
        service = next(one for one in compose.services if one.name == known.service)
        return absent_container(
            known.service, service.image, service.ports, known.reason, compose.name
        )
    best = max(
        ours,
        key=lambda one: (
            not _elsewhere(one.get("Labels") or {}, files),
            one.get("State") == "running",
            one.get("Created", 0),
        ),
    )
    inspected = engine.api.inspect_container(best["Id"])
    found = read_container(inspected, known.service, known.reason, endpoint.is_local)
    return replace(
        found,
        elsewhere=_elsewhere(best.get("Labels") or {}, files),
        image_created=_built(engine, found.image_id),
    )


def _built(engine: Any, image_id: str) -> Any:
    from docker.errors import ImageNotFound

    try:
        return moment(engine.api.inspect_image(image_id).get("Created"))
    except ImageNotFound:  # removed by force while the container lives on
        return None


def _belongs(labels: Mapping[str, str], files: ComposeFiles, compose: ComposeFile) -> bool:
    """Of this compose project: by its name, as compose itself goes, or by its files, where it was
    started under another name (compose -p)."""
    if labels.get(_ONE_OFF) == "True":
        return False
    if labels.get(PROJECT) == compose.name:
        return True
    return bool(labels.get(FILES)) and not _elsewhere(labels, files)


def _elsewhere(labels: Mapping[str, str], files: ComposeFiles) -> str:
    """The compose file of another folder that a container was made from, or "".

    Two folders of one name, or two work trees of one repository, are one project to compose.
    """
    theirs = [part for part in labels.get(FILES, "").split(",") if part]
    ours = {os.path.realpath(path) for path in files.paths}
    if not theirs or any(os.path.realpath(Path(path)) in ours for path in theirs):
        return ""
    return theirs[0]
