from __future__ import annotations

from pathlib import Path

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.find import find_configs, find_repository, has_alembic_section, looked_in
from tests.project.conftest import make_project


def test_the_nearest_upward_wins(repository: Path) -> None:
    make_project(repository)
    backend = make_project(repository / "backend")
    deep = repository / "backend" / "app" / "models"
    deep.mkdir(parents=True)
    assert find_configs(deep, {}) == (backend,)


def test_the_search_stops_at_the_top_of_the_repository(repository: Path) -> None:
    make_project(repository.parent)
    assert find_configs(repository, {}) == ()


def test_a_sub_folder_is_found_from_the_top_and_from_a_sister(repository: Path) -> None:
    backend = make_project(repository / "backend")
    sister = repository / "frontend" / "src"
    sister.mkdir(parents=True)
    assert find_configs(repository, {}) == (backend,)
    assert find_configs(sister, {}) == (backend,)


def test_all_below_are_offered_the_usual_names_first(repository: Path) -> None:
    accounts = make_project(repository / "accounts")
    backend = make_project(repository / "backend")
    billing = make_project(repository / "services" / "billing")
    for skipped in ("node_modules/x", ".venv/x", "tests/x"):
        make_project(repository / skipped)
    assert find_configs(repository, {}) == (backend, accounts, billing)


def test_a_virtual_environment_of_any_name_is_not_searched(repository: Path) -> None:
    make_project(repository / "py311" / "share")
    (repository / "py311" / "pyvenv.cfg").write_text("")
    assert find_configs(repository, {}) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[tool.alembic]\nscript_location = 'x'\n", True),
        ("[[tool.alembic.post_write_hooks]]\nname = 'x'\n", True),
        ("[tool]\nalembic = {script_location = 'x'}\n", True),
        ("tool.alembic.script_location = 'x'\n", True),
        ("[project]\ndependencies = ['alembic']\n", False),
        ("[project.scripts]\nalembic = 'x:y'\n", False),
        ("[project.scripts]\nalembic = 'broken\n", False),
        ("# [tool.alembic]\n", False),
    ],
)
def test_a_pyproject_counts_with_its_section_only(
    repository: Path, text: str, expected: bool
) -> None:
    path = repository / "pyproject.toml"
    path.write_text(text)
    assert has_alembic_section(path) is expected
    assert find_configs(repository, {}) == ((path,) if expected else ())


def test_the_ini_comes_before_the_pyproject_beside_it(repository: Path) -> None:
    ini = make_project(repository)
    (repository / "pyproject.toml").write_text("[tool.alembic]\n")
    assert find_configs(repository, {}) == (ini,)


def test_alembic_config_is_seen_from_the_folder(repository: Path) -> None:
    make_project(repository)
    named = make_project(repository / "elsewhere")
    assert find_configs(repository, {"ALEMBIC_CONFIG": "elsewhere/alembic.ini"}) == (named,)
    with pytest.raises(OpsmigError, match=r"ALEMBIC_CONFIG names .*gone\.ini"):
        find_configs(repository, {"ALEMBIC_CONFIG": "gone.ini"})


def test_many_folders_end_the_search(repository: Path) -> None:
    for number in range(700):
        (repository / f"d{number:03}").mkdir()
    make_project(repository / "zzz")
    assert find_configs(repository, {}) == ()
    assert len(looked_in(repository)) <= 601


def test_a_worktree_is_a_repository_of_its_own(repository: Path) -> None:
    tree = repository / "trees" / "feature"
    tree.mkdir(parents=True)
    (tree / ".git").write_text("gitdir: elsewhere\n")
    assert find_repository(tree) == tree
    assert find_repository(repository / "trees") == repository


def test_the_root_of_the_file_system_is_looked_through_without_a_stumble():
    # /proc holds folders that can be listed but not entered, even by root.
    assert isinstance(find_configs(Path("/")), tuple)
