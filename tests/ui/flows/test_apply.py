"""Upgrade and downgrade from the screen: target, question, run, failure, cancel."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.ui.screens.failure import FailureScreen
from opsmig_tui.ui.screens.holder import HolderScreen
from tests.conftest import Sql
from tests.support.postgres import connect, locked
from tests.ui.flows.conftest import Driver, Opener

HEAD, NEXT, CURRENT = "a7c3f15d8e92", "b8c9d0a41e6f", "7e35d1a8c0f2"
REVISION = '''"""{message}

Revision ID: {revision}
Revises: {HEAD}
"""
from alembic import op

revision = "{revision}"
down_revision = "{HEAD}"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("{sql}")


def downgrade():
    pass
'''


def write(versions: Path, revision: str, sql: str) -> None:
    text = REVISION.format(message=revision, revision=revision, HEAD=HEAD, sql=sql)
    (versions / f"2030_01_01_0000-{revision}_{revision}.py").write_text(text)


def sleeps(driver: Driver) -> bool:
    lines = driver.app.workspace.output.lines
    return any("pg_sleep" in line.text and line.state == "running" for line in lines)


def stands(sql: Sql) -> list[str]:
    return [row[0] for row in sql("SELECT version_num FROM alembic_version")]


async def test_upgrade_to_head(opened: Opener, sql: Sql) -> None:
    async with opened() as driver:
        await driver.position()
        await driver.press("5", "u")
        question = await driver.confirm()
        assert [step.revision for step in question.confirmation.steps] == [NEXT, HEAD]
        await driver.sees("alembic upgrade head")
        assert stands(sql) == [CURRENT]
        await driver.press("y")
        await driver.told("upgraded 2 revisions; the database stands at a7c3f15d8e92.")
        assert driver.main.board.focused == "output"
        await driver.sees("a7c3f15d8e92 ✓ head")
    assert stands(sql) == [HEAD]


async def test_upgrade_from_history_goes_to_the_selected_revision(opened: Opener, sql: Sql) -> None:
    async with opened() as driver:
        await driver.position()
        driver.main.board.history.select(NEXT)
        await driver.press("2", "u")
        question = await driver.confirm()
        assert [step.revision for step in question.confirmation.steps] == [NEXT]
        await driver.press("y")
        await driver.told("upgraded 1 revision")
    assert stands(sql) == [NEXT]


async def test_what_is_applied_cannot_be_upgraded_to(opened: Opener) -> None:
    async with opened() as driver:
        await driver.position()
        driver.main.board.history.select(CURRENT)
        await driver.press("2", "u")
        await driver.told(f"{CURRENT} is applied already")
        await driver.press("d")
        await driver.told(f"The database stands at {CURRENT}")
        driver.main.board.history.select(HEAD)
        await driver.press("d")
        await driver.told(f"{HEAD} is not applied")
        assert driver.app.screen is driver.main


async def test_saying_no_changes_nothing(opened: Opener, sql: Sql) -> None:
    async with opened() as driver:
        await driver.position()
        await driver.press("5", "u")
        await driver.confirm()
        await driver.press("n")
        await driver.back()
        assert driver.state.run is None
    assert stands(sql) == [CURRENT]


async def test_downgrade_wants_the_revision_typed(opened: Opener, sql: Sql) -> None:
    async with opened() as driver:
        await driver.position()
        await driver.press("5", "d")
        question = await driver.confirm()
        assert question.confirmation.typed == CURRENT
        await driver.press(*"wrong", "enter", "escape")
        await driver.back()
        assert stands(sql) == [CURRENT]
        await driver.press("d")
        await driver.agree()
        await driver.told("downgraded 1 revision")
    assert stands(sql) != [CURRENT]


@pytest.mark.usefixtures("at_head")
async def test_at_head_there_is_nothing_to_upgrade(opened: Opener) -> None:
    async with opened() as driver:
        await driver.position()
        await driver.press("5", "u")
        await driver.told("Nothing to upgrade")


@pytest.mark.usefixtures("at_head")
async def test_a_failure_has_a_page_and_the_screen_lives_on(
    opened: Opener, sql: Sql, versions: Path
) -> None:
    write(versions, "c0ffee000001", "SELECT * FROM no_such_table")
    async with opened() as driver:
        await driver.position()
        await driver.press("5", "u")
        await driver.agree()
        await driver.until(lambda: isinstance(driver.app.screen, FailureScreen))
        await driver.sees("no_such_table")
        await driver.sees("alembic/versions/2030_01_01_0000-c0ffee000001_c0ffee000001.py:15")
        await driver.press("escape")
        await driver.back()
        await driver.sees("✖ failed")
        assert not driver.state.running


@pytest.mark.usefixtures("at_head")
async def test_ctrl_c_cancels_on_the_server(opened: Opener, sql: Sql, versions: Path) -> None:
    write(versions, "c0ffee000002", "SELECT pg_sleep(300)")
    async with opened() as driver:
        await driver.position()
        await driver.press("5", "u")
        await driver.agree()
        await driver.until(lambda: sleeps(driver))
        await driver.sees("^c cancel")
        await driver.press("q")
        await driver.told("ctrl+c cancels it")
        await driver.press("u")
        await driver.told("still running")
        await driver.press("ctrl+c")
        await driver.until(lambda: not driver.state.running)
        assert driver.state.run is not None
        assert driver.state.run.phase == "cancelled"
        await driver.sees("▲ cancelled")
        sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(300)%' "
        assert sql(sleeping + "AND state = 'active' AND pid <> pg_backend_pid()") == [(0,)]
    assert "c0ffee000002" not in stands(sql)


async def test_ctrl_c_with_nothing_running_says_how_to_quit(bare: Opener) -> None:
    async with bare() as driver:
        await driver.press("ctrl+c")
        await driver.told("q quits")
        await driver.press("q")
        await driver.until(lambda: not driver.app.is_running)


async def test_a_run_that_is_done_is_over_though_the_drift_waits_for_a_lock(
    opened: Opener, sample: SampleProject, sql: Sql
) -> None:
    async with opened() as driver:
        await driver.position()
        with locked(sample, "ops.site"):
            await driver.press("5", "u")
            await driver.agree()
            await driver.told("upgraded 2 revisions")
            await driver.press("d")
            await driver.confirm()
            await driver.press("escape")
            await driver.until(lambda: driver.state.drift.phase == "failed")
            assert driver.state.drift.problem.startswith("a table is locked by another session")
        driver.main.action_refresh()
        await driver.until(lambda: driver.state.drift.phase == "ready")
    assert stands(sql) == [HEAD]


async def test_the_session_in_the_way_is_ended_from_output(
    opened: Opener, sample: SampleProject, sql: Sql, at_head: None
) -> None:
    write(sample.backend / "alembic" / "versions", "0a0a0a0a0a0a", "LOCK TABLE ops.vendor")
    with closing(connect(sample)) as other:
        other.execute(b"BEGIN")
        other.execute(b"SELECT 1 FROM ops.vendor")
        async with opened() as driver:
            await driver.position()
            await driver.press("5", "exclamation_mark", "u")
            await driver.agree()
            await driver.sees("waiting for ACCESS EXCLUSIVE on ops.vendor")
            await driver.sees("waits for a lock")
            await driver.press("exclamation_mark")
            await driver.until(lambda: isinstance(driver.app.screen, HolderScreen))
            question = driver.app.screen
            assert isinstance(question, HolderScreen)
            await driver.sees(f"End session {other.info.backend_pid}?")
            await driver.until(lambda: not question.deaf)
            await driver.press("t")
            await driver.told("was terminated and has let go")
            await driver.told("upgraded 1 revision")
            assert f"SELECT pg_terminate_backend({other.info.backend_pid});" in [
                one.command for one in driver.state.commands
            ]
    assert stands(sql) == ["0a0a0a0a0a0a"]


async def test_a_file_that_changed_behind_the_question_is_asked_about_again(
    opened: Opener, versions: Path, sql: Sql, at_head: None
) -> None:
    write(versions, "0a0a0a0a0a0a", "CREATE TABLE ops.one (id integer)")
    async with opened() as driver:
        await driver.position()
        await driver.press("u")
        first = await driver.confirm()
        write(versions, "0a0a0a0a0a0a", "CREATE TABLE ops.two (id integer)")
        await driver.agree()
        await driver.until(lambda: driver.app.screen is not first)
        second = await driver.confirm()
        assert "has changed since it was confirmed" in second.confirmation.warnings[0]
        assert second.confirmation.steps[0].summary.startswith("creates table two")
        await driver.agree()
        await driver.told("upgraded 1 revision")
    (made,) = sql("SELECT to_regclass('ops.one') IS NOT NULL, to_regclass('ops.two') IS NOT NULL")
    assert made == (False, True)
