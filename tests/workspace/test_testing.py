"""`opsmig test` and `t`: the legs, where it stops, and where the database stands then."""

import asyncio
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.workspace.test import plan_test, run_test
from opsmig_tui.workspace.workspace import Workspace
from tests.conftest import Sql
from tests.workspace.conftest import (
    BEFORE,
    CURRENT,
    HEAD,
    MIDDLE,
    line_of,
    output,
    until,
    write_revision,
)


def position(sql: Sql) -> list[str]:
    return [row[0] for row in sql("SELECT version_num FROM public.alembic_version")]


def alone(sql: Sql) -> None:
    """The database stands right below the test's own revision, which then is the next pending."""
    sql("UPDATE public.alembic_version SET version_num = %s", HEAD)


async def test_the_next_pending_revision_goes_up_down_and_up(ws: Workspace, sql: Sql) -> None:
    plan = await plan_test(ws)
    assert (plan.revision, plan.pending) == (MIDDLE, True)
    question = plan.confirmation
    assert (question.typed, question.destructive) == (MIDDLE, True)
    assert question.command == f"opsmig test {MIDDLE}"
    (warning,) = question.warnings
    assert "drops column ops.agreement.currency" in warning
    report = await run_test(ws, plan)
    assert report.ok, report.text
    assert [leg.name for leg in report.legs] == [
        "upgrade", "verify current", "downgrade", "verify current", "upgrade", "verify current",
    ]  # fmt: skip
    assert position(sql) == [MIDDLE]
    assert ws.state.current == (MIDDLE,)
    assert not ws.state.running
    assert output(ws).endswith(f"the database stands at {MIDDLE}")


async def test_the_current_revision_counts_what_it_loses_and_goes_down_and_up(
    ws: Workspace, sql: Sql
) -> None:
    plan = await plan_test(ws, CURRENT[:6])
    assert (plan.revision, plan.pending) == (CURRENT, False)
    assert "300 rows hold a value" in plan.confirmation.steps[0].losses[0]
    report = await run_test(ws, plan)
    assert report.ok, report.text
    assert [leg.name for leg in report.legs][::2] == ["downgrade", "upgrade"]
    assert position(sql) == [CURRENT]


async def test_others_cannot_be_tested(ws: Workspace) -> None:
    for other in (HEAD, BEFORE):
        with pytest.raises(OpsmigError, match=f"{MIDDLE} or {CURRENT}"):
            await plan_test(ws, other)


async def test_a_failing_downgrade_says_the_statement_the_line_and_the_position(
    ws: Workspace, sql: Sql, versions: Path
) -> None:
    alone(sql)
    path = write_revision(versions, downgrade="op.execute('SELECT * FROM no_such_table')")
    report = await run_test(ws, await plan_test(ws))
    assert [(leg.name, leg.ok) for leg in report.legs] == [
        ("upgrade", True), ("verify current", True), ("downgrade", False),
    ]  # fmt: skip
    text = report.legs[-1].text
    assert 'relation "no_such_table" does not exist' in text
    assert "statement: SELECT * FROM no_such_table" in text
    assert f"{path}:{line_of(path, 'no_such_table')}" in text
    assert report.text.endswith("the database stands at 0a0a0a0a0a0a.")
    assert position(sql) == ["0a0a0a0a0a0a"]
    assert not ws.state.running


async def test_a_second_upgrade_that_fails(ws: Workspace, sql: Sql, versions: Path) -> None:
    alone(sql)
    write_revision(versions, upgrade="op.execute('CREATE TABLE ops.left_over (id integer)')")
    report = await run_test(ws, await plan_test(ws))
    assert [leg.name for leg in report.legs][-1] == "upgrade"
    assert len(report.legs) == 5
    assert "already exists" in report.legs[-1].text
    assert report.stands == f"the database stands at {HEAD}"
    assert position(sql) == [HEAD]


