"""Renames that autogenerate wrote as a drop and an add, and casts."""
# ruff: noqa: E501

from opsmig_tui.review.model import Facts
from tests.review.fixes.pair import Pair

PAIRS = [
    Pair(
        "column: both directions",
        "rename-as-drop-add-column",
        """
        def upgrade():
            op.add_column("a", sa.Column("nick_name", sa.String()), schema="ops")
            op.create_index("ix", "a", ["nick_name"], schema="ops")
            op.drop_column("a", "nickname", schema="ops")  # the old one


        def downgrade():
            op.add_column("a", sa.Column("nickname", sa.String()), schema="ops")
            op.drop_index("ix", table_name="a", schema="ops")
            op.drop_column("a", "nick_name", schema="ops")
        """,
        """
        def upgrade():
            op.alter_column("a", "nickname", schema="ops", new_column_name="nick_name")
            op.create_index("ix", "a", ["nick_name"], schema="ops")
            # the old one


        def downgrade():
            op.alter_column("a", "nick_name", schema="ops", new_column_name="nickname")
            op.drop_index("ix", table_name="a", schema="ops")
        """,
    ),
    Pair(
        "column: in a batch",
        "rename-as-drop-add-column",
        """
        def upgrade():
            with op.batch_alter_table("a") as batch:
                batch.drop_column("nickname")
                batch.add_column(sa.Column("nick_name", sa.String()))


        def downgrade():
            with op.batch_alter_table("a") as batch:
                batch.drop_column("nick_name")
                batch.add_column(sa.Column("nickname", sa.String()))
        """,
        """
        def upgrade():
            with op.batch_alter_table("a") as batch:
                batch.alter_column("nickname", new_column_name="nick_name")


        def downgrade():
            with op.batch_alter_table("a") as batch:
                batch.alter_column("nick_name", new_column_name="nickname")
        """,
    ),
    Pair(
        "column: the companion with it",
        "rename-as-drop-add-column",
        """
        def upgrade():
            op.add_column("a", sa.Column("nick_name", sa.String()))
            op.drop_column("a", "nickname")
            op.add_column("a_history", sa.Column("nick_name", sa.String()))
            op.drop_column("a_history", "nickname")


        def downgrade():
            op.add_column("a_history", sa.Column("nickname", sa.String()))
            op.drop_column("a_history", "nick_name")
            op.add_column("a", sa.Column("nickname", sa.String()))
            op.drop_column("a", "nick_name")
        """,
        """
        def upgrade():
            op.alter_column("a", "nickname", new_column_name="nick_name")
            op.alter_column("a_history", "nickname", new_column_name="nick_name")


        def downgrade():
            op.alter_column("a_history", "nick_name", new_column_name="nickname")
            op.alter_column("a", "nick_name", new_column_name="nickname")
        """,
        facts=Facts(companions={"a": "a_history"}),
    ),
    Pair(
        "cast: a name that needs quotes",
        "cast-without-using",
        """
        def upgrade():
            op.alter_column("a", "user", existing_type=sa.String(9), type_=sa.Integer())


        def downgrade():
            op.alter_column("a", "user", existing_type=sa.Integer(), type_=sa.String(9))
        """,
        """
        def upgrade():
            op.alter_column("a", "user", existing_type=sa.String(9), type_=sa.Integer(), postgresql_using='"user"::integer')


        def downgrade():
            op.alter_column("a", "user", existing_type=sa.Integer(), type_=sa.String(9))
        """,
    ),
]
