"""Starting, making anew, stopping: through the workspace, on a real engine."""

from __future__ import annotations

import asyncio
import socket
import subprocess
from pathlib import Path

import psycopg
import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.workspace.container import perform, plan_start, plan_stop
from opsmig_tui.workspace.preflight import preflight
from opsmig_tui.workspace.status import wrong_database
from opsmig_tui.workspace.workspace import Workspace
from tests.docker.project import CHECK, FAILING, READY, Shop
from tests.support.projects import write_project
from tests.workspace.conftest import Open, output, until

FOREVER = '\n    entrypoint: ["/bin/sleep", "1000"]'


@pytest.fixture
def untrusted(shop: Shop, open_workspace: Open) -> Workspace:
    """A project beside the shop's compose file whose code does not run."""
    write_project(shop.folder / "backend")
    return open_workspace(shop.folder / "backend", trusted=False)


@pytest.fixture
def ws(sample_backend: SampleProject, open_workspace: Open) -> Workspace:
    return open_workspace(sample_backend.backend)


def state(workspace: Workspace) -> str:
    docker = workspace.state.container.value
    assert docker is not None
    assert docker.container is not None, docker.problem
    return docker.container.state


async def test_started_from_nothing_it_is_healthy_and_answers(ws: Workspace, shop: Shop):
    plan = await plan_start(ws)
    assert (plan.service, plan.runs, plan.outdated) == ("db", False, "")
    await perform(ws, "start")
    assert state(ws) == "healthy"
    assert ws.state.status.phase == "ready"
    assert ws.state.locality is not None
    assert ws.state.locality.kind == "container"
    assert ws.state.run is not None
    assert ws.state.run.phase == "done"
    said = output(ws)
    assert "docker compose up -d --no-recreate db" in said
    assert f"Container {shop.name}-db-1" in said
    assert "db is healthy; the database stands at base" in said
    assert "gorse" not in said
    assert any("up -d --no-recreate db" in one.command for one in ws.state.commands)
    assert (await plan_start(ws)).runs


async def test_without_a_health_check_a_connection_decides(ws: Workspace, shop: Shop):
    shop.write("")
    await perform(ws, "start")
    assert state(ws) == "running"
    assert "db is running; the database stands at base" in output(ws)


async def test_without_trust_pg_isready_decides(untrusted: Workspace, shop: Shop):
    shop.write("")
    await perform(untrusted, "start")
    assert output(untrusted).endswith("db is running")
    with psycopg.connect(shop.url.replace("+psycopg", "")):
        pass  # it takes connections at once


async def test_a_port_that_is_taken_is_told_and_a_new_one_applied(
    untrusted: Workspace, shop: Shop, monkeypatch: pytest.MonkeyPatch
):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", shop.port))
        taken.listen()
        async with asyncio.timeout(30):
            with pytest.raises(OpsmigError, match=f"db did not start: .*{shop.port}") as caught:
                await perform(untrusted, "start")
        assert "Something else listens on that port" in caught.value.hint
        assert untrusted.state.run is not None
        assert untrusted.state.run.phase == "failed"
        assert state(untrusted) in ("created", "exited")
        # Publishing another port takes a new container: that is asked for, and loses nothing.
        monkeypatch.setenv("DB_PORT", "0")
        plan = await plan_start(untrusted)
        assert "configuration in the compose files has changed" in plan.outdated
        assert plan.recreation is not None
        assert not plan.recreation.destructive
        await perform(untrusted, "recreate")
        assert state(untrusted) == "healthy"
    assert (await plan_start(untrusted)).outdated == ""


async def test_making_anew_says_which_data_goes(untrusted: Workspace, shop: Shop):
    shop.compose("up", "-d", "--wait", "db")
    shop.write(CHECK.format(check=READY) + "\n    labels: {changed: 'yes'}")
    question = (await plan_start(untrusted)).recreation
    assert question is not None
    assert question.destructive
    assert question.typed == f"{shop.name}-db-1"
    assert "THE DATABASE GOES: /var/lib/postgresql/data is on no volume." in question.warnings
    assert any("below /var/lib/postgresql/data" in one for one in question.warnings[1:])
    assert question.command == "docker compose up -d --no-deps db"
    assert state(untrusted) == "healthy"  # asking changes nothing


