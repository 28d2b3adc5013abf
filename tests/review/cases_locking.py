"""Cases of index and guard rules."""
# ruff: noqa: E501 - a mark must stand on the line it is about

from tests.review.case import Case

CASES = [
    Case(
        "index-not-concurrent",
        """
        op.create_index("ix_a_b", "a", ["b"], if_not_exists=True)  #! index-not-concurrent
        op.create_index(op.f("ix_a_c"), "a", ["c"])  #! index-not-concurrent, no-existence-guard
        op.execute("CREATE UNIQUE INDEX IF NOT EXISTS ix_a_d ON ops.a USING btree (d DESC, lower(e))")  #! index-not-concurrent
        """,
    ),
    Case(
        "index-not-concurrent: along with a column, in a batch",
        """
        op.add_column("a", sa.Column("b", sa.Integer(), index=True))  #! index-not-concurrent
        with op.batch_alter_table("c") as batch:
            batch.create_index("ix_c", ["d"], if_not_exists=True)  #! index-not-concurrent
        """,
    ),
    Case(
        "near: index on a new table, and its drop",
        """
        op.create_table("t", sa.Column("a", sa.Integer()))
        op.create_index("ix_t_a", "t", ["a"])
        op.create_table("s", sa.Column("a", sa.Integer()))
        op.rename_table("s", "r")
        op.create_index("ix_r_a", "r", ["a"])
        op.execute("CREATE MATERIALIZED VIEW v AS SELECT 1 AS a")
        op.create_index("ix_v_a", "v", ["a"], unique=True)
        """,
        """
        op.execute("DROP MATERIALIZED VIEW v")
        op.drop_index("ix_t_a", table_name="t")
        op.drop_table("t")
        op.drop_table("r")
        """,
    ),
    Case(
        "near: done right",
        """
        with op.get_context().autocommit_block():
            op.drop_index("ix_a_b", "a", if_exists=True, postgresql_concurrently=True)
            op.create_index("ix_a_b", "a", ["b"], postgresql_concurrently=True)
        """,
        """
        with op.get_context().autocommit_block():
            op.drop_index("ix_a_b", "a", if_exists=True, postgresql_concurrently=True)
        """,
    ),
    Case(
        "near: on only a partitioned table",
        'op.execute("CREATE INDEX IF NOT EXISTS ix ON ONLY measurement (at)")',
    ),
    Case(
        "near: not on PostgreSQL",
        """
        if op.get_bind().dialect.name != "postgresql":
            op.create_index("ix", "a", ["b"])
            return
        with op.get_context().autocommit_block():
            op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix")
            op.execute("CREATE INDEX CONCURRENTLY ix ON a (b)")
        """,
        'op.drop_index("ix", "a", if_exists=True)',
    ),
    Case(
        "near: what is passed on cannot be told",
        'op.create_index("ix", "a", ["b"], **OPTIONS)',
        top="from .common import OPTIONS",
    ),
    Case(
        "concurrent-in-transaction",
        """
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix")  #! concurrent-in-transaction
        op.create_index("ix", "a", ["b"], postgresql_concurrently=True)  #! concurrent-in-transaction
        op.execute("REINDEX TABLE CONCURRENTLY a")  #! concurrent-in-transaction
        """,
        'op.drop_index("ix", postgresql_concurrently=True)  #! concurrent-in-transaction',
    ),
    Case(
        "near: outside the transaction in other ways",
        """
        op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY v")
        op.execute("COMMIT")  #! explicit-commit
        op.execute("CREATE INDEX CONCURRENTLY ix ON a (b)")
        """,
    ),
    Case(
        "near: a connection of its own in autocommit",
        """
        with op.get_bind().engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
            c.execute(sa.text("DROP INDEX CONCURRENTLY IF EXISTS ix"))
            c.execute(sa.text("CREATE INDEX CONCURRENTLY ix ON a (b)"))
        """,
    ),
    Case(
        "near: the block is around the helper's call",
        """
        with op.get_context().autocommit_block():
            build("ix_a_b")
        """,
        top="""
        def build(name):
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute("CREATE INDEX CONCURRENTLY %s ON a (b)" % name)
        """,
    ),
    Case(
        "no-existence-guard: in an autocommit_block",
        """
        with op.get_context().autocommit_block():
            op.create_index("ix", "a", ["b"], postgresql_concurrently=True)  #! no-existence-guard
            op.create_index("iy", "a", ["c"], postgresql_concurrently=True, if_not_exists=True)  #! no-existence-guard
            op.execute("ALTER TYPE kind ADD VALUE 'x'")  #! no-existence-guard
            op.execute("ALTER TYPE kind ADD VALUE IF NOT EXISTS 'y'")
            op.add_column("a", sa.Column("z", sa.Integer()))  #! no-existence-guard
            op.execute("ALTER TABLE a VALIDATE CONSTRAINT fk")
        """,
    ),
    Case(
        "no-existence-guard: an index in a transaction is a note",
        """
        op.drop_index("ix_a_b", table_name="a")  #! no-existence-guard
        """,
        'op.create_index("ix_a_b", "a", ["b"])  #! index-not-concurrent',
    ),
    Case(
        "near: guarded by looking first",
        """
        inspector = sa.inspect(op.get_bind())
        names = {i["name"] for i in inspector.get_indexes("a")}
        if "ix_a_b" in names:
            op.drop_index("ix_a_b", table_name="a")
        """,
        "op.execute('SELECT 1')",
    ),
]
