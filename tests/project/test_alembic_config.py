"""What the text says against what alembic's own Config makes of the same files."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from opsmig_tui.project.alembic_config import load_config
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import AlembicConfig
from tests.project.conftest import INI, make_project


def assert_as_alembic(ours: AlembicConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare with ScriptDirectory.from_config run in the config's folder, as the worker does."""
    monkeypatch.chdir(ours.root)
    config = Config(
        "alembic.ini" if ours.kind == "toml" else str(ours.path),
        toml_file=str(ours.root / "pyproject.toml"),
        ini_section=ours.section,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = ScriptDirectory.from_config(config)
    assert str(ours.script_location) == os.path.abspath(theirs.dir)
    assert [str(x) for x in ours.version_locations] == [
        os.path.normpath(x) for x in theirs._version_locations
    ]
    assert ours.recursive == theirs.recursive_version_locations
    assert (ours.file_template or "%(rev)s_%(slug)s") == theirs.file_template
    assert ours.timezone == theirs.timezone


@pytest.mark.parametrize(
    "more",
    [
        "",
        "file_template = %%(year)d_%%(month).2d-%%(rev)s_%%(slug)s\ntimezone = UTC\n",
        "version_locations = alembic/versions %(here)s/more\n",
        "version_locations = alembic/versions, more\n",
        f"path_separator = os\nversion_locations = alembic/versions{os.pathsep}%(here)s/more\n",
        "path_separator = space\nversion_locations = alembic/versions  more\n",
        "path_separator = newline\nversion_locations =\n  alembic/versions\n  more\n",
        "path_separator = ;\nversion_locations = alembic/versions;more\n",
        "path_separator = :\nversion_locations = alembic/versions:more\n",
        "version_path_separator = space\nversion_locations = alembic/versions more\n",
        "recursive_version_locations = true\n",
        "recursive_version_locations = yes\n",
        "sqlalchemy.url = postgresql://u:p%ss@h/d\n",
        "[loggers]\nkeys = root\n",
    ],
)
def test_an_ini_means_what_it_means_to_alembic(
    repository: Path, monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    path = make_project(repository, INI + more)
    assert_as_alembic(load_config(path), monkeypatch)


@pytest.mark.parametrize("location", ["%(here)s/alembic", "./alembic", "../repo/alembic"])
def test_a_location_is_seen_from_the_folder_of_the_file(
    repository: Path, monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    path = make_project(repository, f"[alembic]\nscript_location = {location}\n")
    monkeypatch.chdir("/")
    config = load_config(path)
    assert config.script_location == repository / "alembic"
    assert_as_alembic(config, monkeypatch)


def test_a_location_in_a_package_is_found_without_an_import(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = repository / "src" / "shop_for_a_test" / "db"
    (package / "migrations" / "versions").mkdir(parents=True)
    for folder in (package.parent, package):
        (folder / "__init__.py").write_text("raise RuntimeError('never imported')\n")
    path = repository / "alembic.ini"
    path.write_text("[alembic]\nscript_location = shop_for_a_test.db:migrations\n")
    assert load_config(path).script_location == package / "migrations"
    path.write_text("[alembic]\nscript_location = elsewhere:migrations\n")
    with pytest.raises(OpsmigError, match="the package elsewhere is in none"):
        load_config(path)


def test_pyproject_alone(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(repository).unlink()
    path = repository / "pyproject.toml"
    path.write_text(
        '[tool.alembic]\nscript_location = "%(here)s/alembic"\ntimezone = "UTC"\n'
        'version_locations = ["%(here)s/alembic/versions", "%(here)s/more"]\n'
        'recursive_version_locations = true\nfile_template = "%%(rev)s"\n'
    )
    config = load_config(path)
    assert config.kind == "toml"
    assert config.recursive
    assert_as_alembic(config, monkeypatch)


def test_an_ini_is_completed_by_the_pyproject_beside_it(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_project(repository, "[alembic]\ntimezone = UTC\n")
    (repository / "pyproject.toml").write_text(
        '[tool.alembic]\nscript_location = "alembic"\ntimezone = "Europe/Riga"\n'
    )
    config = load_config(path)
    assert config.timezone == "UTC"
    assert_as_alembic(config, monkeypatch)


def test_another_section(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_project(repository, "[billing]\nscript_location = alembic\n")
    assert_as_alembic(load_config(path, section="billing"), monkeypatch)
    with pytest.raises(OpsmigError, match=r"no section \[alembic\] \(it has \[billing\]\)"):
        load_config(path)


def test_what_is_named_replaces_what_is_written(repository: Path) -> None:
    path = make_project(repository, "[alembic]\nscript_location = gone\n")
    config = load_config(
        path, script_location=repository / "alembic", version_locations=[Path("a"), Path("b")]
    )
    assert config.script_location == repository / "alembic"
    assert config.version_locations == (repository / "a", repository / "b")


@pytest.mark.parametrize(
    ("ini", "said"),
    [
        ("[alembic]\n", r"sets no script_location in \[alembic\]"),
        ("[alembic]\nscript_location = gone\n", r"script location .*gone, from alembic\.ini"),
        ("[alembic]\nscript_location = a%b\n", "script_location to something that cannot"),
        ("[alembic]\nscript_location = %(nope)s/x\n", "script_location to something that cannot"),
        ("script_location = alembic\n", "at line 1"),
        ("[alembic]\nscript_location = alembic\nwhat\n", "at line 3"),
        ("[alembic]\na = 1\na = 2\n", "at line 3"),
        (INI + "path_separator = comma\nversion_locations = a\n", "path_separator to 'comma'"),
    ],
)
def test_an_error_is_one_sentence(repository: Path, ini: str, said: str) -> None:
    path = make_project(repository, ini)
    with pytest.raises(OpsmigError, match=said) as caught:
        load_config(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[tool.alembic]\nscript_location = 3\n", "script_location, which must be text"),
        ("[tool.alembic]\nscript_location = 'a%(b)s'\n", "only %\\(here\\)s"),
        ("[tool.alembic]\nscript_location =\n", "line 2"),
        ("[tool.alembic]\nscript_location='alembic'\nversion_locations='x'\n", "a list of text"),
        (
            "[tool.alembic]\nscript_location='alembic'\nrecursive_version_locations='x'\n",
            "true or false",
        ),
    ],
)
def test_an_error_of_a_pyproject(repository: Path, toml: str, said: str) -> None:
    make_project(repository).unlink()
    (repository / "pyproject.toml").write_text(toml)
    with pytest.raises(OpsmigError, match=said):
        load_config(repository / "pyproject.toml")


def test_no_file(repository: Path) -> None:
    with pytest.raises(OpsmigError, match=r"no alembic configuration at .*x\.ini"):
        load_config(repository / "x.ini")


def test_a_percent_in_the_folder_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = make_project(tmp_path / "50%off")
    path.write_bytes(b"\xef\xbb\xbf; caf\xe9\n[alembic]\nscript_location = %(here)s/alembic\n")
    assert load_config(path).script_location == path.parent / "alembic"


def test_flask_migrates_folder_needs_no_script_location(repository: Path) -> None:
    folder = repository / "migrations"
    (folder / "versions").mkdir(parents=True)
    (folder / "alembic.ini").write_text("[alembic]\n# the program names the folder\n[loggers]\n")
    with pytest.raises(OpsmigError, match="sets no script_location"):
        load_config(folder / "alembic.ini")
    (folder / "env.py").write_text("import flask\n")
    assert load_config(folder / "alembic.ini").flask_app is None
    (folder / "env.py").write_text("from flask import current_app\n")
    (repository / "app.py").touch()
    config = load_config(folder / "alembic.ini")
    assert config.script_location == folder
    assert config.version_locations == (folder / "versions",)
    assert (config.root, config.flask_app) == (repository, "app.py")
