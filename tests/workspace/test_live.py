"""The state follows files, git, the database and the trust; and everything ends with it."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.demo import server as embedded
from opsmig_tui.project.trust import is_trusted
from opsmig_tui.workspace import apply, live, status
from opsmig_tui.workspace.state import Part, WorkspaceState
from opsmig_tui.workspace.workspace import Workspace
from tests.conftest import Sql
from tests.support.postgres import locked
from tests.support.projects import AlembicProject
from tests.workspace.conftest import (
    CURRENT,
    HEAD,
    LONG,
    MIDDLE,
    Open,
    output,
    until,
    workers,
    write_revision,
)


@pytest.fixture(autouse=True)
def quick_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asks ten times as often as on a person's screen, so that nobody has to wait."""
    monkeypatch.setattr(live, "STATUS_EVERY_SECONDS", 0.2)


@asynccontextmanager
async def living(ws: Workspace, *parts: Part) -> AsyncIterator[asyncio.Task[None]]:
    """`ws.live()` in the background, once these parts are ready."""
    task = asyncio.create_task(ws.live())
    try:
        await until(lambda: task.done() or all(phase(ws.state, part) == "ready" for part in parts))
        assert not task.done()
        yield task
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.wait([task])
    assert task.cancelled()


def phase(state: WorkspaceState, part: Part) -> str:
    found: str = getattr(state, part).phase
    return found


def git(sample: SampleProject, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=sample.root, check=True, capture_output=True)


ALL: tuple[Part, ...] = ("history", "git", "status", "container", "drift")


async def test_everything_is_read_and_kept_fresh(
    ws: Workspace, sample: SampleProject, sql: Sql
) -> None:
    """One long look at one workspace: each step is somebody else's doing."""
    phases: list[str] = []
    ws.subscribe(lambda state: phases.append(state.drift.phase))
    async with living(ws, *ALL):
        assert ws.state.current == (CURRENT,)
        assert ws.state.locality is not None
        assert ws.state.git.value is not None
        assert ws.state.git.value.changes
        drift = ws.state.drift.value
        assert drift is not None
        commands = len(ws.state.commands)

        # A model file is saved: git's part at once, drift marked until it is true again.
        vendor = sample.backend / "models" / "vendor.py"
        text = vendor.read_text()
        phases.clear()
        vendor.write_text(text + "\n\nclass Extra(BaseModel):\n    __tablename__ = 'extra'\n"
                          "    id: Mapped[int] = mapped_column(primary_key=True)\n")  # fmt: skip
        await until(lambda: "Extra" in str(ws.state.git.value), 5)
        await until(lambda: ws.state.drift.value != drift)
        assert "stale" in phases
        assert any(one.table == "ops.extra" for one in ws.state.drift.value.operations)
        changed = ws.state.drift.value

        # It does not parse: what failed and where, the old drift still there.
        vendor.write_text(text + "\nclass Extra(:\n")
        await until(lambda: ws.state.drift.phase == "failed")
        failure = ws.state.drift.failure
        assert failure is not None
        assert (failure.kind, failure.file) == ("project", str(vendor))
        assert failure.line == len(text.splitlines()) + 2
        assert ws.state.drift.value == changed
        assert ws.state.status.phase == "ready"
        vendor.write_text(text)
        await until(lambda: ws.state.drift.phase == "ready")
        assert ws.state.drift.value.operations == drift.operations

        # The database is migrated by the alembic command.
        subprocess.run(
            [sys.executable, "-m", "alembic", "upgrade", MIDDLE],
            cwd=sample.backend, check=True, capture_output=True,
        )  # fmt: skip
        await until(lambda: ws.state.current == (MIDDLE,), 5)
        await until(lambda: ws.state.drift.value.operations != drift.operations)

        # It is migrated here: the run is over before the models are compared again.
        changed = ws.state.drift.value
        await apply.run(ws, await apply.plan(ws, "upgrade", "head"))
        assert ws.state.drift.value == changed
        await until(lambda: ws.state.drift.value != changed)
        commands = len(ws.state.commands)
        await until(lambda: ws.state.drift.phase == "ready")

        # A table is locked: the comparison gives up, and keeps nobody from what is next.
        with locked(sample, "ops.site"):
            vendor.write_text(text + "\n")
            await until(lambda: ws.state.drift.phase == "failed")
            assert ws.state.drift.problem.startswith("a table is locked by another session")
            assert (await apply.plan(ws, "downgrade", "-1")).steps
        vendor.write_text(text)
        await until(lambda: ws.state.drift.phase == "ready")

        # Asking every few seconds is no action of anybody.
        polled = [one.command for one in ws.state.commands[commands:] if "current" in one.command]
        assert polled == []


