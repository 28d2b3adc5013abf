from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Candidates, OpenOptions, Project
from opsmig_tui.project.open import open_project
from opsmig_tui.project.sample_marker import MARKER, write_marker
from tests.project.conftest import make_project


def opened(options: OpenOptions) -> Project:
    found = open_project(options)
    assert isinstance(found, Project)
    return found


def test_from_anywhere_inside(repository: Path, make_venv: Callable[..., Path]) -> None:
    ini = make_project(repository / "backend")
    venv = make_venv(repository / ".venv")
    deep = repository / "frontend"
    deep.mkdir()
    project = opened(OpenOptions(deep, x_arguments=("tenant=a",), read_only=True))
    assert project.config.path == ini
    assert project.repository == repository
    assert project.name == "backend"
    assert project.interpreter is not None
    assert project.interpreter.path == venv / "bin" / "python"
    assert project.x_arguments == ("tenant=a",)
    assert project.read_only
    assert not project.is_sample


def test_no_project_lifts_what_the_person_protects(
    repository: Path, isolated_environment: Path
) -> None:
    make_project(repository)
    own = isolated_environment / "config" / "opsmig"
    own.mkdir(parents=True)
    (own / "opsmig.toml").write_text("protected = ['prod', 'live']\n")
    for said, together in (("[]", ("prod", "live")), ("['prod', 'x']", ("prod", "live", "x"))):
        (repository / "opsmig.toml").write_text(f"protected = {said}\n")
        assert opened(OpenOptions(repository)).settings.protected == together


def test_a_link_to_the_project_is_the_project(repository: Path) -> None:
    ini = make_project(repository)
    link = repository.parent / "link"
    link.symlink_to(repository)
    assert opened(OpenOptions(link)).config.path == ini


def test_several_configs_are_offered(repository: Path) -> None:
    found = {make_project(repository / "services" / name) for name in ("a", "b")}
    answer = open_project(OpenOptions(repository))
    assert isinstance(answer, Candidates)
    assert set(answer.paths) == found
    assert repository in answer.looked_in
    named = OpenOptions(repository, config=Path("services/b/alembic.ini"))
    assert opened(named).root == repository / "services" / "b"
    assert opened(OpenOptions(repository, config=Path("services/a"))).name == "a"


def test_without_an_interpreter_the_reason_is_kept(repository: Path) -> None:
    make_project(repository)
    project = opened(OpenOptions(repository))
    assert project.interpreter is None
    assert "no Python with alembic found" in project.interpreter_problem
    assert "--python" in project.interpreter_problem
    with pytest.raises(OpsmigError, match="--python names 'gone'"):
        open_project(OpenOptions(repository, python="gone"))


def test_nothing_found_says_what_and_where(repository: Path) -> None:
    (repository / "backend").mkdir()
    with pytest.raises(OpsmigError) as caught:
        open_project(OpenOptions(repository / "backend"))
    said = str(caught.value)
    assert "no alembic.ini and no pyproject.toml with [tool.alembic]" in said
    assert f"from {repository / 'backend'} up to {repository}" in said
    assert "--config FILE" in said


def test_a_folder_that_is_not_there(repository: Path) -> None:
    with pytest.raises(OpsmigError, match="is no folder; give one with -C DIR"):
        open_project(OpenOptions(repository / "gone"))
    with pytest.raises(OpsmigError, match="names the folder"):
        open_project(OpenOptions(repository, config=repository))


def test_settings_and_options_name_the_version_locations(repository: Path) -> None:
    make_project(repository / "backend")
    (repository / "opsmig.toml").write_text("version-locations = ['shared/versions']\n")
    project = opened(OpenOptions(repository))
    own = repository / "backend" / "alembic" / "versions"
    assert project.config.version_locations == (own, repository / "shared" / "versions")
    project = opened(OpenOptions(repository, version_locations=(Path("other"),)))
    assert project.config.version_locations == (repository / "other",)


def test_a_script_location_does_without_a_config(repository: Path) -> None:
    (repository / "db" / "versions").mkdir(parents=True)
    config = opened(OpenOptions(repository, script_location=Path("db"))).config
    assert config.version_locations == (repository / "db" / "versions",)
    assert config.root == repository
    with pytest.raises(OpsmigError, match="--script-location names"):
        open_project(OpenOptions(repository, script_location=Path("gone")))


def test_the_sample_is_told_by_its_marker_outside_the_repository(repository: Path) -> None:
    make_project(repository)
    write_marker(repository)
    assert not opened(OpenOptions(repository)).is_sample
    write_marker(repository.parent)
    project = opened(OpenOptions(repository))
    assert project.is_sample
    assert project.interpreter is not None
    assert project.interpreter.path == Path(sys.executable)


def test_a_marker_that_came_with_other_files_marks_nothing(repository: Path) -> None:
    make_project(repository)
    home = repository.parent
    write_marker(repository)
    (home / MARKER).write_bytes((repository / MARKER).read_bytes())  # as a clone would bring it
    assert not opened(OpenOptions(repository)).is_sample
    (home / MARKER).write_bytes(b"\xff")
    assert not opened(OpenOptions(repository)).is_sample


def test_opening_and_reading_load_nothing_heavy() -> None:
    script = (
        "import sys, opsmig_tui.project.open, opsmig_tui.project.trust, opsmig_tui.history.reader\n"
        "import opsmig_tui.history.lanes, opsmig_tui.history.ranges, opsmig_tui.history.text\n"
        "heavy = {'alembic', 'sqlalchemy', 'textual', 'docker', 'git', 'platformdirs', 'asyncio'}\n"
        "heavy |= {'subprocess', 'tomllib'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
