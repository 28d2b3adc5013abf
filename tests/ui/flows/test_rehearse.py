"""`r`: a rehearsal on a real database, its report and the schema's difference as tabs."""

from __future__ import annotations

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.ui.palette import commands
from tests.conftest import Sql
from tests.ui.flows.conftest import Driver, Opener
from tests.worker.conftest import HEAD, add_revision, line_of

pytestmark = pytest.mark.usefixtures("at_head")
REV = "0a0a0a0a0a0a"


def rows(driver: Driver) -> str:
    return "\n".join(row.text for row in driver.main.board.review.list.rows)


async def rehearsed(driver: Driver) -> None:
    """`r` on the newest revision; its report is open."""
    await driver.position()
    driver.main.board.go("history")
    driver.main.board.history.select(REV)
    await driver.press("r")
    review = driver.main.board.review
    await driver.until(lambda: driver.state.rehearsal is not None)
    await driver.until(lambda: review.tab.name == "rehearsal" and "Nothing stays" in rows(driver))


async def test_the_report_the_difference_and_the_residue(
    opened: Opener, sample: SampleProject, sql: Sql
) -> None:
    path = add_revision(
        sample,
        """
        op.add_column("vendor", sa.Column("nick", sa.Text), schema="ops")
        op.execute("CREATE SEQUENCE ops.numbers")
        """,
        'op.drop_column("vendor", "nick", schema="ops")',
    )
    async with opened(size=(80, 24)) as driver:
        # Another revision is on show: the report is opened all the same.
        driver.main.board.go("history")
        driver.main.board.history.select(HEAD)
        await driver.press("enter")
        shown = driver.main.board.review
        await driver.until(lambda: shown.review is not None and shown.review.revision == HEAD)
        await rehearsed(driver)
        told = " ".join(rows(driver).split())
        assert "✓ upgrade" in driver.text
        assert "After upgrade() and downgrade(), sequence ops.numbers is left behind." in told
        assert "reads and writes of ops.vendor wait" in told
        assert 'relation "numbers" already exists' in told
        review = driver.main.board.review
        await driver.press("left_curly_bracket")
        assert review.tab.name == "schema"
        assert "+ sequence ops.numbers" in rows(driver)
        assert "+ column nick  text" in rows(driver)
        await driver.until(lambda: review.review is not None and review.review.findings)
        (finding,) = [one for one in review.review.findings if one.rule == "downgrade-residue"]
        assert finding.line == line_of(path, "CREATE SEQUENCE")
        # Another file is not what was rehearsed.
        path.write_text(path.read_text() + "# edited\n")
        await driver.until(lambda: "Press r" in rows(driver))
    assert sql("SELECT version_num FROM alembic_version") == [(HEAD,)]
    assert sql("SELECT FROM pg_sequences WHERE sequencename = 'numbers'") == []


async def test_enter_on_what_failed_goes_to_its_line(opened: Opener, sample: SampleProject) -> None:
    path = add_revision(
        sample, 'op.execute("SELECT 1")\nop.execute("CREATE TABLE ops.vendor (id int)")'
    )
    async with opened() as driver:
        await driver.position()
        driver.main.board.go("changes")
        await driver.press("r")
        review = driver.main.board.review
        await driver.until(
            lambda: review.tab.name == "rehearsal" and "already exists" in rows(driver)
        )
        at = next(i for i, row in enumerate(review.list.rows) if "already exists" in row.text)
        review.list.cursor = at
        await driver.press("enter")
        assert review.tab.name == "code"
        assert review.list.file_line() == line_of(path, "CREATE TABLE")


async def test_what_is_refused_here_is_offered_on_scratch(
    opened: Opener, sample: SampleProject, sql: Sql
) -> None:
    block = "with op.get_context().autocommit_block():\n    op.execute('CREATE TABLE ops.t ()')"
    add_revision(sample, block, "op.execute('DROP TABLE ops.t')")
    async with opened(size=(80, 24)) as driver:
        await driver.position()
        driver.main.board.go("changes")
        await driver.press("r")
        await driver.until(lambda: "Rehearse it there?   y yes" in driver.text)
        assert "▲ upgrade" in rows(driver)
        assert driver.state.run
        assert driver.state.run.phase == "refused"
        await driver.press("y")
        await driver.until(lambda: "Rehearsed on a copy of the database" in rows(driver))
        assert rows(driver).count("✓ upgrade") == 2
        assert "Rehearsal ✓" in driver.text
        assert "Rehearse on a scratch database" in [one.name for one in commands(driver.main)]
    assert sql("SELECT FROM pg_class WHERE relname = 't'") == []
    assert sql("SELECT FROM pg_database WHERE datname LIKE 'opsmig_scratch_%%'") == []


async def test_read_only_does_not_rehearse(opened: Opener) -> None:
    async with opened(read_only=True) as driver:
        await driver.press("r")
        await driver.told("Read-only")