async def test_revision_files_come_and_go(
    ws: Workspace, sample: SampleProject, versions: Path
) -> None:
    def known() -> set[str]:
        assert ws.state.history.value is not None
        return set(ws.state.history.value.history.by_id)

    def mark(path: Path) -> str | None:
        assert ws.state.git.value is not None
        return ws.state.git.value.marks.get(path)

    async with living(ws, *ALL):
        path = write_revision(versions)
        await until(lambda: "0a0a0a0a0a0a" in known(), 5)
        await until(lambda: mark(path) == "untracked", 5)
        await until(lambda: ws.state.status.value and "0a0a0a0a0a0a" in ws.state.status.value.heads)
        assert ws.state.status.value is not None
        assert ws.state.status.value.pending[-1] == "0a0a0a0a0a0a"
        path.unlink()
        await until(lambda: "0a0a0a0a0a0a" not in known(), 5)
        await until(lambda: ws.state.status.value and ws.state.status.value.heads == (HEAD,))

        # Another branch is checked out, where a revision was dropped.
        branch = ws.state.git.value.branch if ws.state.git.value else None
        assert branch is not None
        assert branch.name == "feature/vendor-onboarding"
        git(sample, "-c", "user.name=x", "-c", "user.email=x@example.com", "stash", "--quiet")
        git(sample, "switch", "--quiet", "--detach", "main~2")
        git(sample, "switch", "--quiet", "--create", "older")
        await until(lambda: ws.state.git.value.branch.name == "older", 5)
        await until(lambda: HEAD not in known(), 5)
        await until(lambda: ws.state.status.value.heads == (CURRENT,))


async def test_a_burst_of_saves_ends_with_the_last_one(
    ws: Workspace, sample: SampleProject
) -> None:
    vendor = sample.backend / "models" / "vendor.py"
    text = vendor.read_text()
    phases: list[str] = []
    ws.subscribe(lambda state: phases.append(state.git.phase))
    async with living(ws, *ALL):
        for number in range(6):
            phases.clear()
            vendor.write_text(f"{text}\nBURST = {number}\n" if number != 2 else "def broken(:\n")
            # The next one while this one is being imported.
            await until(lambda: "stale" in phases, 5)
        await until(lambda: ws.state.drift.phase == "ready" and not ws.workers.stale)
        assert not ws.workers.stale
        # The one that answers, and the one kept warm for the next save.
        await until(lambda: len(workers()) == 2)


async def test_a_server_that_stops_and_starts_again(
    sample: SampleProject, open_workspace: Open, tmp_path: Path
) -> None:
    home = Path(tempfile.mkdtemp(prefix="opsmig-live-"))
    try:
        with embedded.running(home / "postgres") as server:
            password = embedded.create_role(server)
            embedded.create_database(server, "ops")
            url = server.url("ops", password)
            (sample.backend / ".env").write_text(f"DATABASE_URL={url}\n")
            ws = open_workspace(sample.backend)
            task = asyncio.create_task(ws.live())
            await until(lambda: ws.state.drift.phase == "ready")
            assert ws.state.current == ()
        await until(lambda: ws.state.status.phase == "failed")
        assert ws.state.status.failure is not None
        assert ws.state.status.failure.kind == "connection"
        assert ws.state.current == ()
        await until(lambda: ws.state.drift.phase == "stale", 5)
        assert password not in ws.state.status.problem
        with embedded.running(home / "postgres"):
            await until(lambda: ws.state.status.phase == "ready")
            await until(lambda: ws.state.drift.phase == "ready")
            assert not task.done()
            task.cancel()
            await asyncio.wait([task])
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def test_without_trust_no_code_runs_and_with_it_everything_is_read(
    open_workspace: Open, sample: SampleProject, tmp_path: Path
) -> None:
    trap = tmp_path / "ran"
    for path in (sample.backend / "alembic" / "env.py", sample.backend / "models" / "vendor.py"):
        path.write_text(f"open({str(trap)!r}, 'w').close()\n" + path.read_text())
    ws = open_workspace(sample.backend, trusted=False)
    async with living(ws, "history", "git", "container"):
        assert ws.state.status.phase == ws.state.drift.phase == "failed"
        assert "not trusted" in ws.state.status.problem
        (sample.backend / "models" / "vendor.py").touch()
        await ws.refresh("status", "drift")
        assert workers() == set()
        assert not trap.exists()
        assert not is_trusted(sample.root)
        ws.trust()
        await until(lambda: ws.state.drift.phase == "ready")
        assert trap.exists()
        assert ws.state.current == (CURRENT,)
        assert is_trusted(sample.root)


