from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from opsmig_tui.project.alembic_config import load_config
from opsmig_tui.project.chosen import choose_python, chosen_python
from opsmig_tui.project.environments import has_alembic
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.interpreter import find_interpreter
from opsmig_tui.project.lock_tools import ask_lock_tools, ask_python
from opsmig_tui.project.model import AlembicConfig, Settings
from tests.project.conftest import make_project

MakeVenv = Callable[..., Path]
NOTHING: dict[str, str] = {"PATH": "/nonexistent"}


@pytest.fixture
def config(repository: Path) -> AlembicConfig:
    return load_config(make_project(repository / "backend"))


def make_tool(folder: Path, name: str, script: str) -> dict[str, str]:
    """A package tool on a PATH of its own; returns that environment."""
    folder.mkdir(exist_ok=True)
    tool = folder / name
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def test_the_environment_nearest_to_the_config(
    config: AlembicConfig, repository: Path, make_venv: MakeVenv
) -> None:
    top = make_venv(repository / ".venv")
    found = find_interpreter(config, Settings(), None, repository, NOTHING)
    assert found.path == top / "bin" / "python"
    assert found.reason == f".venv in {repository}"
    make_venv(config.root / "venv", alembic=False)
    assert find_interpreter(config, Settings(), None, repository, NOTHING).path == found.path
    near = make_venv(config.root / "env")
    found = find_interpreter(config, Settings(), None, repository, NOTHING)
    assert found.path == near / "bin" / "python"


def test_without_a_repository_only_the_configs_folder_counts(
    config: AlembicConfig, repository: Path, make_venv: MakeVenv
) -> None:
    make_venv(repository / ".venv")
    with pytest.raises(OpsmigError, match="no Python with alembic found"):
        find_interpreter(config, Settings(), None, None, NOTHING)


def test_an_active_environment_counts_by_where_it_lies(
    config: AlembicConfig, repository: Path, make_venv: MakeVenv
) -> None:
    outside = make_venv(repository.parent / "outside")
    active = NOTHING | {"VIRTUAL_ENV": str(outside)}
    assert find_interpreter(config, Settings(), None, repository, active).reason == "VIRTUAL_ENV"
    make_venv(repository / ".venv")
    found = find_interpreter(config, Settings(), None, repository, active)
    assert found.reason == f".venv in {repository}"
    inside = make_venv(repository / "environments" / "this")
    active = NOTHING | {"VIRTUAL_ENV": str(inside)}
    found = find_interpreter(config, Settings(), None, repository, active)
    assert found.path == inside / "bin" / "python"


def test_the_tools_own_environment_says_nothing(config: AlembicConfig, repository: Path) -> None:
    active = NOTHING | {"VIRTUAL_ENV": sys.prefix}
    with pytest.raises(OpsmigError):
        find_interpreter(config, Settings(), None, repository, active)


def test_what_is_named_in_its_order(
    config: AlembicConfig, repository: Path, make_venv: MakeVenv
) -> None:
    one, two, three = (make_venv(repository.parent / name) for name in ("one", "two", "three"))
    make_venv(repository / ".venv")
    settings = Settings(path=repository / "opsmig.toml", python="../three/bin/python")
    found = find_interpreter(config, settings, None, repository, NOTHING)
    assert found.path == three / "bin" / "python"
    assert str(settings.path) in found.reason
    env = NOTHING | {"OPSMIG_PYTHON": str(two)}
    assert find_interpreter(config, settings, None, repository, env).path == two / "bin" / "python"
    found = find_interpreter(config, settings, str(one), repository, env)
    assert found.path == one / "bin" / "python"
    assert found.reason == "named by --python"


def test_a_command_on_the_path(
    config: AlembicConfig, repository: Path, make_venv: MakeVenv
) -> None:
    venv = make_venv(repository.parent / "one")
    env = {"PATH": str(venv / "bin")}
    found = find_interpreter(config, Settings(), "python3", repository, env)
    assert found.path == venv / "bin" / "python3"


def test_opsmigs_own_when_the_person_says_so(config: AlembicConfig, repository: Path) -> None:
    found = find_interpreter(config, Settings(python="opsmig"), None, repository, NOTHING)
    assert found.path == Path(sys.executable)
    assert "opsmig's own" in found.reason


