"""What a real engine says of real containers, in each state they can be in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opsmig_tui.services.docker import ContainerState, DockerAnswer, database_container
from opsmig_tui.services.docker.endpoint import DEFAULT_SOCKET, Endpoint, find_endpoint
from opsmig_tui.services.docker.engine import client
from opsmig_tui.services.docker.usage import usage
from tests.docker.conftest import HOST
from tests.docker.project import FAILING, Shop
from tests.services.test_compose import project_at

PATIENCE_SECONDS = 60.0
LOOP = """
    restart: always
    entrypoint: ["/bin/sh", "-c", "exit 3"]"""
SILENT = """
    entrypoint: ["/bin/sleep", "1000"]"""


async def ask(folder: Path) -> DockerAnswer:
    return await database_container(project_at(folder))


async def comes_to(shop: Shop, *states: str) -> ContainerState:
    """The container, once it is in one of these states."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = await ask(shop.folder)
        assert answer.container is not None, answer.problem
        if answer.container.state in states:
            return answer.container
        assert time.monotonic() < end, answer.container
        await asyncio.sleep(0.05)


async def test_from_nothing_to_healthy_and_to_an_end(shop: Shop):
    absent = await ask(shop.folder)
    assert absent.available
    assert absent.container == ContainerState(
        "db",
        "absent",
        image=shop.image,
        reason=f"image {shop.image}",
        project=shop.name,
        ports=(f"127.0.0.1:{shop.port}→5432",),
        bound=(("127.0.0.1", shop.port),),
    )
    shop.compose("create", "db")
    created = await comes_to(shop, "created")
    assert (created.ports, created.published) == ((f"127.0.0.1:{shop.port}→5432",), ())
    assert created.bound == (("127.0.0.1", shop.port),)
    shop.compose("start", "db")
    await comes_to(shop, "starting", "healthy")
    healthy = await comes_to(shop, "healthy")
    assert healthy.name == f"{shop.name}-db-1"
    assert healthy.published == (("127.0.0.1", shop.port),)
    assert healthy.started_at is not None
    assert healthy.image_created is not None
    assert (healthy.user, healthy.database) == ("ops", "ops")
    assert healthy.addresses
    assert healthy.engine_is_local
    assert (healthy.data_is_kept, healthy.volumes) == (False, ())
    assert "gorse" not in repr(healthy)
    shop.container.pause()
    assert (await comes_to(shop, "paused")).published == ()
    shop.container.unpause()
    shop.container.kill()
    killed = await comes_to(shop, "exited")
    assert killed.detail == "exit status 137 (killed)"
    assert killed.ended_at is not None


async def test_unhealthy_says_what_its_check_said(shop: Shop):
    shop.write(FAILING.format(check="echo no answer from the server; exit 1"))
    shop.compose("up", "-d", "db")
    unhealthy = await comes_to(shop, "unhealthy")
    assert unhealthy.detail == "no answer from the server"
    assert unhealthy.is_up


async def test_a_container_that_ends_again_and_again(shop: Shop):
    shop.write(LOOP)
    shop.compose("up", "-d", "db")
    end = time.monotonic() + PATIENCE_SECONDS
    found = await comes_to(shop, "restarting")
    while found.restarts < 2:
        assert time.monotonic() < end
        found = await comes_to(shop, "restarting")
    assert found.detail == f"restarted {found.restarts} times; it ended with exit status 3"


async def test_killed_for_its_memory(shop: Shop):
    shop.write(
        '\n    mem_limit: 12m\n    entrypoint: ["/bin/sh", "-c", "a=x; while :; do a=$$a$$a; done"]'
    )
    shop.compose("up", "-d", "db")
    # The engine hears of the exit and of the lack of memory apart, in either order.
    end = time.monotonic() + PATIENCE_SECONDS
    while (found := await comes_to(shop, "exited")).detail != "killed: out of memory":
        assert time.monotonic() < end, found
        await asyncio.sleep(0.05)


