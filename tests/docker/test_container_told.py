"""What is said of a container and of its server, and no password of theirs."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.workspace.container import perform, plan_start, plan_stop
from opsmig_tui.workspace.preflight import preflight
from opsmig_tui.workspace.status import wrong_database
from opsmig_tui.workspace.workspace import Workspace
from tests.docker.project import CHECK, FAILING, FOREVER, READY, Shop, state
from tests.workspace.conftest import output


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
