"""Programs run with their output told: lines, status, ends that are asked for."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services.program import LONGEST_LINE, run_program
from tests.workspace.conftest import until


def gone(pid: int) -> bool:
    """Ended, also where nobody has taken note of it yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


async def test_lines_come_masked_and_without_colours(tmp_path: Path) -> None:
    told: list[str] = []
    script = (
        "printf '\\033[31mred\\033[0m\\r50%%\\r100%%\\n'; pwd; read x || echo no input;"
        " echo postgresql://me:hunter22@host/db >&2; printf 'caf\\351'; exit 3"
    )
    status = await run_program(["sh", "-c", script], tmp_path, told.append)
    assert status == 3
    assert told[:5] == ["red", "50%", "100%", str(tmp_path), "no input"]
    assert "hunter22" not in told[5]
    assert told[6:] == ["caf\ufffd"]


async def test_a_line_without_end_is_told_in_pieces(tmp_path: Path) -> None:
    told: list[str] = []
    code = f"import sys; sys.stdout.write('x' * {LONGEST_LINE * 3})"
    await run_program([sys.executable, "-c", code], tmp_path, told.append)
    assert sum(map(len, told)) == LONGEST_LINE * 3
    assert max(map(len, told)) <= LONGEST_LINE


async def test_what_it_leaves_running_holds_nobody_up(tmp_path: Path) -> None:
    told: list[str] = []
    script = "sleep 600 & echo $!"
    async with asyncio.timeout(60):
        assert await run_program(["sh", "-c", script], tmp_path, told.append) == 0
    os.kill(int(told[0]), 9)


async def test_cancelled_it_goes_with_all_it_started(tmp_path: Path) -> None:
    told: list[str] = []
    script = "trap '' INT; sleep 600 & echo $!; wait"
    task = asyncio.create_task(run_program(["sh", "-c", script], tmp_path, told.append))
    await until(lambda: told)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: gone(int(told[0])))


async def test_what_cannot_be_started(tmp_path: Path) -> None:
    with pytest.raises(OpsmigError, match="nowhere-to-be-found cannot be run: No such file"):
        await run_program(["nowhere-to-be-found"], tmp_path, print)
