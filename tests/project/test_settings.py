from __future__ import annotations

from pathlib import Path

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import ProjectCommand, Settings
from opsmig_tui.project.settings import load_own, load_settings


def test_every_key(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(
        "[tool.opsmig]\nbase-branch = 'develop'\nmodels = ['app/models']\n"
        "companion-suffixes = ['_log']\ndatabase-service = 'postgres'\npython = '.venv'\n"
        "version-locations = ['a', 'b']\nignore = ['drop-table']\nprotected = ['prod']\n"
        "squawk = false\n"
        "start-after = 'b8c9d0'\npostgresql-version = 15\n"
        "render = false\nlive = false\nlarge-rows = 5\nsample-above = 6\nlive-timeout-ms = 7\n"
        "env-timeout-seconds = 8\n"
        "[tool.opsmig.severity]\ndrop-table = 'warning'\n"
        "[tool.opsmig.per-path.'versions/old/*']\ndrop-column = 'off'\n"
        "[tool.opsmig.commands]\nseed = 'python \"my seed.py\"'\nreset = ['sh', '-c', 'a | b']\n"
    )
    assert load_settings(tmp_path) == Settings(
        path=path,
        base_branch="develop",
        models=("app/models",),
        companion_suffixes=("_log",),
        database_service="postgres",
        python=".venv",
        version_locations=("a", "b"),
        ignore=("drop-table",),
        protected=("prod",),
        render=False,
        squawk=False,
        live=False,
        large_rows=5,
        sample_above=6,
        live_timeout_ms=7,
        env_timeout_seconds=8,
        start_after="b8c9d0",
        postgresql_version=15,
        severity={"drop-table": "warning"},
        per_path=(("versions/old/*", {"drop-column": "off"}),),
        commands=(
            ProjectCommand("seed", ("python", "my seed.py")),
            ProjectCommand("reset", ("sh", "-c", "a | b")),
        ),
    )


def test_the_nearest_file_up_to_the_repository(tmp_path: Path) -> None:
    top, root = tmp_path / "repo", tmp_path / "repo" / "services" / "shop"
    root.mkdir(parents=True)
    (tmp_path / "opsmig.toml").write_text("base-branch = 'outside'\n")
    assert load_settings(root, top) == Settings()
    (top / "opsmig.toml").write_text("base-branch = 'top'\n")
    (root / "pyproject.toml").write_text("[project]\nname = 'opsmig'\n")
    assert load_settings(root, top).base_branch == "top"
    (root / "pyproject.toml").write_text("[tool.opsmig]\nbase-branch = 'near'\n")
    assert load_settings(root, top).base_branch == "near"
    (root / "opsmig.toml").write_text("base-branch = 'own'\n")
    assert load_settings(root, top).base_branch == "own"


def test_what_a_person_protects_holds_everywhere(tmp_path: Path) -> None:
    assert load_own(tmp_path).protected == ()
    own = tmp_path / "opsmig.toml"
    own.write_text("protected = ['prod*']\n")
    assert load_own(tmp_path).protected == ("prod*",)
    own.write_text("ignore = ['drop-table']\n")
    with pytest.raises(OpsmigError, match="'ignore'; only protected and unasked can stand"):
        load_own(tmp_path)
    own.write_text("protected = 'prod'\n")
    with pytest.raises(OpsmigError, match="must be a list of text"):
        load_own(tmp_path)


def test_what_runs_unasked_is_the_persons_own_to_say(tmp_path: Path) -> None:
    own = tmp_path / "opsmig.toml"
    own.write_text(f"[unasked]\n'{tmp_path}/./x' = ['python seed.py', ['a', 'b c']]\n")
    folder = str(tmp_path / "x")
    assert load_own(tmp_path).unasked == {(folder, ("python", "seed.py")), (folder, ("a", "b c"))}
    own.write_text("unasked = ['seed']\n")
    with pytest.raises(OpsmigError, match="unasked must be a table of folders"):
        load_own(tmp_path)
    with pytest.raises(OpsmigError, match="unknown setting 'unasked'"):
        load_settings(tmp_path)  # a project cannot


@pytest.mark.parametrize("text", ["[tool]\nopsmig = {python = 'x'}\n", "tool.opsmig.python='x'\n"])
def test_other_spellings_of_the_section(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    assert load_settings(tmp_path).python == "x"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("base-brnch = 'x'", r"unknown setting 'base-brnch'; did you mean 'base-branch'\?"),
        ("base_branch = 'x'", r"unknown setting 'base_branch'; did you mean 'base-branch'\?"),
        ("zzz = 1", "unknown setting 'zzz'; known are base-branch"),
        ("ignored = []", "did you mean 'ignore'"),
        ("base-branch = 3", "base-branch must be text"),
        ("render = 'no'", "render must be true or false"),
        ("large-rows = 0", "large-rows must be a number above 0"),
        ("large-rows = true", "large-rows must be a number above 0"),
        ("sample-above = '5'", "sample-above must be a number above 0"),
        ("base-branch = ''", "base-branch must be text"),
        ("models = 'x'", "models must be a list of text"),
        ("models = [1]", "models must be a list of text"),
        ("severity = 'error'", "severity must be a table of rules"),
        ("[severity]\ndrop-table = 'loud'", "severity of drop-table must be one of error, warning"),
        ("per-path = []", "per-path must be a table"),
        ("[per-path]\n'old/*' = 1", "per-path 'old/\\*' must be a table of rules"),
        ("[per-path.'old/*']\ndrop-table = 1", "per-path 'old/\\*' of drop-table must be one"),
        ("commands = 'x'", "commands must be a table of commands"),
        ("[commands]\n'a b' = 'x'", "commands: 'a b' is no name"),
        ("[commands]\na = 1", "commands: a must be a command line"),
        ('[commands]\na = "echo \'x"', "commands: a cannot be taken apart: No closing quot"),
        ("[commands]\na = ' '", "commands: a names no program"),
        ("models = ", "opsmig.toml cannot be read: .*line 1"),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "opsmig.toml").write_text(text + "\n")
    with pytest.raises(OpsmigError, match=said) as caught:
        load_settings(tmp_path)
    assert str(tmp_path / "opsmig.toml") in str(caught.value)
