from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from tests.cli.conftest import Opsmig
from tests.conftest import Sql

HEAD, MIDDLE, CURRENT = "a7c3f15d8e92", "b8c9d0a41e6f", "7e35d1a8c0f2"


def position(sql: Sql) -> list[str]:
    return [row[0] for row in sql("SELECT version_num FROM public.alembic_version")]


def test_upgrade_shows_the_plan_runs_it_and_reads_the_position_back(
    opsmig: Opsmig, sql: Sql, role_password: str
):
    result = opsmig("upgrade", "--yes")
    assert result.exit_code == 0, result.output
    assert position(sql) == [HEAD]
    for text in (
        "alembic upgrade head",
        "1 of 2",
        "2 of 2",
        "ALTER TABLE ops.agreement ADD COLUMN currency",
        "backfilled 1600 agreements",
        f"the database stands at {HEAD}",
    ):
        assert text in result.output
    assert role_password not in result.output


def test_upgrade_without_a_yes_changes_nothing(opsmig: Opsmig, sql: Sql):
    result = opsmig("upgrade")
    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert position(sql) == [CURRENT]


@pytest.mark.usefixtures("at_head")
def test_nothing_to_upgrade_is_no_failure(opsmig: Opsmig):
    result = opsmig("upgrade", "--yes")
    assert result.exit_code == 0
    assert "Nothing to upgrade" in result.stderr


def test_a_destructive_downgrade_wants_the_database_named(
    opsmig: Opsmig, sql: Sql, sample: SampleProject
):
    refused = opsmig("downgrade", "--yes")
    assert refused.exit_code == 2
    assert f"--database {sample.database}" in refused.stderr
    wrong = opsmig("downgrade", "--yes", "--database", "production")
    assert wrong.exit_code == 2
    assert "production" in wrong.stderr
    assert position(sql) == [CURRENT]
    done = opsmig("downgrade", "-1", "--yes", "--database", sample.database)
    assert done.exit_code == 0, done.output
    assert position(sql) == ["c80b4f1e97d5"]


@pytest.mark.parametrize("target", ["+1", "b8c9"])
def test_upgrade_takes_what_alembic_takes(opsmig: Opsmig, sql: Sql, target: str):
    assert opsmig("upgrade", target, "--yes").exit_code == 0
    assert position(sql) == [MIDDLE]


@pytest.mark.parametrize("target", ["nope", "++", "head:base"])
def test_a_target_alembic_does_not_know(opsmig: Opsmig, sql: Sql, target: str):
    result = opsmig("upgrade", target, "--yes")
    assert result.exit_code == 2
    assert result.stderr.startswith("opsmig: ")
    assert position(sql) == [CURRENT]


def test_an_unknown_option_is_not_taken_for_a_target(opsmig: Opsmig):
    result = opsmig("upgrade", "--yse")
    assert result.exit_code == 2
    assert "--yse" in result.stderr


def test_a_failing_upgrade_says_where_and_what_rolled_back(
    opsmig: Opsmig, sql: Sql, versions: Path
):
    path = next(versions.glob(f"*{MIDDLE}*"))
    body = 'def upgrade() -> None:\n    op.execute("SELECT 1/0 AS broken")\n'
    path.write_text(path.read_text().replace("def upgrade() -> None:\n", body, 1))
    result = opsmig("upgrade", "--yes")
    assert result.exit_code == 1
    assert "division by zero" in result.output
    assert "SELECT 1/0 AS broken" in result.output
    assert f"{path.name}:" in result.output
    assert f"the database stands at {CURRENT}" in result.output
    assert position(sql) == [CURRENT]


def test_read_only_changes_nothing(opsmig: Opsmig, sql: Sql, versions: Path):
    before = sorted(versions.glob("*.py"))
    for command in (["upgrade", "--yes"], ["create", "x", "--yes"], ["test", "--yes"]):
        result = opsmig(command[0], "--read-only", *command[1:])
        assert result.exit_code == 2
        assert "Read-only" in result.stderr
    assert position(sql) == [CURRENT]
    assert sorted(versions.glob("*.py")) == before


def test_create_refuses_behind_head_and_never_upgrades_by_itself(
    opsmig: Opsmig, sql: Sql, versions: Path
):
    before = sorted(versions.glob("*.py"))
    result = opsmig("create", "onboard vendors", "--yes")
    assert result.exit_code == 2
    assert "2 pending revisions" in result.stderr
    assert position(sql) == [CURRENT]
    assert sorted(versions.glob("*.py")) == before


@pytest.mark.usefixtures("at_head")
def test_create_generates_and_reviews(opsmig: Opsmig, versions: Path):
    before = set(versions.glob("*.py"))
    result = opsmig("create", "onboard vendors", "--yes")
    (path,) = set(versions.glob("*.py")) - before
    assert path.name.endswith("_onboard_vendors.py")
    assert HEAD in path.read_text()
    assert result.exit_code == 1
    for rule in ("rename-as-drop-add-column", "not-null-no-default", "enum-value-missing"):
        assert rule in result.output


def test_test_reports_each_leg_and_leaves_the_database_upgraded(
    opsmig: Opsmig, sql: Sql, sample: SampleProject
):
    result = opsmig("test", "--yes", "--database", sample.database)
    assert result.exit_code == 0, result.output
    legs = [line.split()[1] for line in result.output.splitlines() if line.startswith("✓ ")]
    assert legs[-6:] == ["upgrade", "verify", "downgrade", "verify", "upgrade", "verify"]
    assert position(sql) == [MIDDLE]


def test_only_the_next_or_the_current_revision_can_be_tested(opsmig: Opsmig, sql: Sql):
    result = opsmig("test", HEAD, "--yes")
    assert result.exit_code == 2
    assert MIDDLE in result.stderr
    assert position(sql) == [CURRENT]
