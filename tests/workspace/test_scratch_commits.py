"""Migrations that end their transaction themselves: each one's locks and work are told."""

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.worker.protocol import RehearsedStatement
from tests.worker.conftest import add_revision
from tests.worker.rehearsals import contents
from tests.workspace.conftest import Open
from tests.workspace.test_scratch import nothing_left, on_scratch, outcomes

__all__ = ["nothing_left"]

ALTER = "op.execute('ALTER TABLE ops.vendor ALTER name SET DEFAULT {}')"
LOCK = "op.execute('LOCK TABLE ops.vendor IN SHARE MODE')"
UPDATE = "op.execute('UPDATE ops.vendor SET name = name || {}')"
# What the transaction counted is the server's from here on, as it is after a second at the latest.
FLUSH = "op.execute('SELECT pg_stat_force_next_flush()')"
ENDS = {
    "an empty autocommit_block": "with op.get_context().autocommit_block():\n    pass",
    "autocommit_block": (
        "with op.get_context().autocommit_block():\n    op.execute('ANALYZE ops.agreement')"
    ),
    "COMMIT": "op.execute('COMMIT')",
    "past SQLAlchemy": "op.get_bind().connection.driver_connection.commit()",
}
VENDOR = "ops.vendor"


async def statements(
    workspace: Open, sample: SampleProject, *lines: str
) -> list[RehearsedStatement]:
    """Of a revision's upgrade on scratch."""
    add_revision(sample, "\n".join(lines))
    before = contents(sample)
    opened = workspace(sample.backend)
    result = await on_scratch(opened)
    await opened.close()
    assert outcomes(result) == ["upgrade ok", "downgrade ok", "upgrade ok"], result.legs[0].failed
    assert result.unchanged
    assert contents(sample) == before
    return [one for one in result.legs[0].statements if VENDOR in one.sql]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.usefixtures("at_head")
async def test_the_same_table_is_locked_again(
    open_workspace: Open, sample: SampleProject, end: str
) -> None:
    first, last = (ALTER.format(f'"{text}"').replace('"', "$$") for text in "ab")
    told = await statements(open_workspace, sample, first, ENDS[end], last)
    modes = [[lock.mode for lock in one.locks if lock.relation == VENDOR] for one in told]
    assert modes == [["ACCESS EXCLUSIVE"]] * 2


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.usefixtures("at_head")
async def test_a_transaction_that_has_written_nothing(
    open_workspace: Open, sample: SampleProject, end: str
) -> None:
    """It has no number of its own."""
    told = await statements(open_workspace, sample, LOCK, ENDS[end], LOCK)
    modes = [[lock.mode for lock in one.locks if lock.relation == VENDOR] for one in told]
    assert modes == [["SHARE"]] * 2


@pytest.mark.parametrize("end", [one for one in ENDS if one != "past SQLAlchemy"])
@pytest.mark.usefixtures("at_head")
async def test_as_many_rows_are_changed_again(
    open_workspace: Open, sample: SampleProject, end: str
) -> None:
    one, two = (UPDATE.format(f"$${text}$$") for text in "ab")
    told = await statements(open_workspace, sample, one, FLUSH, ENDS[end], two)
    updated = [[work.updated for work in one.work if work.relation == VENDOR] for one in told]
    assert updated[0] == updated[1]
    assert updated == [[told[0].rows], [told[1].rows]]


@pytest.mark.usefixtures("at_head")
async def test_what_must_come_first_in_a_transaction(
    open_workspace: Open, sample: SampleProject
) -> None:
    """Nothing is asked before it."""
    first = "op.execute('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE')"
    lines = (LOCK, ENDS["an empty autocommit_block"], first, LOCK)
    told = await statements(open_workspace, sample, *lines)
    assert [len(one.locks) for one in told] == [1, 1]
