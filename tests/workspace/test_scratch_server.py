"""The private server of rehearsals on scratch: it ends with them, however they end, and is told no
more than it needs."""

import asyncio
import os
import signal
import socket
import subprocess
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import make_url

from opsmig_tui.demo import SampleProject
from opsmig_tui.demo import server as embedded
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.workspace import scratch_server
from tests.support.programs import lacking
from tests.worker.conftest import add_revision
from tests.worker.rehearsals import contents
from tests.workspace.conftest import Open, until
from tests.workspace.test_scratch import OPSMIG, REV, on_scratch, outcomes

pytestmark = pytest.mark.usefixtures("temporary", "may_not")
WENT_WELL = ["upgrade ok", "downgrade ok", "upgrade ok"]


def servers(folder: Path) -> list[Path]:
    return sorted(folder.glob("opsmig_scratch_*"))


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("when", ["initdb", "asleep"])
def test_ctrl_c_and_a_terminal_that_closes(
    sample: SampleProject, temporary: Path, by: signal.Signals, when: str
) -> None:
    """Both reach all of the foreground, of which the server and what makes it are none."""
    add_revision(sample, "op.execute('SELECT pg_sleep(600)')")
    process = subprocess.Popen(
        [OPSMIG, "rehearse", REV, "--on", "scratch"],
        cwd=sample.backend, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip
    while not (servers(temporary) and (asleep if when == "asleep" else initdb_runs)(temporary)):
        assert process.poll() is None
    os.killpg(process.pid, by)
    told, _ = process.communicate(timeout=60)
    assert (process.returncode, "ancelled" in told) == (128 + by, True), told
    assert "not dropped" not in told
    assert servers(temporary) == []


def initdb_runs(folder: Path) -> bool:
    made = str(servers(folder)[0] / "data")
    lines = [one.info["cmdline"] or [] for one in psutil.process_iter(["cmdline"])]
    return any(line[0].endswith("initdb") and made in line for line in lines if line)


async def test_a_server_that_died_is_replaced(
    open_workspace: Open, sample: SampleProject, temporary: Path
) -> None:
    path = add_revision(sample, "op.execute('SELECT pg_sleep(600)')")
    workspace = open_workspace(sample.backend)
    task = asyncio.create_task(on_scratch(workspace))
    await until(lambda: servers(temporary) and asleep(temporary))
    (folder,) = servers(temporary)
    os.kill(int((folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
    first = await task
    assert outcomes(first) == ["upgrade failed"]
    assert first.unchanged
    path.write_text(path.read_text().replace("pg_sleep(600)", "1"))
    assert outcomes(await on_scratch(workspace)) == WENT_WELL
    await workspace.close()


async def test_a_cancel_while_the_server_starts(
    open_workspace: Open, sample: SampleProject, temporary: Path
) -> None:
    workspace = open_workspace(sample.backend)
    task = asyncio.create_task(on_scratch(workspace))
    await until(lambda: servers(temporary))
    assert workspace.cancel()
    with pytest.raises(WorkerFailed, match="ancelled"):
        await task
    await workspace.close()
    assert servers(temporary) == []


async def test_the_server_is_told_no_passwords_and_needs_no_locale(
    open_workspace: Open, sample: SampleProject, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Started by root it is another user's process."""
    monkeypatch.setenv("LC_ALL", "xx_XX.UTF-8")
    monkeypatch.setenv("DATABASE_URL", sample.url)
    workspace = open_workspace(sample.backend)
    result = await on_scratch(workspace)
    assert "embedded" in result.copy, result
    pid = (servers(temporary)[0] / "data" / "postmaster.pid").read_text().split()[0]
    told = psutil.Process(int(pid)).environ()
    assert "DATABASE_URL" not in told
    assert make_url(sample.url).password not in str(told)
    await workspace.close()


async def test_a_full_disk_is_told(
    open_workspace: Open, sample: SampleProject, temporary: Path, tmp_path: Path
) -> None:
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=755", "tmpfs", temporary],
                      check=False, capture_output=True).returncode != 0:  # fmt: skip
        lacking("only root may make a small disk")
    try:
        result = await on_scratch(open_workspace(sample.backend))
        assert "No space left on device" in result.refused
        assert servers(temporary) == []
    finally:
        subprocess.run(["umount", temporary], check=True)


def test_two_that_sweep_at_once(temporary: Path) -> None:
    """The other one was faster: there is no number to end any more."""
    data = temporary / "data"
    data.mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(data / f".s.PGSQL.{embedded.PORT}"))
        server.listen()
        scratch_server._end(data)


def asleep(folder: Path) -> bool:
    """Whether a migration is at its pg_sleep on the embedded server."""
    try:
        with psycopg.connect(
            host=str(servers(folder)[0] / "data"), user="ops", dbname="postgres"
        ) as connection:
            found = connection.execute(
                "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%'"
            ).fetchall()
    except psycopg.OperationalError:  # it is starting still
        return False
    return bool(found)


@pytest.mark.parametrize("how", ["rehearsal", "screen"])
async def test_what_a_killed_one_left_goes_at_the_next(
    open_workspace: Open, sample: SampleProject, temporary: Path, how: str
) -> None:
    path = add_revision(sample, "op.execute('SELECT pg_sleep(600)')")
    before = contents(sample)
    process = subprocess.Popen(
        [OPSMIG, "rehearse", REV, "--on", "scratch"],
        cwd=sample.backend, stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    while not (servers(temporary) and asleep(temporary)):
        await asyncio.sleep(0.05)
        assert process.poll() is None
    assert scratch_server.left_behind() == [], "it lives"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    (left,) = servers(temporary)
    server = psutil.Process(int((left / "data" / "postmaster.pid").read_text().split()[0]))
    assert server.is_running()
    path.unlink()
    workspace = open_workspace(sample.backend)
    if how == "rehearsal":
        assert outcomes(await on_scratch(workspace)) == [
            "downgrade ok",
            "upgrade ok",
            "downgrade ok",
        ]
    else:
        task = asyncio.create_task(workspace.live())
        await until(lambda: not servers(temporary))
        task.cancel()
    assert left not in servers(temporary)
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE
    await workspace.close()
    told = [line.text for line in workspace.output.lines if "left by an opsmig" in line.text]
    assert told == [f"removed the embedded server {left.name}, left by an opsmig that was killed"]
    assert contents(sample) == before
