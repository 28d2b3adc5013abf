"""Compose files as people write them."""

import os
from pathlib import Path

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import AlembicConfig, Project, Settings
from opsmig_tui.services.compose import (
    ComposeFile,
    ComposeFiles,
    ComposeService,
    choose_service,
    find_compose,
)
from opsmig_tui.services.compose import read_compose as read_files
from opsmig_tui.services.compose.read import secrets_in
from opsmig_tui.services.compose.variables import interpolate


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


def read_compose(path: Path, environment: dict[str, str]) -> ComposeFile:
    return read_files(ComposeFiles((path,), path.parent), environment)


def services(*pairs: tuple[str, str]) -> ComposeFile:
    return ComposeFile(
        Path("/p/compose.yaml"), "p", tuple(ComposeService(name, image) for name, image in pairs)
    )


def test_the_nearest_file_from_the_config_up_to_the_repository(tmp_path: Path):
    backend = tmp_path / "repo" / "backend"
    backend.mkdir(parents=True)
    project = project_at(backend, tmp_path / "repo")
    outside = write(tmp_path, "services: {}")
    assert find_compose(project, {}) is None
    top = write(tmp_path / "repo", "services: {}")
    assert find_compose(project, {}) == ComposeFiles((top,), tmp_path / "repo")
    near = write(backend, "services: {}", "compose.yaml")
    write(backend, "services: {}", "docker-compose.yml")
    assert find_compose(project, {}) == ComposeFiles((near,), backend)
    assert find_compose(project_at(tmp_path / "lone"), {}) == ComposeFiles((outside,), tmp_path)
    assert find_compose(project_at(tmp_path / "lone" / "deep"), {}) is None


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
    files = find_compose(project_at(path.parent), {})
    assert files is not None
    found = read_files(files, {"PG_VERSION": "18"})
    assert found.name == "myshop"
    assert found.services == (
        ComposeService("db", "postgres:18", ("5433:5432", "22:22", "127.0.0.1:6000:5432")),
        ComposeService("web", "", ("80:80",)),
    )
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("ports", "left"),
    [("['2:2']", ("1:1", "2:2")), ("!override ['2:2']", ("2:2",)), ("!reset []", ())],
)
def test_what_stands_instead_of_what_was_before(tmp_path: Path, ports: str, left: tuple[str, ...]):
    write(tmp_path, "services:\n  db: {image: postgres, ports: ['1:1']}\n")
    write(tmp_path, f"services:\n  db: {{ports: {ports}}}\n", "compose.override.yaml")
    files = find_compose(project_at(tmp_path), {})
    assert files is not None
    assert read_files(files, {}).services[0].ports == left


def test_files_that_include_one_another_in_a_circle(tmp_path: Path):
    again = ", ".join(["docker-compose.yml"] * 4)
    path = write(tmp_path, f"include: [{again}]\nservices:\n  db: {{image: postgres}}\n")
    with pytest.raises(OpsmigError, match="includes itself"):
        read_compose(path, {})


def test_files_that_include_ever_more(tmp_path: Path):
    for level in range(8):
        text = f"include: [{', '.join([f'{level + 1}.yaml'] * 4)}]\n"
        (tmp_path / f"{level}.yaml").write_text(text)
    (tmp_path / "8.yaml").write_text("services: {x: {image: x}}\n")
    path = write(tmp_path, "include: [0.yaml]\nservices:\n  db: {image: postgres}\n")
    with pytest.raises(OpsmigError, match="more than 200 files"):
        read_compose(path, {})


def test_several_documents_in_one_file(tmp_path: Path):
    path = write(tmp_path, "services: {db: {image: 'postgres:15'}}\n---\n"
                 "services: {db: {image: 'postgres:16'}, web: {image: x}}\n")  # fmt: skip
    assert [one.image for one in read_compose(path, {}).services] == ["postgres:16", "x"]


def test_the_secrets_of_a_project(tmp_path: Path):
    path = write(
        tmp_path,
        "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: 'gorse${heather'\n"
        "      POSTGRES_USER: ops-user\n"
        "  web: {environment: ['API_TOKEN=${TOKEN}x', HOST]}\n",
    )
    write(path.parent, "TOKEN=heather-42\nDB_PASSWORD=heather-43\n", ".env")
    files = find_compose(project_at(path.parent), {})
    assert files is not None
    found = secrets_in(files, {})
    assert {"gorse${heather", "heather-42x", "heather-43"} <= set(found)
    assert "ops-user" not in found


