import json
from pathlib import Path

import pytest

from opsmig_tui import __version__
from tests.cli.conftest import call
from tests.support.projects import AlembicProject


def test_without_a_terminal_the_help_is_shown():
    result = call()
    assert result.exit_code == 0
    assert "upgrade" in result.output
    assert "--read-only" in result.output


def test_version():
    assert call("--version").output == f"opsmig {__version__}\n"


def test_an_unknown_command_is_answered_with_the_help_and_2():
    result = call("frobnicate")
    assert result.exit_code == 2
    assert "there is no command 'frobnicate'" in result.stderr
    assert "history" in result.stderr


def test_nothing_found_says_what_was_looked_for_and_where(tmp_path: Path):
    result = call("history", "-C", str(tmp_path))
    assert result.exit_code == 2
    assert "alembic.ini" in result.stderr
    assert str(tmp_path) in result.stderr


def test_a_folder_that_is_not_there(tmp_path: Path):
    result = call("history", "-C", str(tmp_path / "gone"))
    assert result.exit_code == 2
    assert "gone" in result.stderr


def test_several_configurations_are_named_and_one_can_be_chosen(
    tmp_path: Path, empty_project: AlembicProject
):
    empty_project.revision("a1")
    other = tmp_path / "other"
    other.mkdir()
    (other / "alembic.ini").write_text("[alembic]\nscript_location = nowhere\n")
    here = tmp_path / "api"
    (tmp_path / "backend").mkdir()
    for folder in ("backend", "api"):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "alembic.ini").write_text("[alembic]\nscript_location = .\n")
    result = call("history", "-C", str(tmp_path))
    assert result.exit_code == 2
    assert str(here / "alembic.ini") in result.stderr
    assert "--config" in result.stderr
    chosen = call("history", "--config", str(empty_project.config), "--json")
    assert [one["revision"] for one in json.loads(chosen.output)["revisions"]] == ["a1"]


def test_options_may_stand_before_the_command(empty_project: AlembicProject):
    empty_project.revision("a1")
    result = call("-C", str(empty_project.config.parent), "history", "--json")
    assert json.loads(result.output)["revisions"][0]["revision"] == "a1"


@pytest.mark.parametrize("text", ["ignoer = []", "ignore = ['drop-tabel']"])
def test_a_misspelt_setting_names_the_nearest_known_one(empty_project: AlembicProject, text: str):
    empty_project.revision("a1")
    (empty_project.config.parent / "opsmig.toml").write_text(text + "\n")
    result = call("history", "-C", str(empty_project.config.parent))
    assert result.exit_code == 2
    assert "ignore" in result.stderr if "ignoer" in text else "drop-table" in result.stderr
