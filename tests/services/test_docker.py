"""The container of the database, with and without an engine.

`containers.json` holds what a real engine (20.10) said about real containers in each state,
cut down to the parts that are read.
"""

import asyncio
import json
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services.compose.command import Compose, find_program, run_lines
from opsmig_tui.services.docker import DockerAnswer, database_container
from opsmig_tui.services.docker.container import absent_container, read_container
from opsmig_tui.services.docker.endpoint import Endpoint, find_endpoint
from opsmig_tui.services.docker.engine import in_words
from opsmig_tui.services.docker.ssh import ssh_command
from tests.services.test_compose import project_at

CONTAINERS: dict[str, Any] = json.loads((Path(__file__).parent / "containers.json").read_text())
NOBODY = 65534


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "compose.yaml").write_text("services:\n  db:\n    image: postgres:16\n")
    return tmp_path


async def ask(folder: Path) -> DockerAnswer:
    return await database_container(project_at(folder))


@pytest.mark.parametrize(
    ("recorded", "state", "detail"),
    [
        ("created", "created", ""),
        ("failed", "created", "no such file or directory"),
        ("starting", "starting", ""),
        ("healthy", "healthy", ""),
        ("unhealthy", "unhealthy", "no response"),
        ("paused", "paused", ""),
        ("exited", "exited", "exit status 137"),
        ("restarting", "restarting", "it ended with exit status 1"),
    ],
)
def test_what_the_engine_says_in_our_words(recorded: str, state: str, detail: str):
    read = read_container(CONTAINERS[recorded], "db", "by its name")
    assert read.state == state
    assert detail in read.detail
    assert bool(detail) == bool(read.detail)
    assert (read.service, read.name, read.image) == ("db", "shop-db-1", "postgres:16")
    assert read.is_up == (state in ("healthy", "unhealthy", "starting"))
    assert bool(read.published) == read.is_up == (read.started_at is not None)


def test_ports_and_times():
    read = read_container(CONTAINERS["healthy"], "db")
    assert read.ports == ("127.0.0.1:5999→5432", ":6000→8080/udp")
    assert read.published == (("127.0.0.1", 5999),)
    assert read.addresses == ("172.31.77.2",)
    assert read.started_at is not None
    assert read.started_at.tzinfo is UTC
    assert read.started_at > datetime(2020, 1, 1, tzinfo=UTC)
    stopped = read_container(CONTAINERS["exited"], "db")
    assert stopped.ports == read.ports


async def test_no_compose_file_or_a_broken_one(tmp_path: Path):
    answer = await ask(tmp_path / "a" / "b")
    assert (answer.available, answer.container) == (False, None)
    assert "No compose file" in answer.problem
    (tmp_path / "compose.yaml").write_text("services: [")
    assert "compose.yaml" in (await ask(tmp_path)).problem
    (tmp_path / "compose.yaml").write_text("services: {web: {image: nginx}}")
    assert "looks like a database" in (await ask(tmp_path)).problem


async def test_nobody_listens(shop: Path, monkeypatch: pytest.MonkeyPatch):
    dead = shop / "dead.sock"
    with socket.socket(socket.AF_UNIX) as once:
        once.bind(str(dead))
    for host in (f"unix://{dead}", f"unix://{shop}/absent.sock", "tcp://127.0.0.1:9"):
        monkeypatch.setenv("DOCKER_HOST", host)
        answer = await ask(shop)
        assert not answer.available
        assert "engine is not running" in answer.problem
        assert (answer.service, answer.reason) == ("db", "image postgres:16")


