"""Migrations written by hand: rows moved, helpers, other dialects: every one of them stays silent."""
# ruff: noqa: E501 - a mark must stand on the line it is about

from __future__ import annotations

from opsmig_tui.review.model import Facts
from tests.review.case import Case

KNOWN = Facts(known_enums=frozenset({"kind"}), known_tables=frozenset({"agreement", "vendor"}))


CASES = [
    Case(
        "everyday: rows go through sa.table",
        """
        vendor = sa.table("vendor", sa.column("id", sa.Integer), sa.column("name", sa.String))
        op.bulk_insert(vendor, [{"id": 1, "name": "one"}, {"id": 2, "name": "two"}])
        """,
        """
        vendor = sa.table("vendor", sa.column("id", sa.Integer))
        op.execute(vendor.delete().where(vendor.c.id.in_([1, 2])))
        """,
    ),
    Case(
        "everyday: many rows filled by one statement with parameters",
        """
        agreement = sa.table("agreement", sa.column("id"), sa.column("rank"))
        op.add_column("agreement", sa.Column("rank", sa.Integer()))
        connection = op.get_bind()
        rows = connection.execute(sa.select(agreement.c.id)).fetchall()
        connection.execute(
            sa.update(agreement).where(agreement.c.id == sa.bindparam("key")),
            [{"key": row.id, "rank": at} for at, row in enumerate(rows)],
        )
        op.alter_column("agreement", "rank", nullable=False)
        """,
        'op.drop_column("agreement", "rank")',
    ),
    Case(
        "everyday: a trigger and its function, in SQL files of the text's own",
        """
        op.execute(FUNCTION)
        op.execute("CREATE TRIGGER t_copy AFTER UPDATE ON agreement FOR EACH ROW EXECUTE FUNCTION copy_row()")  #! heavy-command
        """,
        """
        op.execute("DROP TRIGGER t_copy ON agreement")
        op.execute("DROP FUNCTION copy_row()")
        """,
        top='''
        FUNCTION = """
            CREATE FUNCTION copy_row() RETURNS trigger AS $body$
            BEGIN
                DELETE FROM agreement_history; DROP TABLE IF EXISTS never;
                RETURN NEW;
            END;
            $body$ LANGUAGE plpgsql
        """
        ''',
    ),
    Case(
        "everyday: a table copied into a new one that takes its name",
        """
        op.create_table("tag_new", sa.Column("id", sa.String(36), primary_key=True), sa.Column("name", sa.Text()))
        op.execute("INSERT INTO tag_new (id, name) SELECT id, name FROM tag")
        op.execute("DROP TABLE tag")
        op.rename_table("tag_new", "tag")
        """,
        "raise NotImplementedError('The ids cannot be made integers again.')  #! downgrade-empty",
    ),
    Case(
        "everyday: what batch mode left behind, and a scratch table of its own",
        """
        op.execute("DROP TABLE IF EXISTS _alembic_tmp_agreement")
        op.execute("DROP TABLE IF EXISTS doubles")
        op.execute("CREATE TABLE doubles AS SELECT name FROM vendor GROUP BY name HAVING count(*) > 1")
        op.execute("UPDATE vendor SET name = name || id WHERE name IN (SELECT name FROM doubles)")
        """,
        'op.execute("DROP TABLE IF EXISTS doubles")',
        facts=KNOWN,
    ),
    Case(
        "everyday: another dialect goes another way, names in backticks",
        """
        if op.get_bind().dialect.name == "mysql":
            op.execute("ALTER TABLE `agreement` DROP INDEX `ix_a`, ADD INDEX `ix_b` (`vendor_id`)")
            return
        op.add_column("agreement", sa.Column("rank", sa.Integer()))
        op.execute("UPDATE `agreement` SET rank = 0")
        op.alter_column("agreement", "rank", nullable=False)
        """,
        """
        if op.get_bind().dialect.name == "mysql":
            op.execute("ALTER TABLE `agreement` DROP INDEX `ix_b`, ADD INDEX `ix_a` (`vendor_id`)")
        else:
            op.drop_column("agreement", "rank")
        """,
    ),
    Case(
        "everyday: only what is not there yet",
        """
        inspector = sa.inspect(op.get_bind())
        if "agreement_tag" not in inspector.get_table_names(schema="ops"):
            op.create_table("agreement_tag", sa.Column("id", sa.Integer(), primary_key=True), schema="ops")
        columns = {column["name"] for column in inspector.get_columns("agreement", schema="ops")}
        if "rank" not in columns:
            op.add_column("agreement", sa.Column("rank", sa.Integer()), schema="ops")
        """,
        """
        op.drop_column("agreement", "rank", schema="ops")
        op.drop_table("agreement_tag", schema="ops")
        """,
    ),
    Case(
        "everyday: a helper that calls itself for nested values",
        """
        connection = op.get_bind()
        for row in connection.execute(sa.text("SELECT id, data FROM vendor")):
            data = clean(json.loads(row.data))
            connection.execute(sa.text("UPDATE vendor SET data = :d WHERE id = :i"), {"d": data, "i": row.id})
        op.drop_index("ix_data", "vendor", if_exists=True)
        """,
        """
        with op.get_context().autocommit_block():
            op.drop_index("ix_data", "vendor", if_exists=True, postgresql_concurrently=True)
            op.create_index("ix_data", "vendor", ["data"], postgresql_concurrently=True)
        """,
        top="""
        import json
        def clean(value):
            if isinstance(value, dict):
                return {key: clean(item) for key, item in value.items()}
            if isinstance(value, list):
                return [clean(item) for item in value] + [clean(item) for item in value]
            return value
        """,
    ),
    Case(
        "everyday: the name of a mapped class, new tables only",
        """
        op.create_table(Visit.__tablename__, sa.Column("id", sa.Integer(), primary_key=True), sa.Column("at", sa.Date()))
        op.create_index("ix_visit_at", Visit.__tablename__, ["at"])
        """,
        "op.drop_table(Visit.__tablename__)",
        top="from backend.models import Visit  #! model-import",
    ),
    Case(
        "everyday: merge and branch point",
        whole='''
        """merge heads

        Revision ID: a1
        Revises: ('a0', 'b0')
        Create Date: 2026-01-02 03:04:05
        """
        from typing import Sequence, Union
        revision: str = "a1"
        down_revision: Union[str, Sequence[str], None] = ("a0", "b0")
        branch_labels: Union[str, Sequence[str], None] = ("billing",)
        depends_on: Union[str, Sequence[str], None] = None

        def upgrade() -> None:
            """Upgrade schema."""
            pass

        def downgrade() -> None:
            """Downgrade schema."""
            pass
        ''',
    ),
    Case(
        "everyday: the first revision, its Revises line empty",
        whole='''
        """first

        Revision ID: a1
        Revises:
        Create Date: 2026-01-02 03:04:05
        """
        from alembic import op
        import sqlalchemy as sa
        revision = "a1"
        down_revision = None

        def upgrade():
            op.execute("CREATE SCHEMA IF NOT EXISTS ops")
            op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True), schema="ops")

        def downgrade():
            op.drop_table("a", schema="ops")
        ''',
    ),
]
