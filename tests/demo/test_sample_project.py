"""The sample's database: what stands in it, and where its migrations lead."""

import pytest

from opsmig_tui.demo import BEFORE_PENDING, SampleProject
from tests.conftest import Sql
from tests.demo.conftest import Run
from tests.support.postgres import connect

OBJECTS = """
    SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = 'ops'
"""


def test_the_database_is_two_revisions_behind_head(alembic: Run, sql: Sql) -> None:
    assert sql("SELECT version_num FROM public.alembic_version") == [(BEFORE_PENDING,)]
    pending = alembic("history", "-r", "current:head").splitlines()
    lines = [line for line in pending if " -> " in line and not line.startswith("INFO")]
    assert len(lines) == 3  # the current one and the two pending
    assert "(head)" in lines[0]


def test_it_holds_a_few_thousand_rows(sql: Sql) -> None:
    tables = [name for (name,) in sql("SELECT tablename FROM pg_tables WHERE schemaname = 'ops'")]
    assert len([name for name in tables if not name.endswith("_history")]) == 10
    assert sorted(name for name in tables if name.endswith("_history")) == [
        "agreement_history",
        "asset_history",
        "vendor_history",
    ]
    rows = {name: sql(f"SELECT count(*) FROM ops.{name}")[0][0] for name in tables}
    assert all(rows.values()), rows
    assert 5_000 < sum(rows.values()) < 20_000
    assert sql("SELECT count(nickname) FROM ops.agreement") == [(1204,)]


def test_history_tables_follow_their_table(sql: Sql) -> None:
    before = "SELECT max(version) FROM ops.vendor_history WHERE id = 7"
    (version,) = sql(before)[0]
    sql("UPDATE ops.vendor SET name = 'Renamed' WHERE id = 7")
    newest = "SELECT version, name FROM ops.vendor_history WHERE id = 7 ORDER BY version DESC"
    assert sql(newest)[0] == (version + 1, "Renamed")


def test_a_column_missing_in_the_companion_fails_the_write(sql: Sql) -> None:
    sql("ALTER TABLE ops.vendor ADD COLUMN extra text")
    with pytest.raises(Exception, match='column "extra" of relation "vendor_history"'):
        sql("UPDATE ops.vendor SET name = 'x' WHERE id = 1")


def test_the_role_owns_the_database_and_is_no_superuser(sample: SampleProject, sql: Sql) -> None:
    assert sql(
        "SELECT current_user::text, rolsuper, rolcreatedb, datname FROM pg_roles "
        "JOIN pg_database ON datdba = pg_roles.oid WHERE datname = current_database()"
    ) == [("ops", False, True, sample.database)]


def test_the_role_may_cancel_its_own_sessions(sample: SampleProject, sql: Sql) -> None:
    with connect(sample) as other:
        assert sql("SELECT pg_cancel_backend(%s)", other.info.backend_pid) == [(True,)]


def test_a_wrong_password_is_refused(sample: SampleProject, role_password: str) -> None:
    import psycopg

    url = sample.url.replace("+psycopg:", ":").replace(role_password, "guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url)


def test_a_database_of_the_persons_own_is_never_used(
    alembic: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://nobody@/nowhere?host=/nowhere")
    assert BEFORE_PENDING in alembic("current")


def test_every_migration_goes_down_and_up_again(alembic: Run, sql: Sql) -> None:
    assert "backfilled 1600 agreements and 2000 rows" in alembic("upgrade", "head")
    alembic("downgrade", "base")
    assert sql("SELECT nspname FROM pg_namespace WHERE nspname = 'ops'") == []
    assert sql("SELECT count(*) FROM public.alembic_version") == [(0,)]
    alembic("upgrade", "head")
    objects = sql(OBJECTS)
    alembic("downgrade", "base")
    alembic("upgrade", "head")
    assert sql(OBJECTS) == objects


def test_one_revision_down_restores_the_schema(alembic: Run, sql: Sql) -> None:
    columns = """
        SELECT table_name, column_name, data_type, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'ops' ORDER BY 1, 2
    """
    before = sql(columns)
    alembic("upgrade", "head")
    alembic("downgrade", "-2")
    assert sql(columns) == before


def test_at_head_the_committed_models_show_no_drift(alembic: Run, git: Run) -> None:
    git("stash", "--include-untracked")
    git("switch", "--quiet", "main")
    alembic("upgrade", "head")
    assert "No new upgrade operations detected." in alembic("check")


def test_the_pending_revisions_are_worth_watching(sample: SampleProject, alembic: Run) -> None:
    (last,) = sample.backend.glob("alembic/versions/*-a7c3f15d8e92_*.py")
    # Dropping an index that is not there makes the server say so.
    assert "if_exists=True" in last.read_text()
    assert "autocommit_block" in last.read_text()
    assert "backfilled" in alembic("upgrade", "+1")


def test_the_first_generated_migration_has_the_hazards(
    sample: SampleProject, alembic: Run, sql: Sql
) -> None:
    alembic("upgrade", "head")
    alembic("revision", "--autogenerate", "-m", "onboard vendors", "--rev-id", "aaaabbbbcccc")
    (file,) = sample.backend.glob("alembic/versions/*-aaaabbbbcccc_onboard_vendors.py")
    upgrade = file.read_text().partition("def downgrade")[0]
    for emitted in (
        "op.add_column('agreement', sa.Column('nick_name', sa.String(length=80), nullable=True)",
        "op.drop_column('agreement', 'nickname'",
        "op.drop_column('agreement_history', 'nickname'",
        "op.add_column('work_order', sa.Column('channel', sa.String(length=20), nullable=False)",
        "op.create_table('vendor_document',",
        "op.create_table('vendor_document_history',",
        "op.alter_column('asset', 'odometer_m',",
        "op.create_index(op.f('ix_invoice_due_on'), 'invoice', ['due_on'],",
    ):
        assert emitted in upgrade
    assert "NullType" not in upgrade
    assert "onboarding" not in upgrade.partition('"""\n')[2]  # the new enum value: nothing
    with pytest.raises(AssertionError, match=r'column "channel" .* contains null values'):
        alembic("upgrade", "head")
    assert sql("SELECT version_num FROM public.alembic_version") == [("a7c3f15d8e92",)]
