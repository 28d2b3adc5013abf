"""Looking at some of the rows behind a finding. Never logged: neither question nor answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import Peek, PeekResult, Probe
from opsmig_tui.workspace.guards import refuse_when_untrusted

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace


async def peek(workspace: Workspace, probe: Probe) -> PeekResult:
    """At most `Peek.limit` rows, read-only and bounded in time.

    Raises OpsmigError when the project is not trusted or the rows cannot be shown, WorkerFailed.
    """
    refuse_when_untrusted(workspace, "look at rows")
    reader = await workspace.workers.reader()
    result = cast(PeekResult, await reader.request(Peek(probe)))
    if result.problem:
        raise OpsmigError(f"The rows cannot be shown: {result.problem.rstrip('.')}.")
    return result
