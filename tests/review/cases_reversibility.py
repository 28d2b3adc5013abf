"""Cases of downgrade rules."""
# ruff: noqa: E501 - a mark must stand on the line it is about

from opsmig_tui.review.model import Facts, Residue
from tests.review.case import Case

TABLE = 'op.create_table("t", sa.Column("id", sa.Integer()))'
KIND = 'sa.Enum("a", "b", name="kind")'

CASES = [
    Case(
        "downgrade-empty",
        whole='''
        from alembic import op
        revision = "a1"
        down_revision = "a0"
        def upgrade():
            op.execute("CREATE VIEW v AS SELECT 1")
        def downgrade():  #! downgrade-empty
            """Not needed."""
            pass
        ''',
    ),
    Case(
        "downgrade-empty: missing, flagged at upgrade()",
        whole="""
        from alembic import op
        revision = "a1"
        down_revision = "a0"
        def upgrade():  #! downgrade-empty
            op.execute("CREATE VIEW v AS SELECT 1")
        """,
    ),
    Case(
        "downgrade-empty: raises",
        'op.add_column("a", sa.Column("b", sa.Text()))',
        'raise NotImplementedError("no way back")  #! downgrade-empty',
    ),
    Case(
        "downgrade-empty: only data, only enum values",
        whole="""
        from alembic import op
        revision = "a1"
        down_revision = "a0"
        def upgrade():
            op.execute("UPDATE a SET b = 1 WHERE b IS NULL")
        def downgrade() -> None:  #! downgrade-empty
            ...
        """,
    ),
    Case(
        "near: it does something, whatever that is",
        'op.add_column("a", sa.Column("b", sa.Text()))',
        "put_back(op)",
        top="from .common import put_back",
    ),
    Case(
        "asymmetric: one of each forgotten",
        """
        op.create_table("t", sa.Column("id", sa.Integer()))  #! downgrade-asymmetric
        op.add_column("a", sa.Column("b", sa.Integer()))  #! downgrade-asymmetric
        op.create_unique_constraint("uq", "a", ["c"])  #! downgrade-asymmetric, unique-constraint
        op.alter_column("a", "d", type_=sa.Text())  #! downgrade-asymmetric
        op.alter_column("a", "e", new_column_name="f")  #! downgrade-asymmetric, rename-breaks-app
        op.rename_table("g", "h")  #! downgrade-asymmetric, rename-breaks-app
        op.execute("CREATE TYPE mood AS ENUM ('x')")  #! downgrade-asymmetric
        op.execute("CREATE TRIGGER copy AFTER INSERT ON a EXECUTE FUNCTION f()")  #! downgrade-asymmetric, heavy-command
        op.add_column("i", sa.Column("j", sa.Integer()))
        """,
        'op.drop_column("i", "j")',
    ),
    Case(
        "asymmetric: what is dropped does not come back",
        """
        op.drop_constraint("fk_a_b", "a", type_="foreignkey")  #! downgrade-asymmetric
        op.drop_index("ix_a_c", "a", if_exists=True)  #! downgrade-asymmetric
        op.drop_column("a", "d")  #! drop-column, downgrade-asymmetric
        op.drop_table("e")  #! drop-table, downgrade-asymmetric
        op.add_column("i", sa.Column("j", sa.Integer()))
        """,
        'op.drop_column("i", "j")',
    ),
    Case(
        "near: a table or column takes its own along",
        """
        op.create_table("t", sa.Column("id", sa.Integer()), sa.Column("a", sa.Integer()))
        op.create_index("ix_t_a", "t", ["a"])
        op.create_foreign_key("fk_t", "t", "u", ["a"], ["id"])
        op.add_column("t", sa.Column("late", sa.Integer()))
        op.execute("CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()")
        op.add_column("b", sa.Column("t_id", sa.Integer()))
        op.create_foreign_key("fk_b_t", "b", "t", ["t_id"], ["id"])  #! fk-validated, fk-without-index
        op.alter_column("b", "t_id", comment="which")
        """,
        """
        op.drop_column("b", "t_id")
        op.drop_table("t")
        """,
    ),
    Case(
        "near: the inverse in raw SQL and the other way round",
        """
        op.execute("ALTER TABLE a ADD COLUMN IF NOT EXISTS b int, ADD CONSTRAINT ck CHECK (b > 0)")  #! check-validated
        op.create_check_constraint("cl", "a", "b < 9")  #! check-validated
        op.execute("ALTER TABLE a RENAME COLUMN c TO d")  #! rename-breaks-app
        op.execute("ALTER TABLE e RENAME TO f")  #! rename-breaks-app
        op.execute("ALTER INDEX i RENAME TO j")
        """,
        """
        op.execute("ALTER INDEX j RENAME TO i; ALTER TABLE f RENAME TO e")
        op.alter_column("a", "d", new_column_name="c")
        op.execute("ALTER TABLE a DROP CONSTRAINT cl")
        op.drop_constraint("ck", "a")
        op.drop_column("a", "b")
        """,
    ),
    Case(
        "near: an index built under a name for the time being",
        """
        op.create_table("new", sa.Column("b", sa.Integer()))
        op.create_index("ix_new", "new", ["b"])
        op.execute("ALTER INDEX ix_new RENAME TO ix_b")
        """,
        'op.drop_table("new")',
    ),
    Case(
        "near: after a rename things have the other name",
        """
        op.rename_table("old", "new")  #! rename-breaks-app
        op.alter_column("new", "a", new_column_name="b")  #! rename-breaks-app
        op.add_column("new", sa.Column("c", sa.Integer()))
        op.alter_column("new", "b", type_=sa.Text())
        """,
        """
        op.rename_table("new", "old")
        op.drop_column("old", "c")
        op.alter_column("old", "b", type_=sa.Integer(), new_column_name="a")  #! cast-without-using
        """,
    ),
    Case(
        "near: data, conditions, settings, enum values need no inverse",
        """
        op.execute("SET LOCAL lock_timeout = '2s'")
        op.execute("UPDATE a SET b = 1 WHERE b IS NULL")
        op.execute("ALTER TYPE kind ADD VALUE IF NOT EXISTS 'x'")
        if not sa.inspect(op.get_bind()).has_table("t"):
            op.create_table("t", sa.Column("id", sa.Integer()))
        op.execute("COMMENT ON TABLE a IS 'x'")
        op.execute("CREATE EXTENSION IF NOT EXISTS pgcrypto")
        op.execute("CREATE OR REPLACE FUNCTION f() RETURNS int AS $$ SELECT 1; DROP TABLE x; $$ LANGUAGE sql")
        op.add_column("i", sa.Column("j", sa.Integer()))
        """,
        'op.drop_column("i", "j")',
    ),
    Case(
        "near: unnamed constraints of the right kind",
        'op.create_foreign_key("fk", "a", "b", ["b_id"], ["id"])  #! fk-validated',
        'op.drop_constraint(None, "a", type_="foreignkey")  #! unnamed-constraint',
    ),
    Case(
        "near: downgrade does something its text does not tell",
        TABLE,
        "op.execute(\"DO $$ BEGIN EXECUTE 'DROP TABLE t'; END $$\")",
    ),
    Case(
        "near: loops and helpers on both sides",
        """
        for table in ("agreement", "agreement_history"):
            op.add_column(table, sa.Column("x", sa.Integer()))
        """,
        """
        for table in reversed(["agreement", "agreement_history"]):
            remove(table, "x")
        """,
        top="""
        def remove(table, *, column=None, **more):
            op.drop_column(table, column)
        """.replace("table, *, column=None, **more", "table, column"),
    ),
    Case(
        "order: parent before child",
        """
        op.create_table("parent", sa.Column("id", sa.Integer()))
        op.create_table("child", sa.Column("p", sa.Integer()), sa.ForeignKeyConstraint(["p"], ["ops.parent.id"]))  #! fk-without-index
        """,
        """
        op.drop_table("parent")  #! downgrade-asymmetric
        op.drop_table("child")
        """,
    ),
    Case(
        "order: already gone, type in use, index too early",
        """
        op.create_table("t", sa.Column("id", sa.Integer()))
        op.create_index("ix_t", "t", ["id"])
        kind = sa.Enum("a", name="kind")
        kind.create(op.get_bind())
        op.add_column("a", sa.Column("k", kind))
        op.add_column("a", sa.Column("u", sa.Integer()))
        op.create_unique_constraint("uq_u", "a", ["u"])  #! unique-constraint
        op.drop_index("ix_w", "b", if_exists=True)
        op.drop_column("b", "w")  #! drop-column
        """,
        """
        op.create_index("ix_w", "b", ["w"])  #! downgrade-asymmetric, index-not-concurrent
        op.add_column("b", sa.Column("w", sa.Integer()))
        op.drop_column("a", "u")
        op.drop_constraint("uq_u", "a")  #! downgrade-asymmetric
        op.execute("DROP TYPE kind")  #! downgrade-asymmetric
        op.drop_column("a", "k")
        op.drop_table("t")
        op.drop_index("ix_t", "t")  #! downgrade-asymmetric
        """,
    ),
    Case(
        "near: right orders",
        """
        op.create_table("parent", sa.Column("id", sa.Integer()))
        op.create_table("child", sa.Column("p", sa.Integer(), sa.ForeignKey("parent.id")), sa.Column("me", sa.Integer(), sa.ForeignKey("child.p")))  #! fk-without-index
        op.create_table("other", sa.Column("p", sa.Integer()))
        op.create_foreign_key("fk_o", "other", "parent", ["p"], ["id"])  #! fk-without-index
        """,
        """
        op.drop_table("child")
        op.drop_constraint("fk_o", "other")
        op.drop_table("parent")
        op.drop_index("ix_other", "other", if_exists=True)
        op.drop_table("other")
        """,
    ),
    Case(
        "enum-leak: with a table",
        f'op.create_table("t", sa.Column("id", sa.Integer()), sa.Column("k", {KIND}))',
        'op.drop_table("t")  #! downgrade-enum-leak',
    ),
    Case(
        "enum-leak: with a column, created if missing",
        """
        kind = postgresql.ENUM("a", "b", name="kind", create_type=False)
        kind.create(op.get_bind(), checkfirst=True)
        op.add_column("t", sa.Column("k", kind))
        """,
        'op.drop_column("t", "k")  #! downgrade-enum-leak',
    ),
    Case(
        "near: dropped too, not native, or not ours",
        f"""
        op.create_table("t", sa.Column("k", {KIND}))
        op.create_table("u", sa.Column("k", sa.Enum("a", name="text_kind", native_enum=False)))
        op.create_table("v", sa.Column("k", postgresql.ENUM(name="old_kind", create_type=False)))
        """,
        f"""
        op.drop_table("v")
        op.drop_table("u")
        op.drop_table("t")
        {KIND}.drop(op.get_bind(), checkfirst=False)
        """,
    ),
    Case(
        "near: dropped by raw SQL",
        f'op.create_table("t", sa.Column("k", {KIND}))',
        """
        op.drop_table("t")
        op.execute('DROP TYPE IF EXISTS "kind"')
        """,
    ),
    Case(
        "near: a type made anew",
        """
        op.execute("ALTER TYPE kind RENAME TO kind_old")  #! enum-rename-or-remove
        op.execute("CREATE TYPE kind AS ENUM ('a', 'c')")
        op.execute("ALTER TABLE t ALTER COLUMN k TYPE kind USING k::text::kind")  #! type-change-rewrite
        op.execute("DROP TYPE kind_old")
        """,
        """
        op.execute("ALTER TYPE kind RENAME TO kind_new")
        op.execute("CREATE TYPE kind AS ENUM ('a', 'b')")
        op.execute("ALTER TABLE t ALTER COLUMN k TYPE kind USING k::text::kind")
        op.execute("DROP TYPE kind_new")
        """,
    ),
]
CASES += [
    Case(
        "near: the names in downgrade() are worked out at run time",
        'op.add_column("a", sa.Column("b", sa.Integer()))',
        """
        for table, name in pairs():
            op.drop_column(table, name)
        """,
        top="""
        def pairs():
            yield "a", "b"
        """,
    ),
    Case(
        "downgrade-residue: at its line, or at upgrade() where no statement names it",
        whole="""
        from alembic import op
        revision = "a1"
        down_revision = "a0"
        def upgrade():  #! downgrade-residue
            op.execute("CREATE SEQUENCE numbers")  #! downgrade-residue
        def downgrade():
            op.execute("SELECT tidy()")
        """,
        facts=Facts(
            residue=(Residue(6, "sequence numbers is left behind"), Residue(0, "view v is gone"))
        ),
    ),
    Case(
        "downgrade-residue: ignored for a reason, and an ignore of it is not judged unrehearsed",
        """
        op.execute("CREATE SEQUENCE numbers")  # opsmig: ignore[downgrade-residue] kept on purpose
        """,
    ),
]
