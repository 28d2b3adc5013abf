"""Where there is nothing yet: a project, the version table."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from tests.cli.conftest import Opsmig, call
from tests.conftest import Sql

TABLE = "SELECT to_regclass('public.alembic_version') IS NOT NULL"


def test_a_project_by_alembics_own_init(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def init(*arguments: str) -> int:
        return call("init", "-C", str(tmp_path), "--python", sys.executable, *arguments).exit_code

    assert init("migrations") == 2  # nobody to ask
    assert init("migrations", "--yes", "--read-only") == 2
    assert not list(tmp_path.iterdir())
    assert init("migrations", "--yes", "-t", "generic") == 0
    assert (tmp_path / "migrations" / "env.py").exists()
    assert (tmp_path / "alembic.ini").exists()
    assert init("migrations", "--yes") == 1
    capfd.readouterr()
    assert init("--list-templates") == 0
    assert "async" in capfd.readouterr().out


def test_the_version_table_where_it_is_missing(
    opsmig: Opsmig, sample: SampleProject, sql: Sql
) -> None:
    there = opsmig("ensure-version", "--yes")
    assert there.exit_code == 0
    assert "alembic_version is there" in there.output
    sql("DROP TABLE public.alembic_version")
    refused = opsmig("ensure-version")
    assert refused.exit_code == 2
    assert "Makes alembic_version where it is missing" in refused.output
    assert "$ alembic ensure_version" in refused.output
    assert sql(TABLE) == [(False,)]
    done = opsmig("ensure-version", "--yes", "--database", sample.database)
    assert done.exit_code == 0, done.output
    assert "the version table is there" in done.output
    assert sql(TABLE) == [(True,)]
    assert sql("SELECT count(*) FROM public.alembic_version") == [(0,)]
