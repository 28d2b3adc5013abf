"""Data in volumes, in memory and in the container itself: what a start or a stop does to it."""

from __future__ import annotations

import psycopg
import pytest

from opsmig_tui.workspace.container import perform, plan_start, plan_stop
from opsmig_tui.workspace.workspace import Workspace
from tests.docker.project import CHECK, FOREVER, READY, Shop, state


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
