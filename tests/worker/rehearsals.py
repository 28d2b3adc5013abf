"""Planning a rehearsal and running it, as the tool does."""

from typing import Any

from opsmig_tui.services.worker_client import WorkerClient
from opsmig_tui.worker import protocol


async def rehearse(
    client: WorkerClient,
    direction: str = "upgrade",
    target: str = "head",
    told: Any = None,
    **limits: Any,
) -> protocol.RehearseResult:
    plan = await client.request(protocol.Plan(direction, target))
    steps = tuple(step.revision for step in plan.steps)
    digests = tuple(step.digest for step in plan.steps)
    request = protocol.Rehearse(direction, target, plan.databases, steps, digests, **limits)
    result: protocol.RehearseResult = await client.request(request, told)
    return result
