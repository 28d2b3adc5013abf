"""A real engine, an image with a real PostgreSQL, and compose projects that use them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from opsmig_tui.demo import SampleProject, point_to
from opsmig_tui.workspace.workspace import Workspace
from tests.conftest import copied
from tests.docker.engine import answers, connected
from tests.docker.image import image
from tests.docker.project import Shop
from tests.support.programs import lacking
from tests.support.projects import write_project
from tests.ui.conftest import cheap_screen, pilot_that_settles
from tests.workspace.conftest import Open, count_own_workers_only, open_workspace

__all__ = ["cheap_screen", "count_own_workers_only", "open_workspace", "pilot_that_settles"]

# Before the tests' own environment hides it.
HOST = os.environ.get("DOCKER_HOST", "")
COMPOSE = Path(sys.executable).with_name("docker-compose")


def unavailable(reason: str) -> None:
    """In CI it fails; elsewhere these tests are left out."""
    lacking(f"{reason} (CONTRIBUTING.md says how these tests get an engine)")


@pytest.fixture(scope="session")
def engine() -> Iterator[Any]:
    if not answers(HOST):
        unavailable("no Docker engine answers")
    client = connected(HOST)
    yield client
    client.close()


@pytest.fixture(scope="session")
def postgres_image(engine: Any) -> str:
    return image(engine)


@pytest.fixture
def docker_environment(
    engine: Any, isolated_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The docker command with its compose plugin, as a person has it; yields its settings."""
    settings = isolated_environment / ".docker"
    (settings / "cli-plugins").mkdir(parents=True)
    (settings / "cli-plugins" / "docker-compose").symlink_to(COMPOSE)
    monkeypatch.setenv("DOCKER_CONFIG", str(settings))
    if HOST:
        monkeypatch.setenv("DOCKER_HOST", HOST)
    else:
        monkeypatch.delenv("DOCKER_HOST")
    return settings


@pytest.fixture
def make_shop(
    engine: Any, postgres_image: str, docker_environment: Path, tmp_path: Path
) -> Iterator[Callable[..., Shop]]:
    """`make_shop("folder")`: a compose project, cleaned up at the end."""
    made: list[Shop] = []

    def make(name: str = "shop") -> Shop:
        folder = tmp_path / name
        folder.mkdir()
        made.append(Shop(folder, engine, postgres_image))
        made[-1].write()
        return made[-1]

    yield make
    for one in made:
        one.clean()


@pytest.fixture
def shop(make_shop: Callable[..., Shop]) -> Shop:
    return make_shop()


@pytest.fixture
def sample_backend(shop: Shop, files_template: Path) -> SampleProject:
    """The sample's backend beside the shop's compose file: its database is in that container, which
    is not started yet. To opsmig it is a project as any other."""
    root = copied(files_template, shop.folder / "field-ops")
    (root / "docker-compose.yml").unlink()
    (shop.folder / "compose.yaml").rename(root / "compose.yaml")
    shop.folder = root
    return point_to(root, shop.url)


@pytest.fixture
def untrusted(shop: Shop, open_workspace: Open) -> Workspace:
    """A project beside the shop's compose file whose code does not run."""
    write_project(shop.folder / "backend")
    return open_workspace(shop.folder / "backend", trusted=False)


@pytest.fixture
def ws(sample_backend: SampleProject, open_workspace: Open) -> Workspace:
    return open_workspace(sample_backend.backend)
