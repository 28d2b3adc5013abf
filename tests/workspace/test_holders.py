"""What is said about ending another session."""

from dataclasses import replace

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import Holder, StopResult, Waiting
from opsmig_tui.workspace.holders import in_the_way, outcome, stop_session
from opsmig_tui.workspace.running import reported
from tests.workspace.conftest import Open

IDLE = Holder(4711, "psql", "ops", state="idle in transaction")
BUSY = replace(IDLE, state="active")


@pytest.mark.parametrize(
    ("holder", "result", "terminate", "text"),
    [
        (IDLE, "released", True, "pid 4711 (psql, user ops) was terminated and has let go"),
        (BUSY, "released", False, "was cancelled and has let go"),
        (IDLE, "gone", True, "no longer stands in the way: nothing was done to it"),
        (IDLE, "still", True, "was told to end, and has not yet"),
        (IDLE, "still", False, "still holds its lock: it runs no statement; terminate it"),
        (BUSY, "still", False, "still holds its lock: terminate it, or wait"),
        (IDLE, "refused", True, "refused to end pid 4711 (psql, user ops): not yours"),
    ],
)
def test_outcomes(holder: Holder, result: str, terminate: bool, text: str) -> None:
    assert text in outcome(holder, StopResult(result, "not yours"), terminate=terminate)


async def test_only_sessions_in_the_way_can_be_ended(
    open_workspace: Open, sample: SampleProject
) -> None:
    ws = open_workspace(sample.backend, trusted=False)
    with pytest.raises(OpsmigError, match="waits for no lock"):
        in_the_way(ws)
    async with reported(ws, "upgrade", "alembic upgrade head") as reporter:
        ahead = replace(IDLE, pid=5, waits_for=(4711,))
        waiting = Waiting("relation", "ShareLock", "ops.vendor", 1.0, (ahead, IDLE))
        reporter(waiting)
        assert in_the_way(ws) == (IDLE, ahead)
        reporter(replace(waiting, holders=(Holder(0, gid="x"),)))
        with pytest.raises(OpsmigError, match="No session holds"):
            in_the_way(ws)
        reporter.succeed("done")
    with pytest.raises(OpsmigError, match="The run is over"):
        await stop_session(ws, IDLE, terminate=True)