@pytest.mark.parametrize("volume", ["files:/var/lib/postgresql/data", "/var/lib/postgresql/data"])
async def test_making_anew_keeps_what_is_on_a_volume(untrusted: Workspace, shop: Shop, volume: str):
    more = f'{CHECK.format(check=READY)}\n    volumes: ["{volume}"]'
    shop.write(f"{more}\nvolumes: {{files: }}")
    shop.compose("up", "-d", "--wait", "db")
    url = shop.url.replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept ()")
    before = shop.container.id
    shop.write(f"{more}\n    labels: {{changed: 'yes'}}\nvolumes: {{files: }}")
    question = (await plan_start(untrusted)).recreation
    assert question is not None
    assert not question.destructive
    assert question.typed is None
    assert any(note.startswith("volume stays: ") for note in question.notes)
    await perform(untrusted, "recreate")
    assert shop.container.id != before
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT * FROM kept").fetchall() == []


async def test_another_image_of_that_name(untrusted: Workspace, shop: Shop):
    shop.write(FOREVER, image="opsmig-test/moving:1")
    shop.engine.images.get(shop.image).tag("opsmig-test/moving", "1")
    shop.compose("up", "-d", "db")
    assert (await plan_start(untrusted)).outdated == ""
    newer = shop.container.commit("opsmig-test/moving", "1")
    try:
        outdated = (await plan_start(untrusted)).outdated
        assert outdated == "opsmig-test/moving:1 is another image by now"
    finally:
        shop.clean()
        shop.engine.images.remove(newer.id, force=True)


async def test_one_that_ends_at_once_shows_its_last_words(untrusted: Workspace, shop: Shop):
    shop.write('\n    entrypoint: ["/bin/sh", "-c", "echo no room left for the data; exit 2"]')
    with pytest.raises(OpsmigError, match=r"db is exited \(exit status 2\)"):
        await perform(untrusted, "start")
    assert "no room left for the data" in output(untrusted)


async def test_one_that_restarts_for_ever_is_not_waited_for(untrusted: Workspace, shop: Shop):
    shop.write('\n    restart: always\n    entrypoint: ["/bin/sh", "-c", "echo again; exit 2"]')
    async with asyncio.timeout(30):
        with pytest.raises(OpsmigError, match=r"db is restarting \(restarted \d+ times"):
            await perform(untrusted, "start")


async def test_waiting_can_be_given_up(untrusted: Workspace, shop: Shop):
    shop.write(f"{FOREVER}{CHECK.format(check='exit 1')}")
    start = asyncio.create_task(perform(untrusted, "start"))
    await until(lambda: "waiting for db to be healthy" in output(untrusted))
    assert untrusted.cancel()
    with pytest.raises(WorkerFailed, match="goes on there"):
        await start
    assert untrusted.state.run is not None
    assert untrusted.state.run.phase == "cancelled"
    assert state(untrusted) == "starting"


async def test_stopping_says_who_is_connected(ws: Workspace, shop: Shop):
    shop.compose("up", "-d", "--wait", "db")
    await ws.refresh("container", "status")
    question = await plan_stop(ws, "stop")
    assert question.notes == ("No other session is connected to db.",)
    url = shop.url.replace("+psycopg", "")
    with psycopg.connect(url, application_name="report"), psycopg.connect(url):
        question = await plan_stop(ws, "stop")
        assert question.warnings == (
            "2 other sessions are connected and would be cut off: "
            "1 unnamed (ops on ops), 1 report (ops on ops).",
        )
        assert question.command == "docker compose stop db"
        await perform(ws, "stop")
    assert state(ws) == "exited"
    assert ws.state.status.phase == "failed"
    with pytest.raises(OpsmigError, match="db does not run: there is nothing to stop"):
        await plan_stop(ws, "stop")


async def test_restarting_waits_until_it_answers_again(ws: Workspace, shop: Shop):
    shop.compose("up", "-d", "--wait", "db")
    started = shop.container.attrs["State"]["StartedAt"]
    await ws.refresh("container", "status")
    assert (await plan_stop(ws, "restart")).command == "docker compose restart db"
    await perform(ws, "restart")
    assert shop.container.attrs["State"]["StartedAt"] > started
    assert "db is healthy; the database stands at base" in output(ws)


async def test_sessions_that_nobody_can_count(untrusted: Workspace, shop: Shop):
    shop.write(FOREVER)
    shop.compose("up", "-d", "db")
    (warning,) = (await plan_stop(untrusted, "stop")).warnings
    assert warning.startswith("How many other sessions are connected is not known")


