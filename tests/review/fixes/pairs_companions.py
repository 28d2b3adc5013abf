"""Companion tables: created, and changed along."""
# ruff: noqa: E501

from dataclasses import replace

from opsmig_tui.review.model import Facts
from opsmig_tui.worker.protocol import ColumnFacts, ConstraintFacts, ModelFacts, TableFacts
from tests.review.fixes.pair import Pair

TABLE, COLUMN = "companion-table-missing", "companion-column-missing"
VERSIONED = Facts(companions={"a": "a_history"})
HISTORY = TableFacts(
    "ops",
    "a_history",
    (
        ColumnFacts("id", "BIGINT", False, False),
        ColumnFacts("kind", "ops.kind", False, False, "kind"),
        ColumnFacts("made", "TIMESTAMP WITH TIME ZONE", True, False),
        ColumnFacts("version", "BIGINT", False, False),
        ColumnFacts("changed_at", "TIMESTAMP WITH TIME ZONE", False, True, None, "now()"),
        ColumnFacts("tags", "VARCHAR[]", True, False),
    ),
    (
        ConstraintFacts("primary", "pk_a_history", ("id", "version")),
        ConstraintFacts("index", "ix_a_history_kind", ("kind",), "(kind)"),
        ConstraintFacts("check", "ck_v", (), "CHECK (version > 0)"),
    ),
)
MODELLED = replace(VERSIONED, models=ModelFacts((HISTORY,), (), {"a": "a_history"}))

PAIRS = [
    Pair(
        "companion: created as the models have it",
        TABLE,
        """
        def upgrade():
            op.create_table(
                "a",
                sa.Column("id", sa.BigInteger(), nullable=False),
                sa.Column("kind", sa.Enum("x", "y", name="kind", schema="ops"), server_default="x", nullable=False),
                sa.Column("made", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=True),
                sa.PrimaryKeyConstraint("id", name=op.f("pk_a")),
                schema="ops",
            )


        def downgrade():
            op.drop_table("a", schema="ops")
            op.execute("DROP TYPE ops.kind")
        """,
        """
        def upgrade():
            op.create_table(
                "a",
                sa.Column("id", sa.BigInteger(), nullable=False),
                sa.Column("kind", sa.Enum("x", "y", name="kind", schema="ops"), server_default="x", nullable=False),
                sa.Column("made", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=True),
                sa.PrimaryKeyConstraint("id", name=op.f("pk_a")),
                schema="ops",
            )
            op.create_table(
                "a_history",
                sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
                sa.Column(
                    "kind",
                    postgresql.ENUM(name="kind", schema="ops", create_type=False),
                    nullable=False,
                ),
                sa.Column("made", sa.DateTime(timezone=True), nullable=True),
                sa.Column("version", sa.BigInteger(), nullable=False),
                sa.Column(
                    "changed_at",
                    sa.DateTime(timezone=True),
                    server_default=sa.text("now()"),
                    nullable=False,
                ),
                sa.Column("tags", postgresql.ARRAY(sa.String()), nullable=True),
                sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_a_history")),
                schema="ops",
            )
            op.create_index(op.f("ix_a_history_kind"), "a_history", ["kind"], schema="ops")
            op.execute("ALTER TABLE ops.a_history ADD CONSTRAINT ck_v CHECK (version > 0)")


        def downgrade():
            op.drop_table("a_history", schema="ops")
            op.drop_table("a", schema="ops")
            op.execute("DROP TYPE ops.kind")
        """,
        facts=MODELLED,
    ),
    Pair(
        "companion: a column added, without its keys",
        COLUMN,
        """
        def upgrade():
            op.add_column("a", sa.Column("b", sa.Integer(), sa.ForeignKey("c.id"), unique=True), schema="ops")


        def downgrade():
            op.drop_column("a", "b", schema="ops")
        """,
        """
        def upgrade():
            op.add_column("a", sa.Column("b", sa.Integer(), sa.ForeignKey("c.id"), unique=True), schema="ops")
            op.add_column("a_history", sa.Column("b", sa.Integer(), nullable=True), schema="ops")


        def downgrade():
            op.drop_column("a_history", "b", schema="ops")
            op.drop_column("a", "b", schema="ops")
        """,
        facts=VERSIONED,
    ),
    Pair(
        "companion: NOT NULL with a default, in a batch",
        COLUMN,
        """
        def upgrade():
            with op.batch_alter_table("a") as batch_op:
                batch_op.add_column(sa.Column("b", sa.Integer(), server_default="0", nullable=False))


        def downgrade():
            with op.batch_alter_table("a") as batch_op:
                batch_op.drop_column("b")
        """,
        """
        def upgrade():
            with op.batch_alter_table("a") as batch_op:
                batch_op.add_column(sa.Column("b", sa.Integer(), server_default="0", nullable=False))
            with op.batch_alter_table("a_history") as batch_op:
                batch_op.add_column(sa.Column("b", sa.Integer(), server_default="0", nullable=False))


        def downgrade():
            with op.batch_alter_table("a_history") as batch_op:
                batch_op.drop_column("b")
            with op.batch_alter_table("a") as batch_op:
                batch_op.drop_column("b")
        """,
        facts=VERSIONED,
    ),
    Pair(
        "companion: a column dropped",
        COLUMN,
        """
        def upgrade():
            op.drop_column("a", "b")


        def downgrade():
            op.add_column("a", sa.Column("b", sa.Text()))
        """,
        """
        def upgrade():
            op.drop_column("a", "b")
            op.drop_column("a_history", "b")


        def downgrade():
            op.add_column("a_history", sa.Column("b", sa.Text(), nullable=True))
            op.add_column("a", sa.Column("b", sa.Text()))
        """,
        facts=VERSIONED,
    ),
    Pair(
        "companion: a column renamed",
        COLUMN,
        """
        def upgrade():
            op.alter_column("a", "b", new_column_name="c", existing_type=sa.Text(), nullable=True)


        def downgrade():
            op.alter_column("a", "c", new_column_name="b", existing_type=sa.Text(), nullable=False)
        """,
        """
        def upgrade():
            op.alter_column("a", "b", new_column_name="c", existing_type=sa.Text(), nullable=True)
            op.alter_column("a_history", "b", new_column_name="c")


        def downgrade():
            op.alter_column("a_history", "c", new_column_name="b")
            op.alter_column("a", "c", new_column_name="b", existing_type=sa.Text(), nullable=False)
        """,
        facts=VERSIONED,
    ),
    Pair(
        "companion: another type",
        COLUMN,
        """
        def upgrade():
            op.alter_column("a", "b", existing_type=sa.String(9), type_=sa.Text(), existing_nullable=False, server_default="")


        def downgrade():
            op.alter_column("a", "b", existing_type=sa.Text(), type_=sa.String(9))
        """,
        """
        def upgrade():
            op.alter_column("a", "b", existing_type=sa.String(9), type_=sa.Text(), existing_nullable=False, server_default="")
            op.alter_column("a_history", "b", existing_type=sa.String(9), type_=sa.Text())


        def downgrade():
            op.alter_column("a_history", "b", existing_type=sa.Text(), type_=sa.String(9))
            op.alter_column("a", "b", existing_type=sa.Text(), type_=sa.String(9))
        """,
        facts=VERSIONED,
    ),
]
