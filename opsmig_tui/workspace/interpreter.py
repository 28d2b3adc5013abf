"""Another Python for a project that is open."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from opsmig_tui.project.chosen import choose_python
from opsmig_tui.project.interpreter import find_interpreter
from opsmig_tui.project.model import Interpreter
from opsmig_tui.workspace.guards import refuse_while_running

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace


async def change_interpreter(workspace: Workspace, named: str) -> Interpreter:
    """Ends the workers and starts them with the named Python from now on; "" looks for it anew.

    Remembered for this config. Returns the one that is used now. Raises OpsmigError where the name
    is no Python with alembic, or no service that has the project: then all stays as it was.
    """
    refuse_while_running(workspace)
    project = workspace.project
    found = await asyncio.to_thread(
        find_interpreter, project.config, project.settings, None, project.repository, chosen=named
    )
    if found.service:
        from opsmig_tui.services.worker_launch import container_places

        await asyncio.to_thread(container_places, project, found)
    choose_python(project.config.path, named)
    await workspace.workers.use(found)
    await workspace.refresh("status", "drift")
    return found