async def test_read_only_starts_and_stops_nothing(shop: Shop, open_workspace: Open):
    write_project(shop.folder / "backend")
    reading = open_workspace(shop.folder / "backend", trusted=False, read_only=True)
    for attempt in (perform(reading, "start"), plan_start(reading), plan_stop(reading, "stop")):
        with pytest.raises(OpsmigError, match="Read-only"):
            await attempt
    assert shop.containers() == []


async def test_the_wrong_database_is_warned_of(
    ws: Workspace, shop: Shop, sample_backend: SampleProject
):
    """The classic: the URL has a port that something else listens on, or nothing."""
    shop.compose("up", "-d", "--wait", "db")
    env = sample_backend.backend / ".env"
    env.write_text(f"DATABASE_URL={shop.url.replace(str(shop.port), '1')}\n")
    await ws.refresh("container", "status")
    nothing = f"127.0.0.1:1 is not db: that publishes 127.0.0.1:{shop.port}→5432."
    assert wrong_database(ws.state) == nothing
    checks = [check async for check in preflight(ws)]
    assert checks[-1].state == "failed"
    assert checks[-1].text.endswith(nothing)
    assert checks[-1].offer == ""
    assert [one.state for one in checks if one.name == "container"][-1] == "ok"
    env.write_text(f"DATABASE_URL={shop.url.replace('127.0.0.1', 'db')}\n")
    await ws.refresh("status")
    assert wrong_database(ws.state).startswith("db is a name inside the compose network only")


async def test_another_server_at_the_containers_port(
    ws: Workspace, shop: Shop, sample_backend: SampleProject, tmp_path: Path
):
    shop.compose("create", "db")
    other = Shop(tmp_path / "other", shop.engine, shop.image, port=shop.port)
    other.folder.mkdir()
    other.write()
    try:
        other.compose("up", "-d", "--wait", "db")
        await ws.refresh("container", "status")
        assert ws.state.status.phase == "ready"
        assert wrong_database(ws.state) == f"127.0.0.1:{shop.port} is not db: db is not running."
    finally:
        other.clean()


async def test_the_pre_flight_offers_to_start(ws: Workspace, shop: Shop):
    found = {check.name: check async for check in preflight(ws)}
    assert found["container"].text.startswith("db has no container yet")
    assert found["database"].offer == "start"
    await perform(ws, "start")
    found = {check.name: check async for check in preflight(ws)}
    assert found["container"].state == "ok"
    assert found["container"].text.startswith("db is healthy")
    assert found["database"].state == "ok"


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ("\n    environment: {PGDATA: /tmp/pg, POSTGRES_PASSWORD: x4567}", False),
        ("\n    environment: {PGDATA: /kept/pg, POSTGRES_PASSWORD: x4567}", True),
    ],
)
async def test_data_is_looked_for_where_pgdata_says(
    untrusted: Workspace, shop: Shop, more: str, kept: bool
):
    """Also below a folder whose files are no loss as a rule."""
    volume = "\n    volumes: ['/kept']"
    text = shop.write(CHECK.format(check=READY)).read_text()
    plain = text.split("    environment:")[0] + "    " + more.strip() + CHECK.format(check=READY)
    path = shop.folder / "compose.yaml"
    path.write_text(plain + volume)
    shop.compose("up", "-d", "--wait", "db")
    path.write_text(plain + volume + "\n    labels: {changed: 'yes'}")
    question = (await plan_start(untrusted)).recreation
    assert question is not None
    assert question.destructive is not kept
    assert any("THE DATABASE GOES" in one for one in question.warnings) is not kept


async def test_data_in_memory_goes_with_every_stop(untrusted: Workspace, shop: Shop):
    memory = "\n    tmpfs: ['/var/lib/postgresql/data']"
    shop.write(CHECK.format(check=READY) + memory)
    shop.compose("up", "-d", "--wait", "db")
    question = await plan_stop(untrusted, "restart")
    assert question.warnings[0] == (
        "THE DATABASE GOES: /var/lib/postgresql/data is in memory only (tmpfs)."
    )
    assert question.typed == f"{shop.name}-db-1"
    shop.write(CHECK.format(check=READY) + memory + "\n    labels: {changed: 'yes'}")
    again = (await plan_start(untrusted)).recreation
    assert again is not None
    assert again.typed == f"{shop.name}-db-1"


async def test_one_of_a_profile_that_is_not_active(untrusted: Workspace, shop: Shop):
    shop.write(CHECK.format(check=READY) + "\n    profiles: [local]")
    await perform(untrusted, "start")
    assert state(untrusted) == "healthy"
    assert (await plan_start(untrusted)).outdated == ""


