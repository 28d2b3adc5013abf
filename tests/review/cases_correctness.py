"""Cases of correctness rules that need nothing but the file."""
# ruff: noqa: E501 - a mark must stand on the line it is about

from tests.review.case import Case

CASES = [
    Case(
        "not-null-no-default",
        """
        op.add_column("a", sa.Column("x", sa.String(), nullable=False))  #! not-null-no-default
        op.add_column("a", sa.Column("y", sa.String(), nullable=False, default="x"))  #! not-null-no-default
        op.add_column("a", sa.Column("z", sa.String(), server_default=None, nullable=False))  #! not-null-no-default
        op.execute("ALTER TABLE ops.a ADD COLUMN v varchar(20) NOT NULL, ADD w int DEFAULT 0 NOT NULL")  #! not-null-no-default
        """,
    ),
    Case(
        "not-null-no-default: downgrade brings a column back",
        'op.drop_column("a", "x")  #! drop-column',
        'op.add_column("a", sa.Column("x", sa.INTEGER(), nullable=False))  #! not-null-no-default',
    ),
    Case(
        "near: filled by the server, nullable, or no rows yet",
        """
        op.add_column("a", sa.Column("b", sa.String(), nullable=False, server_default="x"))
        op.add_column("a", sa.Column("c", sa.Integer(), sa.Identity(), nullable=False))  #! rewriting-column
        op.add_column("a", sa.Column("d", sa.Integer(), sa.Computed("1"), nullable=False))  #! rewriting-column
        op.add_column("a", sa.Column("e", sa.Integer(), primary_key=True))  #! rewriting-column
        op.add_column("a", sa.Column("f", sa.Integer()))
        op.add_column("a", sa.Column("g", sa.Integer(), nullable=NULLABLE))
        op.add_column("a", sa.Column("h", sa.Integer(), nullable=False, server_default=DEFAULT))
        op.add_column("a", sa.Column("i", sa.Boolean(), nullable=False, server_default=sa.text("false")))
        op.create_table("new", sa.Column("id", sa.Integer()))
        op.add_column("new", sa.Column("j", sa.Integer(), nullable=False))
        op.execute("TRUNCATE cache")  #! truncate-or-delete-all
        op.add_column("cache", sa.Column("k", sa.Integer(), nullable=False))
        op.execute("ALTER TABLE a ADD l serial, ADD m int NOT NULL GENERATED ALWAYS AS (1) STORED")  #! rewriting-column
        """,
        top="from .common import NULLABLE, DEFAULT",
    ),
    Case(
        "not-null-no-backfill",
        """
        op.alter_column("a", "x", existing_type=sa.String(), nullable=False)  #! not-null-no-backfill, set-not-null
        op.execute("ALTER TABLE a ALTER COLUMN y SET NOT NULL")  #! not-null-no-backfill, set-not-null
        op.add_column("a", sa.Column("z", sa.Integer()))
        op.alter_column("a", "z", nullable=False)  #! not-null-no-backfill
        op.execute("UPDATE a SET other = 1 WHERE other IS NULL")  #! work-after-ax
        with op.batch_alter_table("a") as batch:
            batch.alter_column("w", nullable=False)  #! not-null-no-backfill, set-not-null
        """,
    ),
    Case(
        "not-null-no-backfill: beside another default it is no mere repetition",
        """
        op.alter_column("a", "x", server_default="1", nullable=False)  #! not-null-no-backfill, set-not-null
        op.alter_column("a", "y", type_=sa.Text(), existing_nullable=True, nullable=False)  #! not-null-no-backfill, set-not-null
        op.alter_column("a", "z", type_=sa.Text(), nullable=False)  #! not-null-no-backfill
        """,
    ),
    Case(
        "near: filled before",
        """
        op.execute("UPDATE a SET x = 1, y = 2 WHERE x IS NULL")
        op.alter_column("a", "x", nullable=False)  #! set-not-null
        op.alter_column("a", "y", nullable=False)  #! set-not-null
        t = sa.table("b", sa.column("x"))
        op.execute(t.update().where(t.c.x.is_(None)).values(x=1))
        op.alter_column("b", "x", nullable=False)  #! set-not-null
        op.get_bind().execute(sa.update(t).where(t.c.y.is_(None)).values({t.c.y: 1}))
        op.alter_column("b", "y", nullable=False)  #! set-not-null
        op.execute("DELETE FROM c WHERE x IS NULL")  #! work-after-ax
        op.alter_column("c", "x", nullable=False)  #! set-not-null
        op.add_column("d", sa.Column("x", sa.Integer(), server_default="0"))
        op.alter_column("d", "x", nullable=False, server_default=None)
        op.alter_column("e", "x", existing_nullable=False, nullable=False, type_=sa.Text())
        op.alter_column("f", "x", nullable=True)
        op.alter_column("f", "y", existing_nullable=False, new_column_name="z")  #! rename-breaks-app
        """,
    ),
    Case(
        "near: what ran before is not known",
        """
        fill(op.get_bind())
        op.alter_column("a", "x", nullable=False)  #! set-not-null
        """,
        top="from .common import fill",
    ),
    Case(
        "near: a mapped class fills it",
        """
        session = sa.orm.Session(bind=op.get_bind())
        for row in session.query(Agreement):
            row.x = 1
        session.add_all([])
        op.alter_column("a", "x", nullable=False)  #! set-not-null
        """,
        top="""
        import sqlalchemy.orm
        class Agreement(sa.orm.declarative_base()):
            __tablename__ = "a"
        """,
    ),
    Case(
        "not-null-no-backfill: the inverse of relaxing it is a note",
        'op.alter_column("a", "x", existing_type=sa.Integer(), nullable=True)',
        'op.alter_column("a", "x", existing_type=sa.Integer(), nullable=False)  #! not-null-no-backfill',
    ),
    Case(
        "unnamed-constraint",
        """
        op.create_unique_constraint(None, "a", ["b"])  #! unnamed-constraint, unique-constraint
        op.create_foreign_key(None, "a", "b", ["b_id"], ["id"])  #! unnamed-constraint, fk-validated
        """,
        """
        op.drop_constraint(None, "a", type_="foreignkey")  #! unnamed-constraint
        op.drop_constraint(None, "a", type_="unique")  #! unnamed-constraint
        """,
    ),
    Case(
        "near: named, computed, or inside a table",
        """
        op.create_unique_constraint("uq_a_b", "a", ["b"])  #! unique-constraint
        op.create_unique_constraint(op.f("uq_a_c"), "a", ["c"])  #! unique-constraint
        op.create_unique_constraint(name_of("a"), "a", ["d"])  #! unique-constraint
        op.create_table("t", sa.Column("id", sa.Integer()), sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("id"))
        """,
        """
        op.drop_constraint(name_of("a"), "a")
        op.drop_constraint("uq_a_c", "a")
        op.drop_constraint("uq_a_b", "a")
        op.drop_table("t")
        """,
        top="from .common import name_of",
    ),
    Case(
        "missing-import",
        """
        op.add_column("a", sa.Column("b", sqlmodel.sql.sqltypes.AutoString()))  #! missing-import
        op.add_column("a", sa.Column("c", Money()))  #! missing-import
        op.add_column("a", sa.Column("d", sqlmodel.Other()))
        """,
    ),
    Case(
        "near: every way to bind a name",
        """
        global LATE
        LATE = [n for n in range(3) if (m := n)]
        with open(__file__) as handle:
            print(handle, m, First, second, third, Klass, helper, LATE)
        try:
            import json
        except ImportError as error:
            print(error)
        print(json, [x for x in "ab"], (lambda y, *a, **k: y)(1))
        op.execute("UPDATE a SET b = 1 WHERE c")
        """,
        top="""
        import os.path as second
        First = third = 1
        class Klass:
            inner = 1
            other = inner
        def helper(z: int) -> str:
            return __name__
        """,
    ),
    Case(
        "near: a star import may bind anything",
        "helper(op)",
        top="from .common import *",
    ),
    Case(
        "empty-migration",
        whole='''
        """Nothing."""
        revision = "a1"
        down_revision = "a0"
        def upgrade() -> None:  #! empty-migration
            """Nothing to do."""
            print("hello")
        def downgrade() -> None:
            pass
        ''',
    ),
    Case(
        "near: a merge is meant to be empty",
        whole="""
        revision = "a1"
        down_revision = ("a0", "b0")
        def upgrade():
            pass
        def downgrade():
            pass
        """,
    ),
    Case(
        "near: somebody else does the work",
        "setup_everything()",
        "teardown_everything()",
        top="from .common import setup_everything, teardown_everything",
    ),
]
