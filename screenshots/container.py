"""The pictures of the database's container, on a Docker Engine of their own (as root)."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from opsmig_tui.demo import SampleProject, populate, write_sample
from opsmig_tui.project.model import OpenOptions, Project
from opsmig_tui.project.open import open_project
from opsmig_tui.ui.app import OpsmigApp
from opsmig_tui.workspace.workspace import Workspace
from screenshots.pictures import Setting, Story
from tests.docker.engine import connected, daemon
from tests.docker.image import image
from tests.docker.project import CHECK, PASSWORD, Shop

NAME = "field-ops"
ILL = "test ! -e /tmp/ill && pg_isready -h 127.0.0.1 -U ops || { echo the disk is full; exit 1; }"
# So many measurements make a curve to look at.
MEASURED = 12
STATEMENTS = (
    "SELECT * FROM vendor_rating",
    "INSERT INTO ops.vendor (id) VALUES (NULL)",
    "SELECT 1 / 0",
    "ALTER TABLE ops.agreement ADD COLUMN nickname text",
)


@contextmanager
def field_ops() -> Iterator[tuple[Shop, SampleProject]]:
    """The sample with its database in a container."""
    with daemon() as engine, tempfile.TemporaryDirectory() as folder:
        os.environ["DOCKER_HOST"] = engine.host
        plugins = Path(folder) / "docker" / "cli-plugins"
        plugins.mkdir(parents=True)
        shutil.copy(Path(sys.executable).with_name("docker-compose"), plugins)
        os.environ["DOCKER_CONFIG"] = str(plugins.parent)
        root = Path(folder) / NAME
        client = connected(engine.host)
        shop = Shop(root, client, image(client), name=NAME)
        project = write_sample(root, shop.url)
        (root / "docker-compose.yml").unlink()
        volume = '\n    volumes: ["db-data:/var/lib/postgresql/data"]\nvolumes: {db-data: }'
        shop.write(CHECK.format(check=ILL) + volume)
        shop.compose("up", "-d", "--wait", "db")
        populate(project)
        try:
            yield shop, project
        finally:
            shop.clean()
            client.close()


async def take(shop: Shop, project: SampleProject, setting: Setting) -> list[Path]:
    """Takes the three pictures at this setting; returns the PNG files."""
    found = open_project(OpenOptions(directory=project.backend), run_tools=False)
    assert isinstance(found, Project)
    workspace = Workspace(found, trusted=True)
    workspace.read_history()
    app = OpsmigApp(workspace)
    app.theme = setting.theme
    async with app.run_test(size=setting.size) as pilot:
        story = Story(app, pilot, setting)
        async for name in _story(story, shop):
            await story.picture(name)
    return story.taken


async def _story(story: Story, shop: Shop) -> AsyncIterator[str]:
    await story.until(lambda: story.app.workspace.state.drift.phase == "ready")
    await story.pilot.press("1")
    work = asyncio.create_task(asyncio.to_thread(_work, shop))
    await story.until(lambda: len(story.app.workspace.state.usage) >= MEASURED)
    await work
    yield "healthy"
    await asyncio.to_thread(shop.container.exec_run, ["touch", "/tmp/ill"])
    await story.until(lambda: _shown(story) == "unhealthy")
    yield "unhealthy"
    await asyncio.to_thread(shop.container.exec_run, ["rm", "/tmp/ill"])
    await story.until(lambda: _shown(story) == "healthy")
    await story.pilot.press("l")
    await story.pilot.pause(1.5)
    yield "logs"


def _shown(story: Story) -> str:
    docker = story.app.workspace.state.container.value
    return docker.container.state if docker is not None and docker.container is not None else ""


def _work(shop: Shop) -> None:
    """Something for the server to do, and to complain of in its log."""
    url = f"postgresql://ops:{PASSWORD}@127.0.0.1:{shop.port}/ops"
    for _ in range(3):
        with psycopg.connect(url) as connection:
            connection.execute("SELECT count(*) FROM generate_series(1, 3000000)")
        for statement in STATEMENTS:
            with suppress(psycopg.Error), psycopg.connect(url) as connection:
                connection.execute(statement.encode())
