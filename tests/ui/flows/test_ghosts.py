"""A database that another branch migrated: said, undone with its own file, the branch switched."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.ui.screens.diff import DiffScreen
from opsmig_tui.ui.screens.ghosts import GhostsScreen
from tests.conftest import Sql
from tests.ui.flows.conftest import Driver, Opener
from tests.workspace.conftest import CURRENT, HEAD, write_revision

GHOST = "0a0a0a0a0a0a"
VERSION = "SELECT version_num FROM alembic_version"


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Ada", "-c", "user.email=x@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def ghost(sample: SampleProject, versions: Path, sql: Sql) -> None:
    """The branch colours has a revision on top of HEAD, and the database has run it."""
    git(sample.root, "add", ".")
    git(sample.root, "commit", "-qm", "all")
    git(sample.root, "branch", "-M", "main")
    git(sample.root, "checkout", "-qb", "colours")
    write_revision(
        versions, GHOST,
        upgrade='op.execute("CREATE TABLE ops.colour (n integer)")',
        downgrade='op.drop_table("colour", schema="ops")',
    )  # fmt: skip
    git(sample.root, "add", ".")
    git(sample.root, "commit", "-qm", "colours")
    git(sample.root, "checkout", "-q", "main")
    sql("CREATE TABLE ops.colour (n integer); INSERT INTO ops.colour VALUES (1)")
    sql("UPDATE public.alembic_version SET version_num = %s", GHOST)


async def to_the_ghost(driver: Driver) -> GhostsScreen:
    await driver.until(lambda: driver.state.ghosts.value)
    await driver.press("2", "g", "enter")
    await driver.until(lambda: isinstance(driver.app.screen, GhostsScreen))
    found = driver.app.screen
    assert isinstance(found, GhostsScreen)
    await driver.until(lambda: not found.deaf)
    return found


@pytest.mark.usefixtures("at_head", "ghost")
async def test_undone_with_its_own_file_after_its_code_was_accepted(
    opened: Opener, sql: Sql, versions: Path
) -> None:
    files = sorted(path.name for path in versions.glob("*.py"))
    async with opened(size=(80, 24)) as driver:
        await driver.sees(
            "The database has 1 revision that main has not: 0a0a0a0a0a0a (of colours)"
        )
        await to_the_ghost(driver)
        await driver.sees("branch colours by Ada, ")
        await driver.sees("2  git checkout colours")
        await driver.press("2")
        await driver.told("Copied git checkout colours: run it in a terminal.")
        await to_the_ghost(driver)
        await driver.press("1")
        await driver.until(lambda: isinstance(driver.app.screen, DiffScreen))
        code = driver.app.screen
        assert isinstance(code, DiffScreen)
        assert '+    op.drop_table("colour", schema="ops")' in code.diff
        await driver.sees("This code is not of this branch.")
        await driver.until(lambda: not code.deaf)
        await driver.press("y")
        question = await driver.confirm()
        (step,) = question.confirmation.steps
        assert (step.revision, step.losses[0]) == (GHOST, "table ops.colour: 1 row")
        assert sql(VERSION) == [(GHOST,)]
        await driver.agree()
        await driver.told(f"downgraded 1 revision; the database stands at {HEAD}.")
        await driver.until(lambda: not driver.main.banner.display)
    assert sql(VERSION) == [(HEAD,)]
    assert sql("SELECT to_regclass('ops.colour')") == [(None,)]
    assert sorted(path.name for path in versions.glob("*.py")) == files


@pytest.mark.usefixtures("at_head", "ghost")
async def test_a_switch_of_branches_is_noticed_and_told(
    opened: Opener, sample: SampleProject, sql: Sql
) -> None:
    async with opened() as driver:
        await driver.sees("The database has 1 revision that main has not")
        await driver.position()
        git(sample.root, "checkout", "-q", "colours")
        await driver.until(lambda: not driver.main.banner.display)
        await driver.sees("✓ head")
        await driver.until(lambda: not driver.state.switched_from)
        sql("UPDATE public.alembic_version SET version_num = %s", CURRENT)
        git(sample.root, "checkout", "-q", "main")
        await driver.sees("Switched from colours: main has 2 revisions that the database lacks")
        sql("UPDATE public.alembic_version SET version_num = %s", HEAD)
        await driver.app.run_action("refresh", driver.main)
        await driver.until(lambda: not driver.main.banner.display)