def test_a_password_that_is_no_yaml_is_not_told(tmp_path: Path):
    path = write(tmp_path, "services:\n  db:\n    environment: {POSTGRES_PASSWORD: *gorse41}\n")
    with pytest.raises(OpsmigError, match="undefined alias") as caught:
        read_compose(path, {})
    assert "gorse41" not in str(caught.value)


def test_the_project_name(tmp_path: Path):
    path = write(tmp_path, "name: shop-${STAGE:-dev}\nservices:\n  db: {image: postgres}\n")
    assert read_compose(path, {}).name == "shop-dev"
    assert read_compose(path, {"COMPOSE_PROJECT_NAME": "Other"}).name == "other"


def test_the_files_that_compose_file_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    repo = tmp_path / "repo"
    base = write(repo / "docker", "services:\n  db: {image: postgres:16}\n", "base.yml")
    more = write(repo / "docker", "name: other\nservices:\n  db: {ports: ['5:5']}\n", "more.yml")
    write(repo, "services:\n  web: {image: nginx}\n", "compose.yaml")
    project = project_at(repo / "backend", repo)
    both = ComposeFiles((base, more), repo)
    listed = {"COMPOSE_FILE": f"docker/base.yml{os.pathsep}docker/more.yml"}
    monkeypatch.chdir(repo)
    assert find_compose(project, listed) == both
    monkeypatch.chdir(tmp_path)
    assert find_compose(project, listed) == both  # from the folders above the config as well
    write(repo, "COMPOSE_PATH_SEPARATOR=;\nCOMPOSE_FILE=docker/base.yml;docker/more.yml\n", ".env")
    assert find_compose(project, {}) == both
    found = read_files(both, {})
    assert found.name == "other"
    assert found.services == (ComposeService("db", "postgres:16", ("5:5",)),)
    with pytest.raises(OpsmigError, match=r"COMPOSE_FILE names gone\.yml"):
        find_compose(project, {"COMPOSE_FILE": "gone.yml"})


def test_included_and_extended_files(tmp_path: Path):
    write(tmp_path / "infra", "PORT=5544\nTAG=15\n", ".env")
    write(
        tmp_path / "infra",
        "name: infra\nservices:\n  db:\n    extends: {file: base.yml, service: pg}\n"
        "    ports: ['${PORT}:5432']\n",
    )
    write(tmp_path / "infra", "services:\n  pg: {image: 'postgres:${TAG}'}\n", "base.yml")
    path = write(
        tmp_path,
        "include:\n  - infra/docker-compose.yml\n"
        "services:\n  mine:\n    extends: one\n    image: postgis/postgis\n"
        "  one: {extends: mine, ports: ['1:1']}\n",
    )
    found = read_compose(path, {"TAG": "17"})
    assert found.name == tmp_path.name.lower()  # what is included does not name the project
    assert found.services == (
        ComposeService("db", "postgres:17", ("5544:5432",)),
        ComposeService("mine", "postgis/postgis", ("1:1",)),  # a circle comes to an end
        ComposeService("one", "postgis/postgis", ("1:1",)),
    )
    lost = write(tmp_path / "d", "include: [gone.yml]\nservices: {db: {image: a}}\n")
    with pytest.raises(OpsmigError, match=r"gone\.yml could not be read"):
        read_compose(lost, {})


def test_a_service_of_a_profile_that_sleeps_comes_last(tmp_path: Path):
    path = write(
        tmp_path,
        "services:\n  ci: {image: postgres:16, profiles: [ci]}\n  store: {image: postgres:16}\n",
    )
    assert choose_service(read_compose(path, {})).service == "store"
    assert choose_service(read_compose(path, {"COMPOSE_PROFILES": "x,ci"})).service == "ci"
    write(tmp_path, "services:\n  ci: {image: postgres:16, profiles: [ci]}\n")
    assert choose_service(read_compose(path, {})).service == "ci"


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
    assert read_compose(write(tmp_path, bomb), {}).services == (ComposeService("db"),)


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
