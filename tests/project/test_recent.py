"""Which projects were opened before."""

import json
from dataclasses import replace
from pathlib import Path

from opsmig_tui.project.model import OpenOptions, Project
from opsmig_tui.project.open import open_project
from opsmig_tui.project.recent import MOST_KEPT, others, recent_projects, remember_project
from tests.project.conftest import make_project


def made(folder: Path) -> Project:
    (folder / "alembic" / "versions").mkdir(parents=True)
    (folder / "alembic.ini").write_text("[alembic]\nscript_location = alembic\n")
    found = open_project(OpenOptions(folder), run_tools=False)
    assert isinstance(found, Project)
    return found


def test_the_last_comes_first_and_what_is_gone_is_not_shown(tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert recent_projects(state) == ()
    shop, crm = made(tmp_path / "shop"), made(tmp_path / "crm")
    for one in (shop, crm, replace(crm, is_sample=True), shop):
        remember_project(one, state)
    assert [one.name for one in recent_projects(state)] == ["shop", "crm"]
    second = replace(shop, config=replace(shop.config, section="reports"))
    remember_project(second, state)
    assert [one.name for one in recent_projects(state)] == ["shop [reports]", "shop", "crm"]
    crm.config.path.unlink()
    assert [one.name for one in recent_projects(state)] == ["shop [reports]", "shop"]


def test_they_are_bounded_and_a_damaged_file_is_none(tmp_path: Path) -> None:
    for number in range(MOST_KEPT + 3):
        remember_project(made(tmp_path / str(number)), tmp_path)
    names = [one.name for one in recent_projects(tmp_path)]
    assert names == [str(number) for number in range(MOST_KEPT + 2, 2, -1)]
    for text in ("nonsense", '{"projects": 3}', '{"projects": [3, {"config": 4}]}'):
        (tmp_path / "recent.json").write_text(text)
        assert recent_projects(tmp_path) == ()
    remember_project(made(tmp_path / "new"), tmp_path)
    assert len(json.loads((tmp_path / "recent.json").read_text())["projects"]) == 1


def test_a_path_below_home_is_shown_from_there(tmp_path: Path, isolated_environment: Path) -> None:
    remember_project(made(isolated_environment / "projects" / "shop"), tmp_path)
    remember_project(made(tmp_path / "shop"), tmp_path)
    shown = [one.shown for one in recent_projects(tmp_path)]
    assert shown == [str(tmp_path / "shop" / "alembic.ini"), "~/projects/shop/alembic.ini"]


def test_other_configs_and_sections_of_the_repository_come_first(repository: Path) -> None:
    two = "[alembic]\nscript_location = alembic\n[reports]\nscript_location = alembic\n[loggers]\n"
    first = make_project(repository / "backend", two)
    beside = first.with_name("alembic_tenants.ini")
    beside.write_text("[alembic]\nscript_location = alembic\n")
    second = make_project(repository / "services" / "billing")
    project = open_project(OpenOptions(directory=first.parent))
    assert isinstance(project, Project)
    state = repository.parent / "state"
    assert [(one.name, one.config) for one in others(project, state)] == [
        ("backend [reports]", first),
        ("backend/alembic_tenants.ini", beside),
        ("billing", second),
    ]
