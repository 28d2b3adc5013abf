"""What a reader answers: status, drift, facts, plan, revisions."""

import sys
from typing import Any

import pytest

from opsmig_tui.demo import BEFORE_PENDING, SampleProject, point_to
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.worker import protocol
from tests.support.postgres import connect
from tests.support.projects import AlembicProject
from tests.worker.conftest import Start, add_revision, opened

PENDING = ("b8c9d0a41e6f", "a7c3f15d8e92")


async def test_status_says_who_where_and_what_is_pending(
    start: Start, sample: SampleProject
) -> None:
    status = await start().request(protocol.Status())
    (database,) = status.databases
    assert database.identity.database == sample.database
    assert database.identity.host == sample.host
    assert database.identity.user == "ops"
    assert database.identity.system_identifier
    assert database.current == (BEFORE_PENDING,)
    assert database.driver == "psycopg"
    assert int(database.server_version.split(".")[0]) >= 15
    assert status.heads == PENDING[-1:]
    assert status.pending == PENDING
    assert status.unknown == ()


async def test_status_without_leave_to_read_the_system_identifier(
    start: Start, sample: SampleProject, postgres: Any
) -> None:
    revoke = "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC"
    with postgres.connect(sample.database) as connection:
        connection.execute(revoke)
    status = await start().request(protocol.Status())
    assert status.databases[0].identity.system_identifier is None
    assert status.databases[0].current == (BEFORE_PENDING,)


async def test_models_that_do_not_import_fail_of_the_same_each_time(
    start: Start, sample: SampleProject
) -> None:
    with (sample.backend / "models" / "vendor.py").open("a") as file:
        file.write('raise RuntimeError("boom")\n')
    client = start()
    for request in (protocol.Status(), protocol.Drift()):
        with pytest.raises(WorkerFailed) as caught:
            await client.request(request)
        assert caught.value.failed.message == "RuntimeError: boom"
        assert str(caught.value.failed.file).endswith("vendor.py")


async def test_status_names_revisions_that_no_file_has(start: Start, sql: Any) -> None:
    sql("UPDATE public.alembic_version SET version_num = 'feedfacecafe'")
    status = await start().request(protocol.Status())
    assert status.unknown == ("feedfacecafe",)
    assert status.pending == ()


async def test_a_new_revision_file_is_seen_at_once(start: Start, sample: SampleProject) -> None:
    client = start()
    await client.request(protocol.Status())
    new = sample.backend / "alembic" / "versions" / "2026_05_01_0900-00aa00aa00aa_later.py"
    new.write_text(
        '"""later"""\nrevision = "00aa00aa00aa"\ndown_revision = "a7c3f15d8e92"\n'
        "def upgrade(): pass\ndef downgrade(): pass\n"
    )
    assert (await client.request(protocol.Status())).pending == (*PENDING, "00aa00aa00aa")


async def test_an_editors_lock_beside_the_revisions_is_no_obstacle(
    start: Start, sample: SampleProject
) -> None:
    lock = sample.backend / "alembic" / "versions" / ".#2026_new.py"
    lock.symlink_to("me@host.4711:1700000000")
    assert (await start().request(protocol.Status())).heads == PENDING[-1:]


async def test_drift_is_in_words_grouped_by_table_though_the_database_is_behind(
    start: Start,
) -> None:
    drift = await start().request(protocol.Drift())
    lines = [(item.sign, item.table, item.text) for item in drift.operations]
    assert ("-", "ops.agreement", "drop column nickname") in lines
    assert ("+", "ops.agreement", "add column nick_name VARCHAR(80)") in lines
    assert ("~", "ops.asset", "alter column odometer_m: type INTEGER → BIGINT") in lines
    assert ("+", "ops.vendor_document", "create table vendor_document (6 columns)") in lines
    assert [item.table for item in drift.operations] == sorted(i.table for i in drift.operations)
    code = {(item.table, item.text): item.code for item in drift.operations}
    found = code["ops.agreement", "drop column nickname"]
    assert found == "op.drop_column('agreement', 'nickname', schema='ops')"


async def test_drift_tells_enum_values_that_autogenerate_does_not_see(
    start: Start, sql: Any
) -> None:
    client = start()
    drift = await client.request(protocol.Drift())
    (missing,) = [item for item in drift.operations if item.kind == "enum-value"]
    assert missing.sign == "~"
    assert missing.text == (
        "enum vendor_status: add value 'onboarding' (autogenerate does not see this)"
    )
    sql("ALTER TYPE ops.vendor_status ADD VALUE 'onboarding'")
    drift = await client.request(protocol.Drift())
    assert not [item for item in drift.operations if item.kind == "enum-value"]


