"""After the last upgrade of a rehearsal: what the models still have that the database lacks."""

import pytest

from opsmig_tui.demo import SampleProject
from tests.worker.conftest import Start, add_revision
from tests.worker.rehearsals import rehearse

pytestmark = pytest.mark.usefixtures("at_head")


async def test_what_autogenerate_would_still_emit_is_compared_within(
    start: Start, sample: SampleProject
) -> None:
    add_revision(
        sample,
        'op.add_column("vendor", sa.Column("nick", sa.Text), schema="ops")',
        'op.drop_column("vendor", "nick", schema="ops")',
    )
    result = await rehearse(start(runner=True))
    assert result.drift is not None
    told = [(one.sign, one.table, one.text) for one in result.drift]
    assert ("-", "ops.vendor", "drop column nick") in told
    assert result.unchanged


async def test_a_chain_that_ends_below_head_tells_no_drift(
    start: Start, sample: SampleProject
) -> None:
    result = await rehearse(start(runner=True), "downgrade", "-1")
    assert result.drift is None