@pytest.mark.parametrize("value", ["gone", "./gone/python", "alembic", "alembic.ini"])
def test_a_wrong_name_is_refused(
    config: AlembicConfig, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.chdir(config.root)
    with pytest.raises(OpsmigError, match="--python names"):
        find_interpreter(config, Settings(), value, None, NOTHING)


def test_a_named_one_without_alembic_is_refused(
    config: AlembicConfig, repository: Path, make_venv: MakeVenv
) -> None:
    bare = make_venv(repository / "bare", alembic=False)
    with pytest.raises(OpsmigError, match="has no alembic"):
        find_interpreter(config, Settings(), str(bare), repository, NOTHING)


def test_a_shim_is_asked_for_the_real_one(
    config: AlembicConfig, repository: Path, make_venv: MakeVenv
) -> None:
    venv = make_venv(repository.parent / "one")
    env = make_tool(repository / "shims", "shim", f'exec "{venv}/bin/python" "$@"')
    found = find_interpreter(config, Settings(), "shim", repository, env)
    assert found.path == venv / "bin" / "python"
    assert ask_python(repository / "shims" / "gone", env) is None


def test_a_file_that_the_repository_names_is_not_run(
    config: AlembicConfig, repository: Path
) -> None:
    mark = repository / "ran"
    make_tool(repository, "python3", f"touch '{mark}'; echo /bin/sh")
    for value in ("python3", "./python3", str(repository / "python3")):
        settings = Settings(path=repository / "opsmig.toml", python=value)
        with pytest.raises(OpsmigError, match="has no alembic"):
            find_interpreter(config, settings, None, repository, NOTHING)
    assert not mark.exists()


def test_an_environment_that_shares_the_systems_packages(tmp_path: Path) -> None:
    base, venv = tmp_path / "base", tmp_path / "venv"
    (base / "lib" / "python3.12" / "site-packages" / "alembic").mkdir(parents=True)
    (base / "lib" / "python3.12" / "site-packages" / "alembic" / "__init__.py").touch()
    venv.mkdir()
    for shared in ("true", "false"):
        (venv / "pyvenv.cfg").write_text(
            f"home = {base / 'bin'}\ninclude-system-site-packages = {shared}\n"
        )
        assert has_alembic(venv / "bin" / "python") is (shared == "true")


def test_pdm_and_conda_and_tox(
    config: AlembicConfig, repository: Path, make_venv: MakeVenv
) -> None:
    tox = make_venv(repository / ".tox" / "py312")
    found = find_interpreter(config, Settings(), None, repository, NOTHING)
    assert found.reason == f".tox in {repository}"
    conda = make_venv(repository.parent / "conda")
    env = NOTHING | {"CONDA_PREFIX": str(conda), "CONDA_DEFAULT_ENV": "base"}
    assert find_interpreter(config, Settings(), None, repository, env).path.is_relative_to(tox)
    env["CONDA_DEFAULT_ENV"] = "shop"
    assert find_interpreter(config, Settings(), None, repository, env).path.is_relative_to(conda)
    pdm = make_venv(repository.parent / "pdm")
    (repository / ".pdm-python").write_text(f"{pdm}/bin/python\n")
    found = find_interpreter(config, Settings(), None, repository, env)
    assert found.path == pdm / "bin" / "python"


@pytest.mark.parametrize(
    ("lock", "tool", "suffix"),
    [
        ("poetry.lock", "poetry", "/bin/python"),
        ("Pipfile.lock", "pipenv", "/bin/python"),
        ("hatch.toml", "hatch", ""),
        ("uv.lock", "uv", "/bin/python"),
    ],
)
def test_the_tool_of_the_lock_file_is_asked(
    config: AlembicConfig,
    repository: Path,
    make_venv: MakeVenv,
    lock: str,
    tool: str,
    suffix: str,
) -> None:
    venv = make_venv(repository.parent / "cache")
    (repository / lock).touch()
    env = make_tool(repository / "tools", tool, f"echo a warning\necho '{venv}{suffix}'")
    with pytest.raises(OpsmigError, match=f"{tool} not asked yet"):
        find_interpreter(config, Settings(), None, repository, env, run_tools=False)
    found = find_interpreter(config, Settings(), None, repository, env)
    assert found.path == venv / "bin" / "python"
    assert found.reason == f"{tool}, by {lock} in {repository}"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 1", "knows no environment"),
        ("exec sleep 60", "did not answer within"),
        ("", "knows no environment"),
    ],
)
def test_a_tool_that_does_not_answer(
    repository: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    monkeypatch.setattr("opsmig_tui.project.lock_tools.TIME_LIMIT", 0.3)
    (repository / "poetry.lock").touch()
    env = make_tool(repository / "tools", "poetry", script)
    answer = ask_lock_tools(repository, repository, env, run=True)
    assert not answer.prefixes
    assert said in answer.notes[0]


def test_what_was_looked_at_is_said(
    config: AlembicConfig, repository: Path, make_venv: MakeVenv
) -> None:
    make_venv(repository / ".venv", alembic=False)
    (repository / "uv.lock").touch()
    with pytest.raises(OpsmigError) as caught:
        find_interpreter(config, Settings(), None, repository, NOTHING)
    assert f"{repository / '.venv'} (no alembic in it)" in str(caught.value)
    assert "uv is not installed" in str(caught.value)
    assert "--python" in caught.value.hint


def test_a_choice_made_on_the_screen(
    config: AlembicConfig, repository: Path, make_venv: Callable[..., Path], tmp_path: Path
) -> None:
    make_venv(repository / "other")
    make_venv(repository / "named")
    settings = Settings(python="named")
    choose_python(config.path, "../other", tmp_path)
    chosen = chosen_python(config.path, tmp_path)
    found = find_interpreter(config, settings, None, repository, {}, chosen=chosen)
    assert found.path == repository / "other" / "bin" / "python"
    assert found.reason == "named by the choice made under Interpreter"
    choose_python(config.path, "", tmp_path)
    assert chosen_python(config.path, tmp_path) == ""
