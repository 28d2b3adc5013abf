"""A revision's whole life in projects with other versions than the tool's, each run by a Python
of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from opsmig_tui.demo import server as embedded
from opsmig_tui.project.trust import trust
from tests.cli.conftest import call
from tests.support.projects import AlembicProject
from tests.versions.environments import ALL, MIDDLE, Versions, make

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="environments lie otherwise there")

MODELS = """\
from sqlalchemy import Column, Integer, MetaData, String, Table

metadata = MetaData()
Table("vendor", metadata, Column("id", Integer, primary_key=True), Column("name", String(40)))
"""


@pytest.fixture
def database(
    postgres: embedded.Server, role_password: str, database_names: Iterator[str]
) -> Iterator[str]:
    """The URL of an empty database, from the user on."""
    name = next(database_names)
    embedded.create_database(postgres, name)
    yield postgres.url(name, role_password).partition("://")[2]
    with postgres.connect() as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.mark.parametrize("versions", ALL, ids=lambda one: one.name)
def test_the_life_of_a_revision(
    versions: Versions, database: str, empty_project: AlembicProject, tmp_path: Path
) -> None:
    python = make(tmp_path / "venv", versions)
    (empty_project.root / "models.py").write_text(MODELS)
    env = empty_project.root / "alembic" / "env.py"
    env.write_text(
        "from models import metadata\n" + env.read_text().replace("MetaData()", "metadata")
    )

    def opsmig(command: str, *arguments: str, status: int = 0) -> str:
        given = (command, "-C", str(empty_project.root), "--python", str(python), *arguments)
        result = call(*given)
        assert result.exit_code == status, f"{given}\n{result.output}"
        return result.output

    trust(empty_project.root)
    if versions is not MIDDLE:
        opsmig("create", "add vendor", "--yes")
        opsmig("upgrade", "--yes")
        opsmig("downgrade", "base", "--yes", "--database", str(empty_project.root / "test.db"))
        next(empty_project.versions.glob("*_add_vendor.py")).unlink()
    ini = empty_project.config.read_text()
    url = f"{versions.scheme}://{database}".replace("%", "%%")
    empty_project.config.write_text(ini.replace("sqlite:///%(here)s/test.db", url))

    opsmig("create", "add vendor", "--yes")
    assert "add vendor" in opsmig("history")
    review = json.loads(opsmig("review", "--json"))
    assert "creates table vendor" in review["summary"]["text"]
    assert [one["rule"] for one in review["not_checked"]] == ["wrong-parent"]  # no git here
    opsmig("rehearse")  # its status says whether it passed
    opsmig("upgrade", "--yes")
    stands = json.loads(opsmig("status", "--json"))
    assert (len(stands["current"]), stands["pending"], stands["drift"]) == (1, 0, 0)
    opsmig("downgrade", "base", "--yes", "--database", stands["database"]["name"])
    assert json.loads(opsmig("status", "--json", status=1))["current"] == []
