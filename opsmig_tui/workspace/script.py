"""An upgrade or downgrade as SQL, for whoever runs it elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import Script, ScriptResult
from opsmig_tui.workspace.guards import refuse_when_untrusted

if TYPE_CHECKING:
    from opsmig_tui.workspace.apply import Direction
    from opsmig_tui.workspace.workspace import Workspace


async def script(
    workspace: Workspace, direction: Direction, span: str, tag: str | None = None
) -> ScriptResult:
    """`span` is TO, or FROM:TO, which a downgrade needs. Nothing runs, no database is asked.

    Raises OpsmigError, WorkerFailed (a migration that reads rows cannot be written as SQL).
    """
    refuse_when_untrusted(workspace, "write it as SQL")
    start, colon, target = span.partition(":")
    if not colon:
        start, target = "", span
    if direction == "downgrade" and not start:
        raise OpsmigError(
            "A downgrade as SQL needs to know where it begins: FROM:TO.",
            hint="For example: opsmig downgrade head:-1 --sql.",
        )
    reader = await workspace.workers.reader(fresh=True)
    request = Script(direction, target, start or None, tag)
    answer = cast(ScriptResult, await reader.request(request))
    workspace.log_command(answer.command)
    return answer