async def test_not_installed(shop: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("PATH", str(shop))
    if Path("/var/run/docker.sock").exists():
        assert (
            await ask(shop)
        ).service == "db"  # an engine without the command is one all the same
    else:
        assert (await ask(shop)).problem.startswith("Docker is not installed")


@contextmanager
def as_somebody_else() -> Iterator[None]:
    """Root may open any socket: be nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


async def test_no_permission(shop: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DOCKER_HOST", f"unix://{shop}/absent.sock")
    await ask(shop)  # imports what has to be, while nobody's files may be read
    # Not below tmp_path, which pytest closes to everybody else.
    with tempfile.TemporaryDirectory() as name, socket.socket(socket.AF_UNIX) as server:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copy(shop / "compose.yaml", folder)
        server.bind(f"{name}/locked.sock")
        server.listen()
        (folder / "locked.sock").chmod(0)
        monkeypatch.setenv("DOCKER_HOST", f"unix://{name}/locked.sock")
        with as_somebody_else():
            answer = await ask(folder)
    assert "No permission" in answer.problem
    assert "locked.sock belongs to somebody else" in answer.problem
    # The usual socket is the docker group's.
    assert "usermod -aG docker" in in_words(PermissionError(13, "denied"), Endpoint())


async def test_an_engine_that_hangs(shop: Path, monkeypatch: pytest.MonkeyPatch):
    silent = shop / "silent.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(silent))
        server.listen()
        monkeypatch.setenv("DOCKER_HOST", f"unix://{silent}")
        async with asyncio.timeout(20):
            answer = await ask(shop)
    assert "did not answer in time" in answer.problem


async def test_something_else_listens(shop: Path, monkeypatch: pytest.MonkeyPatch):
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        writer.close()

    server = await asyncio.start_unix_server(talk, shop / "ssh.sock")
    async with server:
        monkeypatch.setenv("DOCKER_HOST", f"unix://{shop}/ssh.sock")
        answer = await ask(shop)
    assert not answer.available
    assert "could not be asked" in answer.problem


async def test_an_address_that_is_none(shop: Path, monkeypatch: pytest.MonkeyPatch):
    for host in ("nonsense", "ssh://", "unix:"):
        monkeypatch.setenv("DOCKER_HOST", host)
        answer = await ask(shop)
        assert not answer.available
        assert host in answer.problem


async def test_the_compose_command(shop: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(shop))
    with pytest.raises(OpsmigError, match="Neither docker nor docker-compose"):
        await find_program()
    program(shop / "docker", "exit 1")
    with pytest.raises(OpsmigError, match="no compose plugin"):
        await find_program()
    program(shop / "docker-compose", 'echo "$@ at $DOCKER_HOST"; echo why >&2; exit $CODE')
    assert await find_program() == ("docker-compose",)
    program(shop / "docker", "exit 0")
    assert await find_program() == ("docker", "compose")
    compose = Compose(("docker-compose",), shop, {"DOCKER_HOST": "unix:///x"}, "other")
    assert compose.shown("stop", "db") == "DOCKER_HOST=unix:///x docker-compose -p other stop db"
    monkeypatch.setenv("CODE", "0")
    assert await compose.answer("stop", "db") == "-p other stop db at unix:///x\nwhy"
    monkeypatch.setenv("CODE", "1")
    with pytest.raises(OpsmigError, match="stop db failed: why"):
        await compose.answer("stop", "db")


def program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


async def test_output_is_told_line_by_line(tmp_path: Path):
    heard: list[str] = []
    script = 'pwd; echo "to stderr" >&2; printf "no end"; exit 3'
    assert await run_lines(["sh", "-c", script], tmp_path, heard.append) == 3
    assert heard == [str(tmp_path), "to stderr", "no end"]


async def test_cancelling_ends_the_command(tmp_path: Path):
    heard: asyncio.Queue[str] = asyncio.Queue()
    task = asyncio.create_task(
        run_lines(["sh", "-c", "echo $$; exec sleep 1000"], tmp_path, heard.put_nowait)
    )
    pid = int(await asyncio.wait_for(heard.get(), 10))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_no_password_of_an_address_is_shown() -> None:
    found = find_endpoint({"DOCKER_HOST": "tcp://me:heather-41@there:2375"})
    assert found.name == "DOCKER_HOST tcp://me:***@there:2375"


@pytest.mark.parametrize("host", ["ssh://there:abc", "ssh://"])
def test_an_address_that_is_none_is_told(host: str) -> None:
    endpoint = Endpoint(host, f"DOCKER_HOST {host}")
    with pytest.raises(OpsmigError, match="is no address of an engine") as caught:
        ssh_command(host)
    assert in_words(caught.value, endpoint) == str(caught.value)


@pytest.mark.parametrize(
    ("ports", "shown", "bound"),
    [
        (("5432",), (":?→5432",), ()),
        (("127.0.0.1:5433:5432",), ("127.0.0.1:5433→5432",), (("127.0.0.1", 5433),)),
        (("5432:5432/tcp", "53:53/udp"), (":53→53/udp", ":5432→5432"), (("", 5432),)),
        (("${NONE}",), (), ()),
    ],
)
def test_the_ports_of_one_that_is_not_there_yet(
    ports: tuple[str, ...], shown: tuple[str, ...], bound: tuple[tuple[str, int], ...]
) -> None:
    found = absent_container("db", "postgres:16", ports, "", "shop")
    assert (found.ports, found.bound) == (shown, bound)