async def test_drift_leaves_out_what_include_object_leaves_out(start: Start, sql: Any) -> None:
    sql("CREATE TABLE public.not_ours (id integer)")
    drift = await start().request(protocol.Drift())
    assert not [item for item in drift.operations if "not_ours" in item.text]


async def test_facts_of_models_and_database(start: Start) -> None:
    facts = await start().request(protocol.GatherFacts())
    assert (facts.models_problem, facts.database_problem) == ("", "")
    assert facts.models.companions["vendor"] == "vendor_history"
    agreement = next(table for table in facts.models.tables if table.name == "agreement")
    columns = {column.name: column for column in agreement.columns}
    assert columns["nick_name"].type == "VARCHAR(80)"
    assert columns["state"].enum == "agreement_state"
    assert columns["renews"].has_server_default
    foreign = next(item for item in agreement.constraints if item.kind == "foreign")
    assert foreign.definition.startswith("FOREIGN KEY (vendor_id) REFERENCES ops.vendor(id)")
    assert facts.database.rows["ops.agreement"] == 1600
    stored = next(table for table in facts.database.tables if table.name == "agreement")
    names = {column.name: column for column in stored.columns}
    assert names["nickname"].type == "character varying(80)"
    assert names["state"].enum == "agreement_state"
    assert {item.kind for item in stored.constraints} >= {"primary", "foreign", "index"}
    enums = {enum.name: enum.values for enum in facts.models.enums}
    here = {enum.name: enum.values for enum in facts.database.enums}
    assert set(enums["vendor_status"]) - set(here["vendor_status"]) == {"onboarding"}


async def test_facts_give_the_models_when_the_database_is_unreachable(
    start: Start, sample: SampleProject
) -> None:
    unreachable(sample)
    facts = await start().request(protocol.GatherFacts())
    assert facts.database is None
    assert "connection" in facts.database_problem
    assert facts.models.companions["vendor"] == "vendor_history"


async def test_status_of_an_unreachable_database_fails_as_a_connection(
    start: Start, sample: SampleProject
) -> None:
    unreachable(sample)
    with pytest.raises(WorkerFailed) as caught:
        await start().request(protocol.Status())
    assert caught.value.failed.kind == "connection"


async def test_plan_of_an_upgrade(start: Start) -> None:
    plan = await start().request(protocol.Plan("upgrade", "head"))
    assert tuple(step.revision for step in plan.steps) == PENDING
    assert plan.command == "alembic upgrade head"
    assert plan.steps[0].commits == ""
    assert plan.steps[1].commits.startswith("autocommit_block")
    assert plan.transactional_ddl
    assert not plan.transaction_per_migration


@pytest.mark.parametrize(("target", "count"), [("+1", 1), ("heads", 2), ("b8c9", 1)])
async def test_plan_takes_the_targets_that_alembic_takes(
    start: Start, target: str, count: int
) -> None:
    plan = await start().request(protocol.Plan("upgrade", target))
    assert len(plan.steps) == count


async def test_plan_of_a_downgrade_counts_what_would_be_lost(start: Start, sql: Any) -> None:
    plan = await start().request(protocol.Plan("downgrade", "-2"))
    losses = {loss.what: loss.rows for step in plan.steps for loss in step.losses}
    assert losses
    for what, rows in losses.items():
        kind, name = what.split(" ")
        if kind == "table":
            assert rows == sql(f"SELECT count(*) FROM {name}")[0][0]
        elif kind == "column":
            table, _, column = name.rpartition(".")
            assert rows == sql(f"SELECT count({column}) FROM {table}")[0][0]
    assert any(losses.values())