async def test_ended_in_the_middle_of_an_import_nothing_is_left(
    ws: Workspace, sample: SampleProject, tmp_path: Path
) -> None:
    slow = tmp_path / "importing"
    vendor = sample.backend / "models" / "vendor.py"
    async with living(ws, "drift"):
        text = vendor.read_text()
        vendor.write_text(f"open({str(slow)!r}, 'w').close()\nimport time\ntime.sleep(600)\n{text}")
        await until(slow.exists)
        assert len(workers()) == 2
    await ws.close()
    assert workers() == set()
    # What comes too late starts nothing again.
    await ws.refresh("status")
    assert ws.state.status.phase == "failed"
    assert workers() == set()


async def test_a_defect_in_one_part_is_told_and_the_others_go_on(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch, versions: Path
) -> None:
    async def broken(_: Workspace) -> object:
        raise ZeroDivisionError("a defect of ours")

    monkeypatch.setitem(status.READERS, "git", broken)
    async with living(ws, "history", "status", "container", "drift"):
        assert ws.state.git.phase == "failed"
        problem = ws.state.git.problem
        assert "ZeroDivisionError" in problem
        assert "a defect of ours" in Path(problem.split("details are in ")[1]).read_text()
        write_revision(versions)
        await until(lambda: ws.state.history.value and len(ws.state.history.value.rows) == 21, 5)


async def test_an_error_while_following_files_does_not_end_the_following(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch, versions: Path
) -> None:
    async with living(ws, *ALL):
        whole = live.on_files_changed
        with monkeypatch.context() as patch:
            patch.setattr(live, "on_files_changed", lambda *_: 1 / 0)
            write_revision(versions)
            await until(lambda: "stumbled" in output(ws), 5)
        assert live.on_files_changed is whole
        write_revision(versions, "0b0b0b0b0b0b", "0a0a0a0a0a0a")
        await until(lambda: ws.state.history.value and len(ws.state.history.value.rows) == 22, 5)


async def test_an_environment_made_later_is_found(
    open_workspace: Open, empty_project: AlembicProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    from opsmig_tui.workspace import workers as module

    monkeypatch.setattr(module, "SEEK_AGAIN_SECONDS", 0.0)
    empty_project.revision("a1")
    ws = open_workspace(empty_project.root)
    assert ws.project.interpreter is None
    async with living(ws, "history"):
        await until(lambda: ws.state.status.phase == "failed")
        assert "Python" in ws.state.status.problem or "interpreter" in ws.state.status.problem
        link = empty_project.root / ".venv"
        link.symlink_to(sys.prefix)
        await until(lambda: ws.state.status.phase == "ready", LONG)
        assert ws.state.status.value is not None
        assert ws.state.status.value.pending == ("a1",)


async def test_many_wishes_are_one_reading(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = 0
    read = status.READERS["git"]

    async def counted(workspace: Workspace) -> object:
        nonlocal begun
        begun += 1
        return await read(workspace)

    monkeypatch.setitem(status.READERS, "git", counted)
    await asyncio.gather(*(ws.refresh("git") for _ in range(20)))
    assert begun == 2
    assert ws.state.git.phase == "ready"
    await ws.refresh("git")
    assert begun == 3