async def test_one_of_another_folder_is_said_to_be(
    untrusted: Workspace, shop: Shop, tmp_path: Path
):
    other = tmp_path / "elsewhere"
    other.mkdir()
    text = (shop.folder / "compose.yaml").read_text()
    (other / "compose.yaml").write_text(text + "\n    labels: {changed: 'yes'}")
    subprocess.run(
        ["docker", "compose", "up", "-d", "--wait", "db"],
        cwd=other,
        check=True,
        capture_output=True,
    )
    said = f"{shop.name}-db-1 is another folder's: it was made from {other}/compose.yaml."
    question = (await plan_start(untrusted)).recreation
    assert question is not None
    assert said in question.warnings
    assert said in (await plan_stop(untrusted, "stop")).warnings


async def test_a_paused_one_is_let_go_on_by_hand(untrusted: Workspace, shop: Shop):
    shop.compose("up", "-d", "--wait", "db")
    shop.container.pause()
    with pytest.raises(OpsmigError, match=f"docker unpause {shop.name}-db-1"):
        await plan_start(untrusted)


async def test_no_password_is_told(untrusted: Workspace, shop: Shop):
    """Neither by the health check nor by the last words of one that ends."""
    check = "echo no login with $$POSTGRES_PASSWORD; exit 1"
    shop.write(FOREVER + FAILING.format(check=check))
    shop.compose("up", "-d", "db")
    async with asyncio.timeout(30):
        await untrusted.refresh("container")
        while state(untrusted) == "starting":
            await untrusted.refresh("container")
    assert untrusted.state.service_container is not None
    assert untrusted.state.service_container.detail == "no login with ***"
    shop.write('\n    entrypoint: [/bin/sh, -c, "echo it is $$POSTGRES_PASSWORD now; exit 3"]')
    with pytest.raises(OpsmigError, match=r"exit status 3"):
        await perform(untrusted, "recreate")
    assert "it is *** now" in output(untrusted)


async def test_a_log_that_is_not_kept_hides_nothing(untrusted: Workspace, shop: Shop):
    shop.write("\n    entrypoint: [/bin/sh, -c, 'exit 3']\n    logging: {driver: none}")
    with pytest.raises(OpsmigError, match=r"db is exited \(exit status 3\)"):
        await perform(untrusted, "start")
    assert "its log could not be read" in output(untrusted)


async def test_env_py_that_goes_elsewhere_does_not_hold_up_the_start(
    ws: Workspace, sample_backend: SampleProject, shop: Shop
):
    """Without a health check env.py's connection decides, but only where it leads there."""
    shop.write("")
    (sample_backend.backend / ".env").write_text(
        f"DATABASE_URL={shop.url.replace(str(shop.port), '1')}\n"
    )
    async with asyncio.timeout(30):
        await perform(ws, "start")
    assert f"db is running; but 127.0.0.1:1 is not db: that publishes 127.0.0.1:{shop.port}" in (
        output(ws)
    )
    assert "How many other sessions are connected is not known" in " ".join(
        (await plan_stop(ws, "stop")).warnings
    )


async def test_no_password_of_the_compose_file_is_told(untrusted: Workspace, shop: Shop):
    """Compose repeats what it cannot read."""
    path = shop.folder / "compose.yaml"
    path.write_text(path.read_text().replace("gorse-and-heather-41", "gorse${9heather-secret"))
    with pytest.raises(OpsmigError, match="invalid interpolation format") as caught:
        await perform(untrusted, "start")
    assert "heather-secret" not in str(caught.value) + output(untrusted)


async def test_a_login_that_is_refused_is_told(
    ws: Workspace, sample_backend: SampleProject, shop: Shop
):
    shop.write("")
    url = shop.url.replace("gorse-and-heather-41", "another-one-42")
    (sample_backend.backend / ".env").write_text(f"DATABASE_URL={url}\n")
    async with asyncio.timeout(60):
        await perform(ws, "start")
    said = output(ws)
    assert "db is running; where the database stands could not be read" in said
    assert "password authentication failed" in said


async def test_removed_while_the_question_stands(untrusted: Workspace, shop: Shop):
    shop.compose("up", "-d", "--wait", "db")
    assert (await plan_stop(untrusted, "stop")).name == f"{shop.name}-db-1"
    shop.container.remove(force=True)
    with pytest.raises(OpsmigError, match="db does not run any more: it is absent"):
        await perform(untrusted, "stop")
