"""Starting, making anew, stopping: through the workspace, on a real engine."""

from __future__ import annotations

import asyncio
import socket

import psycopg
import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.workspace.container import perform, plan_start, plan_stop
from opsmig_tui.workspace.preflight import preflight
from opsmig_tui.workspace.workspace import Workspace
from tests.docker.project import CHECK, FOREVER, Shop, state
from tests.support.projects import write_project
from tests.workspace.conftest import Open, output, until


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


async def test_the_pre_flight_offers_to_start(ws: Workspace, shop: Shop):
    found = {check.name: check async for check in preflight(ws)}
    assert found["container"].text.startswith("db has no container yet")
    assert found["database"].offer == "start"
    await perform(ws, "start")
    found = {check.name: check async for check in preflight(ws)}
    assert found["container"].state == "ok"
    assert found["container"].text.startswith("db is healthy")
    assert found["database"].state == "ok"


async def test_a_paused_one_is_let_go_on_by_hand(untrusted: Workspace, shop: Shop):
    shop.compose("up", "-d", "--wait", "db")
    shop.container.pause()
    with pytest.raises(OpsmigError, match=f"docker unpause {shop.name}-db-1"):
        await plan_start(untrusted)


async def test_removed_while_the_question_stands(untrusted: Workspace, shop: Shop):
    shop.compose("up", "-d", "--wait", "db")
    assert (await plan_stop(untrusted, "stop")).name == f"{shop.name}-db-1"
    shop.container.remove(force=True)
    with pytest.raises(OpsmigError, match="db does not run any more: it is absent"):
        await perform(untrusted, "stop")
