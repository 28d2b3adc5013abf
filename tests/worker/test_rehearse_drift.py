"""After the last upgrade of a rehearsal: what the models still have that the database lacks."""

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.worker.protocol import RehearseResult
from tests.conftest import Sql
from tests.worker.conftest import HEAD, Start, add_revision
from tests.worker.rehearsals import rehearse

pytestmark = pytest.mark.usefixtures("at_head")


async def test_what_autogenerate_would_still_emit_is_compared_within(
    start: Start, sample: SampleProject, sql: Sql
) -> None:
    add_revision(
        sample,
        'op.add_column("vendor", sa.Column("nick", sa.Text), schema="ops")',
        'op.drop_column("vendor", "nick", schema="ops")',
    )
    client = start(runner=True)
    result = await rehearse(client)
    assert told(result).count(("-", "ops.vendor", "drop column nick")) == 1
    assert result.unchanged
    # The answer stands only while schema and files do.
    assert told(await rehearse(client)) == told(result)
    sql("ALTER TABLE ops.vendor ADD by_hand integer")
    assert set(told(await rehearse(client))) - set(told(result)) == {
        ("-", "ops.vendor", "drop column by_hand")
    }
    sql("ALTER TABLE ops.vendor DROP by_hand")
    env = sample.backend / "alembic" / "env.py"
    text = env.read_text()
    assert text.count("    return True") == 1
    env.write_text(text.replace("    return True", "    return type_ != 'column'"))
    assert ("-", "ops.vendor", "drop column nick") not in told(await rehearse(client))


def told(result: RehearseResult) -> list[tuple[str, str, str]]:
    assert result.drift is not None
    return [(one.sign, one.table, one.text) for one in result.drift]


async def test_a_base_that_depends_on_a_head_ends_at_head(
    start: Start, sample: SampleProject
) -> None:
    path = add_revision(sample, 'op.execute("SELECT 1")')
    text = path.read_text().replace(f'down_revision = "{HEAD}"', "down_revision = None")
    path.write_text(text.replace("= depends_on = None", f'= "other"\ndepends_on = "{HEAD}"'))
    assert (await rehearse(start(runner=True), target="heads")).drift is not None


async def test_a_chain_that_ends_below_head_tells_no_drift(
    start: Start, sample: SampleProject
) -> None:
    result = await rehearse(start(runner=True), "downgrade", "-1")
    assert result.drift is None