@pytest.mark.usefixtures("at_head")
async def test_plan_counts_values_too_long_for_a_new_type(
    start: Start, sample: SampleProject, sql: Any
) -> None:
    add_revision(
        sample,
        'op.alter_column("vendor", "name", type_=sa.String(12), schema="ops")\n'
        'op.alter_column("vendor", "name", type_=sa.String(length=500), schema="ops")\n'
        'op.alter_column("vendor", "name", type_=sa.Text(), schema="ops")\n'
        'op.alter_column("nowhere", "name", type_=sa.String(1))\n'
        'with op.batch_alter_table("vendor", schema="ops") as batch:\n'
        '    batch.alter_column("id", type_=sa.CHAR(1))\n'
        'op.execute("ALTER TABLE ops.vendor ALTER name TYPE varchar(14) USING left(name, 14)")',
    )
    (step,) = (await start().request(protocol.Plan("upgrade", "head"))).steps
    told = {loss.what: loss.rows for loss in step.losses}

    def over(length: int, column: str = "name") -> int:
        query = f"SELECT count(*) FROM ops.vendor WHERE length({column}::text) > {length}"
        return int(sql(query)[0][0])

    assert told == {
        "values over 12 characters in ops.vendor.name": over(12),
        "values over 1 character in ops.vendor.id": over(1, "id"),
        "values over 14 characters in ops.vendor.name": over(14),
    }
    assert all(told.values())


async def test_plan_refuses_as_alembic_does(start: Start) -> None:
    with pytest.raises(WorkerFailed) as caught:
        await start().request(protocol.Plan("upgrade", "nonsense"))
    assert caught.value.failed.kind == "alembic"
    assert "Can't locate revision identified by 'nonsense'" in caught.value.failed.message


async def test_revisions_are_alembics_own_reading(start: Start) -> None:
    history = await start().request(protocol.Revisions())
    assert len(history.revisions) == 20
    assert history.revisions[0].revision == PENDING[-1]
    merge = next(item for item in history.revisions if len(item.down_revisions) == 2)
    assert merge.message == "merge work orders and inspections"


async def test_a_reader_cannot_write(start: Start, sample: SampleProject, sql: Any) -> None:
    env = sample.backend / "alembic" / "env.py"
    write = 'connection.exec_driver_sql("CREATE TABLE public.side_effect (id integer)")\n        '
    text = env.read_text()
    marked = text.replace(
        "        context.configure(conn", f"        {write}context.configure(conn"
    )
    assert marked != text
    env.write_text(marked)
    with pytest.raises(WorkerFailed) as caught:
        await start().request(protocol.Status())
    failed = caught.value.failed
    assert failed.kind == "database"
    assert failed.sqlstate == "25006"
    assert failed.statement.startswith("CREATE TABLE public.side_effect")
    assert failed.file == str(env.resolve())
    assert failed.line
    assert sql("SELECT to_regclass('public.side_effect')") == [(None,)]


async def test_sqlite_works_and_a_reader_cannot_write_it(
    empty_project: AlembicProject, start: Start
) -> None:
    empty_project.revision("a1", upgrade="op.create_table('t', sa.Column('id', sa.Integer))")
    client = start(opened(empty_project.root, python=sys.executable))
    status = await client.request(protocol.Status())
    assert status.databases[0].identity.dialect == "sqlite"
    assert status.databases[0].identity.database == str(empty_project.root / "test.db")
    assert status.pending == ("a1",)
    facts = await client.request(protocol.GatherFacts())
    assert facts.database.dialect == "sqlite"
    plan = await client.request(protocol.Plan("upgrade", "head"))
    assert "commits every schema change" in plan.steps[0].commits


def unreachable(sample: SampleProject) -> None:
    """Point the sample at a port where nobody listens."""
    point_to(sample.root, "postgresql+psycopg://ops@127.0.0.1:9/nowhere")


async def test_the_other_sessions_of_the_server(start: Start, sample: SampleProject) -> None:
    client = start()
    await client.request(protocol.Status())  # keeps a session of its own, which does not count
    before = (await client.request(protocol.Sessions())).groups
    with connect(sample) as one, connect(sample):
        one.execute("SET application_name = 'a report'")
        after = (await client.request(protocol.Sessions())).groups
    new = [group for group in after if group not in before and group.database == sample.database]
    assert {(group.application, group.user, group.count) for group in new} == {
        ("a report", "ops", 1),
        ("", "ops", 1),
    }


async def test_where_a_connection_that_failed_wanted_to_go(
    start: Start, sample: SampleProject
) -> None:
    (sample.backend / ".env").write_text("DATABASE_URL=postgresql+psycopg://ops@127.0.0.1:1/ops\n")
    with pytest.raises(WorkerFailed) as caught:
        await start().request(protocol.Status())
    assert caught.value.failed.kind == "connection"
    assert (caught.value.failed.host, caught.value.failed.port) == ("127.0.0.1", 1)
