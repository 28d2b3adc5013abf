"""Paths of this machine and of a container, and which services have the project's folder."""

from dataclasses import replace
from pathlib import Path

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.interpreter import in_container
from opsmig_tui.project.model import OpenOptions, Project
from opsmig_tui.project.open import open_project
from opsmig_tui.services.compose.inside import offer, only_service
from opsmig_tui.services.container_places import Places
from opsmig_tui.services.worker_launch import container_places
from tests.support.projects import write_project

HERE = Places((("/home/me/shop", "/srv"), ("/home/me/shop/lib", "/lib/own")))


@pytest.mark.parametrize(
    ("here", "inside"),
    [
        ("/home/me/shop", "/srv"),
        ("/home/me/shop/alembic/versions/a.py", "/srv/alembic/versions/a.py"),
        ("/home/me/shop/lib/m.py", "/lib/own/m.py"),
        ("/home/me/shopping/a.py", ""),
    ],
)
def test_the_deepest_folder_decides(here: str, inside: str):
    assert HERE.inward(here) == inside
    assert HERE.outward(inside or here) == here


def test_only_what_is_a_path_is_rewritten():
    asked = {"files": ["/home/me/shop/a.py"], "message": "/home/me/shop", "overlay": ""}
    assert HERE.request(asked) == {
        "files": ["/srv/a.py"],
        "message": "/home/me/shop",
        "overlay": "",
    }
    said = {
        "result": {"steps": [{"path": "/srv/a.py", "sql": "COPY t FROM '/srv/a.csv'"}]},
        "message": "in /srv/a.py, not /opt/srv/a.py nor /srv2",
        "file": "/usr/lib/x.py",
    }
    assert HERE.event(said) == {
        "result": {"steps": [{"path": "/home/me/shop/a.py", "sql": "COPY t FROM '/srv/a.csv'"}]},
        "message": "in /home/me/shop/a.py, not /opt/srv/a.py nor /srv2",
        "file": "/usr/lib/x.py",
    }


@pytest.fixture
def project(tmp_path: Path) -> Project:
    write_project(tmp_path / "backend")
    found = open_project(OpenOptions(directory=tmp_path / "backend"), run_tools=False)
    assert isinstance(found, Project)
    return replace(found, interpreter=None)


def compose(project: Project, web: str, more: str = "") -> None:
    text = f"services:\n  db: {{image: postgres, volumes: ['.:/x']}}\n  web: {web}\n{more}"
    (project.root.parent / "compose.yaml").write_text(text)


def test_the_one_service_that_mounts_it_is_taken(project: Project, monkeypatch: pytest.MonkeyPatch):
    assert (only_service(project), offer(project)) == (None, "")
    compose(project, "{build: ., volumes: ['.:/app:ro', 'cache:/app/cache']}")
    found = only_service(project)
    assert found is not None
    assert found.name == "python in the container of web"
    assert container_places(project, found).inward(project.root) == "/app/backend"
    assert only_service(replace(project, python="/gone/python")) is None
    monkeypatch.setenv("DOCKER_HOST", "ssh://elsewhere")
    assert only_service(project) is None
    assert not container_places(project, found).mounted
    monkeypatch.delenv("DOCKER_HOST")
    compose(project, "{volumes: ['.:/app']}", "  jobs: {volumes: ['./backend:/jobs']}\n")
    assert only_service(project) is None
    assert offer(project) == "web and jobs mount this folder: container:web runs it in there"


def test_a_copy_in_the_image_must_be_named(project: Project):
    compose(project, "{build: ., volumes: ['cache:/app']}")
    with pytest.raises(OpsmigError, match="web mounts no folder that holds") as caught:
        container_places(project, in_container("container:web", "named"))
    assert caught.value.hint.endswith("container:web:/FOLDER.")
    places = container_places(project, in_container("container:web:/app/backend", "named"))
    assert (places.mounted, places.inward(project.root)) == (False, "/app/backend")
    with pytest.raises(OpsmigError, match="no compose service 'api'; there are: db, web"):
        container_places(project, in_container("container:api", "named"))
    with pytest.raises(OpsmigError, match="write container:SERVICE"):
        in_container("container:web:app", "named")
