from __future__ import annotations

from pathlib import Path

import pytest

from opsmig_tui.project.flask_app import find_app, run_folder
from opsmig_tui.project.model import AlembicConfig, OpenOptions, Project, Settings
from opsmig_tui.project.open import open_project
from opsmig_tui.project.trust import allow_app, missing_yes, trust
from tests.support.flask_app import write_flask_project


def written(root: Path, **files: str) -> Path:
    for name, text in files.items():
        (root / name.replace("_", ".")).write_text(text)
    return root


@pytest.mark.parametrize(
    ("files", "env", "app"),
    [
        ({}, {}, ""),
        ({"app_py": "", "wsgi_py": ""}, {}, "wsgi.py"),
        ({"app_py": "", "_flaskenv": "#FLASK_APP=a\nexport FLASK_APP = b # c\n"}, {}, "b"),
        ({"_flaskenv": "FLASK_APP='shop:make(\"a\")'\n"}, {}, 'shop:make("a")'),
        ({"_env": "FLASK_APP=one\nFLASK_APP=two\n", "_flaskenv": "FLASK_APP=three\n"}, {}, "two"),
        ({"_env": "FLASK_APP=one\n"}, {"FLASK_APP": "told"}, "told"),
        ({"_env": "FLASK_APPS=one\n", "app_py": ""}, {}, "app.py"),
    ],
)
def test_the_app_is_the_one_that_flask_would_find(
    tmp_path: Path, files: dict[str, str], env: dict[str, str], app: str
) -> None:
    assert find_app(written(tmp_path, **files), env) == app


def test_flask_is_run_where_something_says_which_app_it_is(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    package = tmp_path / "shop"
    migrations = package / "migrations"
    migrations.mkdir(parents=True)
    assert run_folder(migrations) == package
    written(tmp_path, app_py="")
    assert run_folder(migrations) == tmp_path
    written(package, app_py="")
    assert run_folder(migrations) == package
    written(tmp_path, _flaskenv="")
    assert run_folder(migrations) == tmp_path


def test_settings_beside_the_app_hold_without_git_too(tmp_path: Path) -> None:
    root = write_flask_project(tmp_path / "shop")
    (root / "opsmig.toml").write_text("large-rows = 7\n")
    opened = open_project(OpenOptions(directory=root), run_tools=False)
    assert isinstance(opened, Project)
    assert opened.settings.large_rows == 7
    assert (opened.name, opened.config.flask_app) == ("shop", "shop")


def test_the_app_takes_a_yes_of_its_own_for_its_name(tmp_path: Path) -> None:
    def project(app: str | None, load_app: bool = False) -> Project:
        places = (tmp_path / "migrations", (tmp_path / "versions",))
        config = AlembicConfig(
            tmp_path / "alembic.ini", "ini", "alembic", tmp_path, *places, flask_app=app
        )
        return Project(config, Settings(), None, load_app=load_app)

    state = tmp_path / "state"
    assert missing_yes(project("shop"), folder=state) == "trust"
    assert missing_yes(project("shop"), trusted=True, folder=state) == "app"
    allow_app(tmp_path / "alembic.ini", "shop", state)
    assert missing_yes(project("shop"), folder=state) == "trust"
    trust(tmp_path, state)
    assert missing_yes(project("shop"), folder=state) == ""
    assert missing_yes(project(None), folder=state) == ""
    assert missing_yes(project("other"), folder=state) == "app"
    assert missing_yes(project("other", load_app=True), folder=state) == ""
    assert missing_yes(project("", load_app=True), folder=state) == "app"
    (state / "apps.json").write_text('{"apps": {"a": 3}}')
    assert missing_yes(project("shop"), folder=state) == "app"
