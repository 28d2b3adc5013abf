"""Stamp from the palette: what to say, what that would mean, and only then the version table."""

from __future__ import annotations

from tests.conftest import Sql
from tests.ui.flows.conftest import Opener

HEAD, CURRENT = "a7c3f15d8e92", "7e35d1a8c0f2"


async def test_stamp_the_selected_revision(opened: Opener, sql: Sql) -> None:
    async with opened() as driver:
        await driver.position()
        driver.main.board.history.select(HEAD)
        await driver.app.run_action("stamp", driver.main)
        await driver.sees("Show what it would change")
        await driver.until(
            lambda: driver.app.focused is not None and driver.app.focused.id == "message"
        )
        await driver.press("enter")
        question = await driver.confirm()
        assert question.confirmation.typed == HEAD
        await driver.sees("alembic stamp a7c3f15d8e92")
        assert sql("SELECT version_num FROM alembic_version") == [(CURRENT,)]
        await driver.agree()
        await driver.told(f"stamped; the database stands at {HEAD}.")
        await driver.sees("✓ head")
        await driver.until(lambda: not driver.main.job)
        await driver.app.run_action("version_table", driver.main)
        await driver.told("alembic_version is there")
    assert sql("SELECT version_num FROM alembic_version") == [(HEAD,)]
