"""Compose files as people write them."""

from pathlib import Path

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import AlembicConfig, Project, Settings
from opsmig_tui.services.compose import (
    ComposeFile,
    ComposeService,
    choose_service,
    find_compose,
    interpolate,
    read_compose,
)


def project_at(root: Path, repository: Path | None = None, service: str | None = None) -> Project:
    config = AlembicConfig(
        root / "alembic.ini", "ini", "alembic", root, root / "alembic", (root / "versions",)
    )
    return Project(config, Settings(database_service=service), None, repository=repository)


def write(folder: Path, text: str, name: str = "docker-compose.yml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    return path


def services(*pairs: tuple[str, str]) -> ComposeFile:
    return ComposeFile(
        Path("/p/compose.yaml"), "p", tuple(ComposeService(name, image) for name, image in pairs)
    )


def test_the_nearest_file_from_the_config_up_to_the_repository(tmp_path: Path):
    backend = tmp_path / "repo" / "backend"
    backend.mkdir(parents=True)
    project = project_at(backend, tmp_path / "repo")
    outside = write(tmp_path, "services: {}")
    assert find_compose(project) is None
    top = write(tmp_path / "repo", "services: {}")
    assert find_compose(project) == top
    near = write(backend, "services: {}", "compose.yaml")
    write(backend, "services: {}", "docker-compose.yml")
    assert find_compose(project) == near
    assert find_compose(project_at(tmp_path / "lone")) == outside
    assert find_compose(project_at(tmp_path / "lone" / "deep")) is None


def test_services_images_ports_and_the_override_file(tmp_path: Path):
    path = write(
        tmp_path / "My.Shop",
        """
x-base: &base
  restart: always
services:
  db:
    <<: *base
    image: "postgres:${PG_VERSION:-16}"
    ports:
      - ${DB_PORT}:5432
      - 22:22
      - target: 5432
        published: "6000"
        host_ip: 127.0.0.1
    environment:
      POSTGRES_PASSWORD: hunter2
  web:
    build: .
    command: !reset null
""",
    )
    write(path.parent, 'export DB_PORT="5433"  # ours\nPG_VERSION=17\n', ".env")
    write(path.parent, "services:\n  web:\n    ports: ['80:80']\n", "docker-compose.override.yml")
    found = read_compose(path, {"PG_VERSION": "18"})
    assert found.name == "myshop"
    assert found.services == (
        ComposeService("db", "postgres:18", ("5433:5432", "22:22", "127.0.0.1:6000:5432")),
        ComposeService("web", "", ("80:80",)),
    )
    assert "hunter2" not in repr(found)


def test_the_project_name(tmp_path: Path):
    path = write(tmp_path, "name: shop-${STAGE:-dev}\nservices:\n  db: {image: postgres}\n")
    assert read_compose(path, {}).name == "shop-dev"
    assert read_compose(path, {"COMPOSE_PROJECT_NAME": "Other"}).name == "other"


@pytest.mark.parametrize(
    "text", ["", "- a\n- b\n", "services:\n", "services: [", "a: b: c", "\t", "services: {}\n"]
)
def test_a_file_that_is_no_compose_file_is_one_clear_error(tmp_path: Path, text: str):
    path = write(tmp_path, text)
    with pytest.raises(OpsmigError, match=r"docker-compose\.yml"):
        read_compose(path, {})


def test_bytes_that_are_no_text_and_aliases_that_explode(tmp_path: Path):
    path = write(tmp_path, "")
    path.write_bytes(b"services:\n  db: {image: '\xff\xfe'}\n")
    with pytest.raises(OpsmigError, match="could not be read"):
        read_compose(path, {})
    rows = ["a: &a0 [x, x]"]
    rows += [f"b{n}: &a{n + 1} [*a{n}, *a{n}, *a{n}, *a{n}, *a{n}]" for n in range(40)]
    bomb = "\n".join([*rows, "services:", "  db: {image: *a40, ports: *a40}"])
    assert read_compose(write(tmp_path, bomb), {}).services == (ComposeService("db", "", ("",)),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$A-${A}", "1-1"),
        ("${B:-x}${B-y}", "x"),
        ("${C:-x}${C-y}", "xy"),
        ("${A:+on}${C:+on}", "on"),
        ("$$A", "$A"),
        ("${C:?must be set}", ""),
        ("${C:-${A}}", "1"),
        ("$ {A", "$ {A"),
    ],
)
def test_variables(text: str, expected: str):
    assert interpolate(text, {"A": "1", "B": ""}) == expected


@pytest.mark.parametrize(
    ("found", "service", "reason"),
    [
        (services(("web", "nginx"), ("store", "postgres:16")), "store", "image postgres:16"),
        (services(("x", "postgis/postgis:16-3.4")), "x", "image postgis"),
        (services(("x", "timescale/timescaledb-ha:pg16")), "x", "image timescale"),
        (services(("x", "pgvector/pgvector:pg16")), "x", "image pgvector"),
        (services(("x", "docker.io/bitnami/postgresql@sha256:ab")), "x", "image docker.io"),
        (services(("e", "prometheuscommunity/postgres-exporter"), ("db", "")), "db", "its name"),
        (services(("api", "postgrest/postgrest"), ("mail", "mailhog")), "", "no service"),
        (services(("test-db", "postgres"), ("db", "postgres")), "db", "also test-db"),
        (services(("one", "postgres"), ("two", "postgres")), "one", "also two"),
    ],
)
def test_the_service_and_why(found: ComposeFile, service: str, reason: str):
    choice = choose_service(found)
    assert choice.service == service
    assert reason in choice.reason


def test_the_setting_decides_and_must_exist():
    found = services(("a", "postgres"), ("b", "redis"))
    assert choose_service(found, "b").service == "b"
    with pytest.raises(OpsmigError, match=r"'c'.*which has a, b"):
        choose_service(found, "c")