async def test_a_revision_that_is_replaced_in_the_middle_stops_the_test(
    ws: Workspace, sql: Sql, versions: Path
) -> None:
    alone(sql)
    path = write_revision(versions)
    other = versions / "0b0b0b0b0b0b.py"
    body = (
        "import pathlib\n"
        f"old, new = pathlib.Path({str(path)!r}), pathlib.Path({str(other)!r})\n"
        "new.write_text(old.read_text().replace('0a0a0a0a0a0a', '0b0b0b0b0b0b'))\n"
        "old.unlink()"
    )
    write_revision(versions, downgrade=body)
    report = await run_test(ws, await plan_test(ws))
    assert not report.ok
    assert report.legs[-1].name == "upgrade"
    assert not ws.state.running
    assert position(sql) == [HEAD]


async def test_a_file_that_changes_in_the_middle_stops_the_test(
    ws: Workspace, sql: Sql, versions: Path
) -> None:
    alone(sql)
    path = write_revision(versions)
    body = f"import pathlib\npathlib.Path({str(path)!r}).open('a').write('# another\\n')"
    write_revision(versions, downgrade=body)
    report = await run_test(ws, await plan_test(ws))
    assert report.legs[-1].text == f"{path.name} has changed since it was confirmed."
    assert position(sql) == [HEAD]


async def test_another_database_in_the_middle_stops_the_test(
    ws: Workspace, sql: Sql, versions: Path, sample: SampleProject, role_password: str
) -> None:
    alone(sql)
    other = sample.url.replace(f"ops:{role_password}@", "postgres@")
    env = str(ws.project.root / ".env")
    body = f"import pathlib\npathlib.Path({env!r}).write_text('DATABASE_URL={other}\\n')"
    write_revision(versions, downgrade=body)
    report = await run_test(ws, await plan_test(ws))
    assert report.legs[-1].text.startswith("The upgrade would now reach postgres@")
    assert position(sql) == [HEAD]


async def test_one_branch_of_several_is_tested_alone(
    ws: Workspace, sql: Sql, versions: Path
) -> None:
    alone(sql)
    write_revision(versions, "0a0a0a0a0a0a")
    write_revision(versions, "0b0b0b0b0b0b")
    sql("UPDATE public.alembic_version SET version_num = '0a0a0a0a0a0a'")
    report = await run_test(ws, await plan_test(ws, "0b0b0b0b0b0b"))
    assert report.ok, report.text
    assert sorted(position(sql)) == ["0a0a0a0a0a0a", "0b0b0b0b0b0b"]
    assert (await plan_test(ws, "0b0b0b0b0b0b")).first.steps[0].revision == "0b0b0b0b0b0b"


async def test_a_cancelled_test_is_no_failure_of_the_revision(
    ws: Workspace, sql: Sql, versions: Path
) -> None:
    alone(sql)
    write_revision(versions, downgrade='op.execute("SELECT pg_sleep(600)")')
    plan = await plan_test(ws)
    running = asyncio.create_task(run_test(ws, plan))
    query = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE %s AND state = 'active'"
    await until(lambda: sql(query, "SELECT pg_sleep(600)%")[0][0] or running.done())
    with pytest.raises(OpsmigError, match="still running"):
        await run_test(ws, plan)
    assert ws.cancel()
    report = await running
    assert report.cancelled
    assert report.legs[-1].text.startswith("Cancelled.")
    assert report.stands == "the database stands at 0a0a0a0a0a0a"
    assert position(sql) == ["0a0a0a0a0a0a"]


async def test_a_cancel_between_two_legs_keeps_the_next_from_starting(
    ws: Workspace, sql: Sql
) -> None:
    plan = await plan_test(ws)
    running = asyncio.create_task(run_test(ws, plan))
    await until(lambda: ws.state.current == (MIDDLE,) or running.done())
    assert ws.cancel()
    report = await running
    assert report.cancelled
    assert position(sql) == [MIDDLE] or report.legs[-1].name == "downgrade"
    assert report.stands == f"the database stands at {position(sql)[0]}"


async def test_a_database_that_does_not_answer(ws: Workspace, sample: object) -> None:
    env = ws.project.root / ".env"
    env.write_text("DATABASE_URL=postgresql+psycopg://ops@127.0.0.1:1/ops\n")
    with pytest.raises(WorkerFailed) as caught:
        await plan_test(ws)
    assert caught.value.failed.kind == "connection"
