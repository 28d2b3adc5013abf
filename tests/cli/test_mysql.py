"""A revision's whole life on MariaDB, which answers as MySQL does."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from opsmig_tui.project.trust import trust
from tests.cli.conftest import call
from tests.support.maria import connected, running
from tests.support.projects import ENV, AlembicProject
from tests.versions.test_versions import MODELS


@pytest.fixture
def project(tmp_path: Path, empty_project: AlembicProject) -> Iterator[AlembicProject]:
    folder = tmp_path / "maria"
    folder.mkdir()
    with running(folder) as socket:
        with connected(socket) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE shop")
        root = empty_project.root
        (root / "models.py").write_text(MODELS)
        env = "from models import metadata\n" + ENV.replace("MetaData()", "metadata")
        (root / "alembic" / "env.py").write_text(env)
        ini = empty_project.config.read_text()
        url = f"mysql+pymysql://root@/shop?unix_socket={socket}"
        empty_project.config.write_text(ini.replace("sqlite:///%(here)s/test.db", url))
        trust(root)
        yield empty_project


def test_the_life_of_a_revision(project: AlembicProject) -> None:
    def opsmig(command: str, *arguments: str, status: int = 0) -> str:
        given = (command, "-C", str(project.root), "--python", sys.executable, *arguments)
        result = call(*given)
        assert result.exit_code == status, f"{given}\n{result.output}"
        return result.output

    created = opsmig("create", "add vendor", "--yes")
    assert "creates table vendor (2 columns)" in created
    upgraded = opsmig("upgrade", "--yes")
    assert "▲ mysql commits every schema change at once" in upgraded
    assert "CREATE TABLE vendor" in upgraded
    stands = json.loads(opsmig("status", "--json"))
    assert (stands["pending"], stands["drift"]) == (0, 0)
    assert (stands["database"]["name"], stands["database"]["dialect"]) == ("shop", "mariadb")
    refused = opsmig("rehearse", status=2)
    assert "Only PostgreSQL takes back every step of a migration" in refused
    refused = opsmig("rehearse", "--on", "scratch", status=2)
    assert refused.strip() == "▲ Not rehearsed: Only PostgreSQL can be copied for a rehearsal."

    [head] = stands["current"]
    project.revision(
        "bbb",
        head,
        upgrade="""
        op.execute("INSERT INTO vendor (name) VALUES ('one')")
        op.add_column("vendor", sa.Column("code", sa.Integer()))
        op.execute("INSERT INTO vendor (name) VALUES ('two')")
        op.execute("SELECT nothing FROM vendor")
        """,
        downgrade='op.drop_column("vendor", "code")',
    )
    failed = opsmig("upgrade", "--yes", status=1)
    stays = "stays, though its revision is not applied:"
    assert f"{stays} INSERT INTO vendor (name) VALUES ('one')" in failed
    assert f"{stays} ALTER TABLE vendor ADD COLUMN code INTEGER" in failed
    assert f"{stays} INSERT INTO vendor (name) VALUES ('two')" not in failed
    assert f"the database stands at {head}" in failed
    opsmig("stamp", "bbb", "--yes", "--database", "shop")
    down = opsmig("downgrade", "base", "--yes", "--database", "shop")
    assert "✖ table vendor: 1 row" in down
    assert "the database stands at base" in down
