"""The worker inside a compose service that mounts the project: nothing of it is installed there."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from opsmig_tui.project.model import OpenOptions, Project
from opsmig_tui.project.open import open_project
from opsmig_tui.services.worker_client import WorkerClient, WorkerFailed
from opsmig_tui.worker import protocol
from opsmig_tui.workspace import apply
from opsmig_tui.workspace.doctor import examine
from opsmig_tui.workspace.rehearse import plan_rehearsal, rehearse
from opsmig_tui.workspace.status import wrong_database
from tests.docker.project import PASSWORD, Shop
from tests.support.projects import AlembicProject, write_project
from tests.workspace.conftest import Open, until

LIBRARIES = "/lib/x86_64-linux-gnu"
ASLEEP = '\n    entrypoint: ["/bin/sleep", "1000"]'
DATABASE = """
    stop_signal: SIGINT
    environment: {{POSTGRES_USER: ops, POSTGRES_DB: ops, POSTGRES_PASSWORD: {password}}}
    ports: ["127.0.0.1:{port}:5432"]"""
SERVICE = """\
name: {name}
services:
  db:
    image: {image}{asleep}
  web:
    image: {image}
    entrypoint: ["/bin/sleep", "1000"]
    stop_grace_period: 0s
    environment:
      PATH: {venv}/bin:/bin
      ONLY_HERE: "1"
    volumes:
      - ./backend:/srv/app
      - {{type: bind, source: {base}, target: {base}, read_only: true}}
      - {venv}:{venv}:ro
      - {libraries}:{libraries}:ro
"""
ONLY_HERE = "import os\nassert os.environ['ONLY_HERE'] and os.getcwd() == '/srv/app'\n"


@dataclass
class Inside:
    """This machine's Python, bound into a service beside a project of which it has the folder."""

    shop: Shop
    alembic: AlembicProject

    def project(self, python: str = "container:web") -> Project:
        found = open_project(OpenOptions(directory=self.alembic.root, python=python))
        assert isinstance(found, Project)
        return found

    def with_postgresql(self) -> None:
        """Gives the database's service a server, by whose name the project reaches it."""
        path = self.shop.folder / "compose.yaml"
        server = DATABASE.format(port=self.shop.port, password=PASSWORD)
        path.write_text(path.read_text().replace(ASLEEP, server, 1))
        config = self.alembic.config
        url = self.shop.url.replace(f"127.0.0.1:{self.shop.port}", "db")
        config.write_text(config.read_text().replace("sqlite:///%(here)s/test.db", url))

    def processes(self) -> list[str]:
        """Commands of the workers that run in the container."""
        (web,) = (one for one in self.shop.containers() if "-web-" in one.name)
        listed = web.top()["Processes"] or []
        return [" ".join(one) for one in listed if "python" in " ".join(one)]


@pytest.fixture
def inside(shop: Shop) -> Inside:
    alembic = write_project(shop.folder / "backend")
    env = alembic.root / "alembic" / "env.py"
    env.write_text(ONLY_HERE + env.read_text())
    places = {"base": sys.base_prefix, "venv": sys.prefix, "libraries": LIBRARIES}
    places["asleep"] = ASLEEP
    text = SERVICE.format(name=shop.name, image=shop.image, **places)
    (shop.folder / "compose.yaml").write_text(text)
    return Inside(shop, alembic)


@pytest.fixture
async def client(inside: Inside) -> AsyncIterator[WorkerClient]:
    inside.shop.compose("up", "-d", "web")
    client = WorkerClient(inside.project(), runner=True)
    yield client
    await client.stop()


