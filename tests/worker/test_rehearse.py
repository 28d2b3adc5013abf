"""A rehearsal on the database itself: what it shows, and that nothing stays."""

import pytest

from opsmig_tui.demo import SampleProject
from tests.worker.conftest import HEAD, Start, add_revision, line_of
from tests.worker.rehearsals import rehearse

pytestmark = pytest.mark.usefixtures("at_head")
REV = "0a0a0a0a0a0a"


async def test_a_pending_revision_goes_up_down_and_up_again(
    start: Start, sample: SampleProject
) -> None:
    path = add_revision(
        sample,
        'op.add_column("vendor", sa.Column("nick", sa.Text), schema="ops")',
        'op.drop_column("vendor", "nick", schema="ops")',
    )
    result = await rehearse(start(runner=True))
    assert [(leg.revision, leg.direction, leg.outcome) for leg in result.legs] == [
        (REV, "upgrade", "ok"), (REV, "downgrade", "ok"), (REV, "upgrade", "ok"),
    ]  # fmt: skip
    assert result.current == (HEAD,)
    assert result.unchanged
    (statement,) = result.legs[0].statements
    assert statement.sql == "ALTER TABLE ops.vendor ADD COLUMN nick TEXT"
    assert (statement.file, statement.line) == (str(path.resolve()), line_of(path, "add_column"))
    (lock,) = statement.locks
    assert (lock.relation, lock.kind, lock.mode) == ("ops.vendor", "table", "ACCESS EXCLUSIVE")
