"""Measuring what the container takes, for as long as somebody looks."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from opsmig_tui.workspace.state import UsageMeasured

if TYPE_CHECKING:
    from opsmig_tui.services.docker import DockerAnswer
    from opsmig_tui.workspace.workspace import Workspace

AGAIN_SECONDS = 1.0


async def follow_usage(workspace: Workspace) -> None:
    """Keeps the state's measurements going until cancelled; then there are none."""
    try:
        while True:
            docker = workspace.state.container.value
            container = workspace.state.service_container
            if docker is not None and container is not None and container.is_up:
                await _measure(workspace, docker, container.id)
                workspace.dispatch(UsageMeasured(None))
            await asyncio.sleep(AGAIN_SECONDS)
    finally:
        workspace.dispatch(UsageMeasured(None))


async def _measure(workspace: Workspace, docker: DockerAnswer, container: str) -> None:
    """Until the container stops. Why there is no measurement the container's own state tells."""
    from docker.errors import DockerException
    from requests.exceptions import RequestException
    from urllib3.exceptions import HTTPError

    from opsmig_tui.services.docker.usage import usage

    try:
        async with aclosing(usage(docker.engine, container)) as measured:
            async for one in measured:
                workspace.dispatch(UsageMeasured(one))
    except (DockerException, RequestException, HTTPError, OSError):
        return