async def test_two_projects_on_one_engine_and_a_name_of_ones_own(make_shop: Callable[..., Shop]):
    one, two = make_shop("one"), make_shop("two")
    one.write(f"{SILENT}\n    container_name: {one.name}-pg")
    two.write(SILENT)
    one.compose("up", "-d", "db")
    assert (await comes_to(two, "absent")).name == ""
    assert (await comes_to(one, "running")).name == f"{one.name}-pg"
    two.compose("up", "-d", "db")
    one.compose("stop", "-t", "0", "db")
    assert (await comes_to(two, "running")).name == f"{two.name}-db-1"
    assert (await comes_to(one, "exited")).name == f"{one.name}-pg"


async def test_the_same_name_in_another_folder_is_not_ours(make_shop: Callable[..., Shop]):
    mine, theirs = make_shop("mine"), make_shop("theirs")
    theirs.name = mine.name
    path = theirs.write(SILENT)
    mine.write(SILENT)
    theirs.compose("up", "-d", "db")
    assert (await comes_to(mine, "running")).elsewhere == str(path)
    assert (await comes_to(theirs, "running")).elsewhere == ""


async def test_started_under_another_project_name(shop: Shop):
    other = f"{shop.name}-other"
    shop.write(SILENT)
    shop.compose("-p", other, "up", "-d", "db")
    try:
        found = await comes_to(shop, "running")
        assert (found.project, found.elsewhere) == (other, "")
        assert (await ask(shop.folder)).project == shop.name
    finally:
        shop.compose("-p", other, "down", "-t", "0")


async def test_volumes_and_where_the_data_is(shop: Shop, tmp_path: Path):
    volumes = (
        '\n    volumes: ["files:/var/lib/postgresql", "/extra", "./conf:/conf"]\nvolumes: {files:}'
    )
    shop.write(SILENT + volumes)
    (shop.folder / "conf").mkdir()
    shop.compose("up", "-d", "db")
    found = await comes_to(shop, "running")
    assert set(found.volumes) == {
        f"{shop.name}_files → /var/lib/postgresql",
        "anonymous → /extra",
        f"{shop.folder}/conf → /conf",
    }
    assert found.data_is_kept


async def test_what_it_takes(shop: Shop):
    shop.write('\n    entrypoint: ["/bin/sh", "-c", "while :; do :; done"]')
    shop.compose("up", "-d", "db")
    found = await comes_to(shop, "running")
    measured = usage(find_endpoint(), found.id)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await anext(measured)).cpu < 20:
            pass
        assert 0 < (await anext(measured)).memory < 50_000_000
        shop.container.kill()
        async for _ in measured:
            pass  # ends with the container


@pytest.mark.parametrize("name", ["", "DOCKER_CONTEXT"])
async def test_contexts(
    name: str, shop: Shop, docker_environment: Path, monkeypatch: pytest.MonkeyPatch
):
    """As `docker context create` and `docker context use` leave them."""
    import subprocess

    host = HOST or f"unix://{DEFAULT_SOCKET}"
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    make = ["docker", "context", "create", "work", "--docker", f"host={host}"]
    subprocess.run(make, check=True, capture_output=True)
    if name:
        monkeypatch.setenv(name, "work")
    else:
        subprocess.run(["docker", "context", "use", "work"], check=True, capture_output=True)
    answer = await ask(shop.folder)
    assert answer.available, answer.problem
    assert answer.engine.name == "context work"
    monkeypatch.setenv("DOCKER_CONTEXT", "gone")
    answer = await ask(shop.folder)
    assert not answer.available
    assert "names the context 'gone', which does not exist" in answer.problem


def test_a_usual_socket_where_the_default_is_not_there(engine: Any, tmp_path: Path):
    """Rootless Docker's, Podman's or colima's: here a link to the engine there is."""
    real = find_endpoint({"DOCKER_HOST": HOST} if HOST else {}).host or DEFAULT_SOCKET
    link = tmp_path / ".colima" / "default" / "docker.sock"
    link.parent.mkdir(parents=True)
    link.symlink_to(real.removeprefix("unix://"))
    endpoint = find_endpoint({"HOME": str(tmp_path)}, default="/nowhere.sock")
    assert (endpoint.name, endpoint.host) == ("colima", f"unix://{link}")
    assert endpoint.environment == {"DOCKER_HOST": endpoint.host}
    with client(endpoint) as found:
        assert found.ping()
    nowhere = find_endpoint({"HOME": str(tmp_path / "nobody")}, default="/nowhere.sock")
    assert nowhere == Endpoint()