def takes_connections(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def run_of(plan: Any) -> protocol.Run:
    steps = tuple(one.revision for one in plan.steps)
    digests = tuple(one.digest for one in plan.steps)
    return protocol.Run("upgrade", plan.target, plan.databases, steps, digests)


async def test_it_runs_there_and_its_files_are_here(inside: Inside, client: WorkerClient):
    first = inside.alembic.revision("a1", upgrade="raise ValueError('no')")
    ready = await client.start()
    assert ready.protocol == protocol.PROTOCOL_VERSION
    (command,) = inside.processes()
    assert "ONLY_HERE" not in command
    assert str(inside.shop.folder) not in command
    status = await client.request(protocol.Status())
    assert status.heads == ("a1",)
    if os.geteuid() == 0:
        os.chown(inside.alembic.versions, 4321, 4321)
    planned = await client.request(protocol.PlanCreate("more", autogenerate=False))
    assert planned.directory == str(inside.alembic.versions)
    created = await client.request(protocol.Create("more", autogenerate=False))
    assert created.path is not None
    assert Path(created.path).stat().st_uid == inside.alembic.versions.stat().st_uid
    assert Path(created.path).parent == inside.alembic.versions
    assert Path(created.path).read_text().startswith('"""more')
    plan = await client.request(protocol.Plan("upgrade", "a1"))
    assert plan.steps[0].path == str(first)
    with pytest.raises(WorkerFailed) as caught:
        await client.request(run_of(plan))
    failed = caught.value.failed
    assert (failed.message, failed.file) == ("ValueError: no", str(first))
    assert str(first) in failed.traceback
    assert "/srv/app" not in failed.traceback


async def test_it_is_chosen_where_this_machine_has_none(
    inside: Inside, open_workspace: Open, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    inside.shop.compose("up", "-d", "web")
    inside.alembic.revision("a1")
    workspace = open_workspace(inside.alembic.root)
    assert workspace.project.interpreter is None
    told = {one.name: one.text for one in await examine(workspace)}
    assert told["interpreter"].startswith("python in the container of web  (no Python of this")
    assert told["folder"] == f"{inside.alembic.root} is /srv/app in web"
    assert "alembic 1" in told["packages"]
    assert "at base" in told["database"]
    await apply.run(workspace, await apply.plan(workspace, "upgrade", "head"))
    assert workspace.state.current == ("a1",)


async def test_a_killed_client_ends_its_statement_and_stopping_ends_it(
    inside: Inside, open_workspace: Open
):
    inside.with_postgresql()
    inside.shop.compose("up", "-d", "db", "web")
    url = inside.shop.url.replace("+psycopg", "")
    await until(lambda: takes_connections(url))
    inside.alembic.revision("a1", upgrade="op.execute('CREATE TABLE t ()')")
    sleep = "op.execute('CREATE TABLE u ()')\nop.execute('SELECT pg_sleep(1000)')"
    inside.alembic.revision("b2", "a1", upgrade=sleep)
    workspace = open_workspace(inside.alembic.root)
    await workspace.refresh("container", "status")
    assert workspace.state.locality is not None
    assert workspace.state.locality.text.endswith("as db:5432")
    assert wrong_database(workspace.state) == ""
    await apply.run(workspace, await apply.plan(workspace, "upgrade", "a1"))
    await workspace.close()

    client = WorkerClient(inside.project(), runner=True)
    plan = await client.request(protocol.Plan("upgrade", "b2"))
    begun: list[str] = []

    def on_event(event: protocol.Event) -> None:
        if isinstance(event, protocol.SqlStart):
            begun.append(event.sql)

    running = asyncio.create_task(client.request(run_of(plan), on_event))
    await until(lambda: any("pg_sleep" in sql for sql in begun))
    client.kill_running()  # SIGKILL, to the compose command here
    with pytest.raises(WorkerFailed):
        await running
    await until(lambda: not inside.processes())
    with psycopg.connect(url) as connection:
        asked = "SELECT to_regclass('t'), to_regclass('u'), (SELECT count(*) FROM pg_stat_activity"
        row = connection.execute(f"{asked} WHERE query LIKE '%pg_sleep(1000)')::int").fetchone()
    assert row == ("t", None, 0)
    assert (await client.request(protocol.Status())).databases[0].current == ("a1",)
    assert len(inside.processes()) == 1
    await client.stop()
    assert not inside.processes()


async def test_the_embedded_server_is_none_for_what_runs_there(
    inside: Inside, open_workspace: Open
):
    inside.with_postgresql()
    inside.shop.compose("up", "-d", "db", "web")
    url = inside.shop.url.replace("+psycopg", "")
    await until(lambda: takes_connections(url))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE less LOGIN PASSWORD '{PASSWORD}'".encode())
    config = inside.alembic.config
    config.write_text(config.read_text().replace("//ops:", "//less:"))
    inside.alembic.revision("a1")
    workspace = open_workspace(inside.alembic.root)
    result = await rehearse(workspace, await plan_rehearsal(workspace, on="scratch"))
    assert "may not create databases" in result.refused
    assert "a container does not reach it" in result.refused


async def test_what_keeps_it_from_working_is_told(inside: Inside):
    async def refused(python: str, request: Any) -> protocol.Failed:
        client = WorkerClient(inside.project(python), runner=True)
        with pytest.raises(WorkerFailed) as caught:
            await client.request(request)
        await client.stop()
        return caught.value.failed

    failed = await refused("container:web", protocol.Status())
    assert 'service "web" is not running' in failed.message
    assert failed.hint == "docker compose up -d web starts it."
    inside.shop.compose("up", "-d", "web", "db")
    failed = await refused("container:db:/tmp", protocol.Status())
    assert failed.hint == "The image of db has no program called python."
    failed = await refused("container:web:/srv/other", protocol.Status())
    assert failed.message.startswith("There is no /srv/other in web")
    failed = await refused("container:web:/tmp", protocol.PlanCreate("more"))
    assert failed.message.startswith("web has a copy of the project, not its folder")
