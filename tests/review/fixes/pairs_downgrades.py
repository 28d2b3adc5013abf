"""The way back, written from upgrade()."""
# ruff: noqa: E501

from tests.review.fixes.pair import Pair

SHORT = """
def upgrade():
    op.add_column("a", sa.Column("b", sa.Text()))
    op.create_unique_constraint("uq_a_b", "a", ["b"])
    op.alter_column("a", "n", existing_type=sa.Text(), nullable=True)


def downgrade():
    {}
"""
PAIRS = [
    Pair(
        "empty: tables, enum types, constraints, a batch",
        "downgrade-empty",
        """
        def upgrade():
            op.create_table("t", sa.Column("k", sa.Enum("a", name="kind")), schema="ops")
            op.create_index("ix_t", "t", ["k"], schema="ops")
            op.add_column("a", sa.Column("b", sa.Text()))
            op.create_unique_constraint(op.f("uq_a_b"), "a", ["b"])
            with op.batch_alter_table("e") as batch_op:
                batch_op.add_column(sa.Column("f", sa.Text()))
            with op.get_context().autocommit_block():
                op.create_index("ix", "a", ["g"], postgresql_concurrently=True)


        def downgrade():
            # later
            pass
        """,
        """
        def upgrade():
            op.create_table("t", sa.Column("k", sa.Enum("a", name="kind")), schema="ops")
            op.create_index("ix_t", "t", ["k"], schema="ops")
            op.add_column("a", sa.Column("b", sa.Text()))
            op.create_unique_constraint(op.f("uq_a_b"), "a", ["b"])
            with op.batch_alter_table("e") as batch_op:
                batch_op.add_column(sa.Column("f", sa.Text()))
            with op.get_context().autocommit_block():
                op.create_index("ix", "a", ["g"], postgresql_concurrently=True)


        def downgrade():
            # later
            with op.get_context().autocommit_block():
                op.drop_index("ix", table_name="a", if_exists=True, postgresql_concurrently=True)
            with op.batch_alter_table("e") as batch_op:
                batch_op.drop_column("f")
            op.drop_constraint(op.f("uq_a_b"), "a", type_="unique")
            op.drop_column("a", "b")
            op.drop_table("t", schema="ops")
            sa.Enum(name="kind").drop(op.get_bind(), checkfirst=True)
        """,
    ),
    Pair(
        "empty: a rename and a change of type",
        "downgrade-empty",
        """
        def upgrade():
            op.rename_table("a", "b")
            op.alter_column("b", "c", existing_type=sa.String(9), type_=sa.Text(), new_column_name="d")


        def downgrade():
            pass
        """,
        """
        def upgrade():
            op.rename_table("a", "b")
            op.alter_column("b", "c", existing_type=sa.String(9), type_=sa.Text(), new_column_name="d")


        def downgrade():
            op.alter_column(
                "b",
                "d",
                new_column_name="c",
                existing_type=sa.Text(),
                type_=sa.String(9),
            )
            op.rename_table("b", "a")
        """,
    ),
    Pair(
        "asymmetric: the last is undone first",
        "downgrade-asymmetric",
        SHORT.format('op.drop_column("a", "b")'),
        SHORT.format(
            'op.alter_column("a", "n", existing_type=sa.Text(), nullable=False)\n'
            '    op.drop_column("a", "b")'
        ),
    ),
]
PAIRS += [
    Pair(
        "empty: there is no downgrade()",
        "downgrade-empty",
        """
        def upgrade() -> None:
            op.add_column("a", sa.Column("b", sa.Text()))


        NAMES = ("x",)
        """,
        """
        def upgrade() -> None:
            op.add_column("a", sa.Column("b", sa.Text()))


        def downgrade() -> None:
            op.drop_column("a", "b")


        NAMES = ("x",)
        """,
    ),
    Pair(
        "order: a parent dropped first, with its comment",
        "downgrade-asymmetric",
        """
        def upgrade():
            op.create_table("p", sa.Column("id", sa.Integer(), primary_key=True))
            op.create_table("c", sa.Column("p_id", sa.Integer(), sa.ForeignKey("p.id")))
            op.create_table("d", sa.Column("p_id", sa.Integer(), sa.ForeignKey("p.id")))


        def downgrade():
            # the parent
            op.drop_table("p")  # of c

            # the children
            op.drop_table("c")
            op.drop_table("d")
            # the end
        """,
        """
        def upgrade():
            op.create_table("p", sa.Column("id", sa.Integer(), primary_key=True))
            op.create_table("c", sa.Column("p_id", sa.Integer(), sa.ForeignKey("p.id")))
            op.create_table("d", sa.Column("p_id", sa.Integer(), sa.ForeignKey("p.id")))


        def downgrade():

            # the children
            op.drop_table("c")
            op.drop_table("d")
            # the parent
            op.drop_table("p")  # of c
            # the end
        """,
    ),
    Pair(
        "order: an index after its column",
        "downgrade-asymmetric",
        """
        def upgrade():
            op.add_column("a", sa.Column("b", sa.Text()))
            op.create_index("ix", "a", ["b"], if_not_exists=True)


        def downgrade():
            op.drop_column("a", "b")
            op.execute("SELECT 1")
            op.drop_index("ix", table_name="a")
        """,
        """
        def upgrade():
            op.add_column("a", sa.Column("b", sa.Text()))
            op.create_index("ix", "a", ["b"], if_not_exists=True)


        def downgrade():
            op.drop_index("ix", table_name="a")
            op.drop_column("a", "b")
            op.execute("SELECT 1")
        """,
    ),
]
