"""What happens to the container shows while it happens, also when the engine itself goes away."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.demo.data import upgrade
from opsmig_tui.services.docker import ContainerState
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.workspace import apply
from opsmig_tui.workspace.usage import follow_usage
from opsmig_tui.workspace.workspace import Workspace
from tests.docker.conftest import unavailable
from tests.docker.engine import Daemon, connected, daemon
from tests.docker.image import image
from tests.docker.project import FAILING, FOREVER, Shop
from tests.support.projects import write_project
from tests.support.timing import crowd
from tests.workspace.conftest import HEAD, Open, output, until, write_revision

# "A change shows within a second": what a person calls at once.
AT_ONCE_SECONDS = 1.0
HEALTH = FAILING.format(check="test ! -e /tmp/ill || { echo feeling ill; exit 1; }")


@pytest.fixture
def ws(shop: Shop, open_workspace: Open) -> Workspace:
    """A project beside the shop's compose file whose code does not run."""
    write_project(shop.folder / "backend")
    return open_workspace(shop.folder / "backend", trusted=False)


def container(workspace: Workspace) -> ContainerState | None:
    docker = workspace.state.container.value
    return docker.container if docker is not None else None


def problem(workspace: Workspace) -> str:
    docker = workspace.state.container.value
    return docker.problem if docker is not None else ""


@asynccontextmanager
async def followed(workspace: Workspace) -> AsyncIterator[Callable[..., object]]:
    """Gives `sees(state)`: waits until the container is in that state, and says how long."""
    live = asyncio.create_task(workspace.live())

    async def sees(state: str) -> float:
        began = time.monotonic()
        await until(lambda: (found := container(workspace)) is not None and found.state == state)
        return time.monotonic() - began

    try:
        yield sees
    finally:
        live.cancel()
        await asyncio.gather(live, return_exceptions=True)


async def test_each_change_shows_at_once(ws: Workspace, shop: Shop):
    shop.write(f"\n    entrypoint: [/bin/sleep, '1000']{HEALTH}")
    async with followed(ws) as sees:
        await sees("absent")
        await asyncio.to_thread(shop.compose, "create", "db")
        assert await sees("created") < AT_ONCE_SECONDS * crowd()
        one = shop.container
        await asyncio.to_thread(one.start)
        await sees("healthy")
        for act, state in (
            (one.pause, "paused"), (one.unpause, "healthy"), (one.kill, "exited"),
            (one.start, "healthy"),
        ):  # fmt: skip
            await asyncio.to_thread(act)
            assert await sees(state) < crowd() * AT_ONCE_SECONDS * (3 if act == one.start else 1)
        await asyncio.to_thread(one.exec_run, ["touch", "/tmp/ill"])
        await sees("unhealthy")
        found = container(ws)
        assert found is not None
        assert found.detail == "feeling ill"
        await asyncio.to_thread(one.remove, force=True)
        assert await sees("absent") < AT_ONCE_SECONDS * crowd()


async def test_another_compose_file_shows_without_asking(ws: Workspace, shop: Shop):
    async with followed(ws) as sees:
        await sees("absent")
        await until(lambda: ws.state.git.phase == "ready")
        shop.write(image="postgis/postgis:17")
        await until(lambda: (found := container(ws)) is not None and "postgis" in found.image)


async def test_measured_only_while_somebody_looks(ws: Workspace, shop: Shop):
    shop.write(FOREVER)
    shop.compose("up", "-d", "db")
    await ws.refresh("container")
    looking = asyncio.create_task(follow_usage(ws))
    await until(lambda: len(ws.state.usage) >= 2)
    assert ws.state.usage[-1].memory > 0
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    assert ws.state.usage == ()


@pytest.fixture
def private_daemon() -> Iterator[Daemon]:
    """An engine that may be stopped. It shares the machine with the other one: no networks."""
    if shutil.which("dockerd") is None:
        unavailable("no dockerd to start and stop")
    with daemon(alone=True) as found:
        yield found


@pytest.fixture
def restarted(
    private_daemon: Daemon,
    docker_environment: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Shop]:
    """A shop on the engine that may be stopped."""
    monkeypatch.setenv("DOCKER_HOST", private_daemon.host)
    client = connected(private_daemon.host)
    folder = tmp_path / "restarted"
    folder.mkdir()
    shop = Shop(folder, client, image(client))
    (folder / "compose.yaml").write_text(
        f"name: {shop.name}\nservices:\n  db:\n    image: {shop.image}\n"
        "    network_mode: none\n    entrypoint: [/bin/sleep, '1000']\n    stop_signal: SIGKILL\n"
    )
    yield shop
    client.close()


async def test_the_engine_goes_away_and_comes_back(
    restarted: Shop, private_daemon: Daemon, open_workspace: Open
):
    write_project(restarted.folder / "backend")
    ws = open_workspace(restarted.folder / "backend", trusted=False)
    async with followed(ws) as sees:
        await sees("absent")
        await asyncio.to_thread(restarted.compose, "up", "-d", "db")
        await sees("running")
        await asyncio.to_thread(private_daemon.stop)
        await until(lambda: "The Docker engine is not running" in problem(ws))
        await asyncio.to_thread(private_daemon.start)
        await sees("exited")
        # The events are heard again, not only asked for once.
        await asyncio.to_thread(restarted.container.start)
        assert await sees("running") < AT_ONCE_SECONDS * crowd()


async def test_a_database_that_does_not_answer_holds_nothing_up(
    sample_backend: SampleProject, shop: Shop, open_workspace: Open
):
    """A paused server takes connections and says nothing: what happens next shows all the same."""
    shop.compose("up", "-d", "--wait", "db")
    ws = open_workspace(sample_backend.backend)
    async with followed(ws) as sees:
        await until(lambda: ws.state.status.phase == "ready")
        await asyncio.to_thread(shop.container.pause)
        await sees("paused")
        await asyncio.to_thread(shop.container.rename, f"{shop.name}-another")
        began = time.monotonic()
        await until(lambda: (found := container(ws)) is not None and "another" in found.name)
        assert time.monotonic() - began < AT_ONCE_SECONDS * crowd()


async def test_killed_in_the_middle_of_an_upgrade(
    shop: Shop, sample_backend: SampleProject, open_workspace: Open
):
    shop.compose("up", "-d", "--wait", "db")
    upgrade(sample_backend, HEAD)
    versions = sample_backend.backend / "alembic" / "versions"
    write_revision(
        versions, down=HEAD,
        upgrade='op.execute("CREATE TABLE half_done ()")\nop.execute("SELECT pg_sleep(300)")',
    )  # fmt: skip
    ws = open_workspace(sample_backend.backend)
    async with followed(ws) as sees:
        await until(lambda: ws.state.status.phase == "ready")
        assert ws.state.current == (HEAD,)
        plan = await apply.plan(ws, "upgrade", "head")
        run = asyncio.create_task(apply.run(ws, plan))
        await until(lambda: "pg_sleep" in output(ws))
        await asyncio.to_thread(shop.container.kill)
        with pytest.raises(WorkerFailed) as caught:
            await run
        assert caught.value.failed.kind in ("connection", "database")
        await sees("exited")
        said = output(ws)
        assert "where the database stands could not be read" in said
        assert ws.state.run is not None
        assert ws.state.run.phase == "failed"
        await asyncio.to_thread(shop.container.start)
        await until(lambda: "the database answers again: it stands at" in output(ws))
        assert ws.state.current == (HEAD,)
    with psycopg.connect(shop.url.replace("+psycopg", "")) as connection:
        (found,) = connection.execute("SELECT to_regclass('half_done')").fetchone() or ("?",)
    assert found is None
