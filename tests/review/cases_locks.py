"""Cases of the locking rules: every note of theirs is marked."""
# ruff: noqa: E501 - a mark must stand on the line it is about

from pathlib import Path

from opsmig_tui.review.migration import Migration, read_migration
from opsmig_tui.review.model import Facts
from tests.review.case import Case

TIMEOUT = "op.execute(\"SET LOCAL lock_timeout = '5s'\")\n"


def before(up: str) -> Migration:
    return read_migration(Path("versions/a0_before.py"), Case("before", up).source)


NOT_VALID = """op.create_foreign_key("fk", "a", "b", ["b_id"], ["id"], postgresql_not_valid=True)"""

CASES = [
    Case(
        "locks: an ordinary additive migration",
        """
        op.create_table("t", sa.Column("id", sa.Integer(), sa.Identity(), primary_key=True), sa.Column("n", sa.Integer(), unique=True))
        op.create_index("ix_t_n", "t", ["n"])
        op.create_unique_constraint("uq", "t", ["n"])
        op.create_check_constraint("ck", "t", "n > 0")
        op.alter_column("t", "n", nullable=False, type_=sa.BigInteger())
        op.execute("CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()")
        op.add_column("a", sa.Column("b", sa.Integer(), server_default="0", nullable=False))  #! no-lock-timeout
        op.add_column("a", sa.Column("c", sa.DateTime(), server_default=sa.func.now()))
        """,
    ),
    Case(
        "locks: columns that are written into every row",
        TIMEOUT
        + """
op.add_column("a", sa.Column("b", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False))  #! volatile-default
op.add_column("a", sa.Column("c", sa.DateTime(), server_default=sa.func.clock_timestamp()))  #! volatile-default
op.execute("ALTER TABLE a ADD COLUMN d bigserial")  #! rewriting-column
op.execute("ALTER TABLE a ADD COLUMN e int GENERATED ALWAYS AS IDENTITY")  #! rewriting-column
op.execute("CREATE DOMAIN positive AS int CHECK (VALUE > 0)")
op.execute("ALTER TABLE a ADD COLUMN f positive DEFAULT 1")  #! rewriting-column
op.add_column("a", sa.Column("g", sa.Text(), sa.Computed("h")))  #! rewriting-column
""",
    ),
    Case(
        "near: columns that write nothing",
        TIMEOUT
        + """
op.add_column("a", sa.Column("b", sa.String(), server_default="random()"))
op.add_column("a", sa.Column("c", sa.String(), server_default=sa.text("app.label()")))
op.execute("CREATE DOMAIN number AS int")
op.execute("ALTER TABLE a ADD COLUMN f number DEFAULT 1")
op.execute("ALTER TABLE a ALTER COLUMN g SET DEFAULT gen_random_uuid()")
op.add_column("a", sa.Column("h", sa.Text(), sa.Computed("i", persisted=False)))
op.execute("TRUNCATE cache")  #! multi-table-ax, truncate-or-delete-all
op.add_column("cache", sa.Column("id", sa.Integer(), sa.Identity()))
""",
    ),
    Case(
        "near: a generated column is virtual on PostgreSQL 18",
        TIMEOUT + """op.add_column("a", sa.Column("g", sa.Text(), sa.Computed("h")))""",
        facts=Facts(postgresql=18),
    ),
    Case(
        "locks: dropping indexes",
        """
        op.drop_index("ix_a_b", "a", if_exists=True)  #! index-drop-not-concurrent
        op.execute("DROP INDEX IF EXISTS ops.ix_a_c")  #! index-drop-not-concurrent
        """,
        """
        op.execute(UNDO)
        op.drop_index("ix_new", "a", if_exists=True)
        """,
    ),
    Case(
        "near: indexes that go with their table, or were built here",
        """
        op.create_table("t", sa.Column("n", sa.Integer()))
        op.create_index("ix_t_n", "t", ["n"])
        op.drop_index("ix_t_n", "t")
        with op.get_context().autocommit_block():
            op.drop_index("ix_a_b", "a", if_exists=True, postgresql_concurrently=True)
        """,
        """
        op.drop_table("t")
        op.execute(UNDO)
        """,
    ),
    Case(
        "locks: foreign keys",
        """
        op.create_foreign_key("fk", "a", "b", ["b_id"], ["id"])  #! fk-validated
        op.execute("ALTER TABLE c ADD CONSTRAINT fk_c FOREIGN KEY (b_id) REFERENCES ops.b (id)")  #! fk-validated
        op.add_column("d", sa.Column("b_id", sa.Integer(), sa.ForeignKey("b.id")))  #! fk-inline-column, no-lock-timeout, fk-without-index
        op.execute("ALTER TABLE d ADD COLUMN e_id int DEFAULT 1 REFERENCES b (id)")  #! fk-inline-column, fk-without-index
        op.create_table("t", sa.Column("b_id", sa.Integer(), sa.ForeignKey("ops.b.id")))  #! fk-new-table, fk-without-index
        op.create_table("u", sa.Column("b_id", sa.Integer()), sa.ForeignKeyConstraint(["b_id"], ["b.id"]))  #! fk-new-table, fk-without-index
        """,
    ),
    Case(
        "near: foreign keys that check nothing",
        TIMEOUT
        + f"{NOT_VALID}\n"
        + """
op.create_foreign_key("fk_c", "c", "b", ["b_id"], ["id"], **OPTIONS)
op.add_column("d", sa.Column("b_id", sa.Integer(), sa.ForeignKey("b.id", postgresql_not_valid=True)))  #! fk-without-index
op.execute("ALTER TABLE d ADD COLUMN e_id int REFERENCES b (id)")  #! fk-without-index
op.add_column("d", sa.Column("f_id", sa.Integer(), sa.ForeignKey("b.id")), inline_references=True)  #! fk-without-index
op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("up", sa.Integer(), sa.ForeignKey("t.id")))  #! fk-without-index
op.create_table("u", sa.Column("t_id", sa.Integer(), sa.ForeignKey("t.id")))  #! fk-without-index
op.create_foreign_key("fk_u", "u", "b", ["t_id"], ["id"])
""",
        top="from app import OPTIONS",
    ),
    Case(
        "locks: constraints that scan or build",
        """
        op.create_check_constraint("ck", "a", sa.text("b > 0"))  #! check-validated, no-lock-timeout
        op.execute("ALTER TABLE a ADD COLUMN c int CHECK (c > 0)")  #! check-validated
        with op.batch_alter_table("a") as batch:
            batch.create_unique_constraint("uq", ["b"])  #! unique-constraint
            batch.add_column(sa.Column("d", sa.Integer(), unique=True))  #! unique-constraint
        op.create_primary_key("pk", "a", ["b"])  #! add-primary-key
        op.execute("ALTER TABLE a ADD COLUMN e int PRIMARY KEY DEFAULT 0")  #! add-primary-key
        op.execute("ALTER TABLE a ADD EXCLUDE USING gist (during WITH &&)")  #! exclude-constraint
        """,
    ),
    Case(
        "near: constraints that take over or come later",
        TIMEOUT
        + """
op.create_check_constraint("ck", "a", "b > 0", postgresql_not_valid=True)
op.execute("ALTER TABLE a ADD CHECK (c > 0) NOT VALID")
op.execute("ALTER TABLE a ADD CONSTRAINT uq UNIQUE USING INDEX ux, ADD PRIMARY KEY USING INDEX pkx")
if op.get_bind().dialect.name == "sqlite":
    op.create_unique_constraint("uq", "a", ["b"])
""",
        """
        op.execute(UNDO)
        op.create_unique_constraint("old", "a", ["b"])
        op.create_check_constraint("older", "a", "b > 0")
        """,
    ),
    Case(
        "locks: set not null",
        """
        op.execute("UPDATE a SET b = 0 WHERE b IS NULL")
        op.alter_column("a", "b", nullable=False)  #! set-not-null, no-lock-timeout
        op.execute("ALTER TABLE a ADD CONSTRAINT c CHECK (d IS NOT NULL) NOT VALID")
        op.execute("UPDATE a SET d = 0 WHERE d IS NULL")
        op.execute("ALTER TABLE a ALTER d SET NOT NULL")  #! set-not-null
        """,
    ),
    Case(
        "locks: before PostgreSQL 12 no check helps",
        TIMEOUT
        + """
op.execute("ALTER TABLE a VALIDATE CONSTRAINT b_not_null")
op.alter_column("a", "b", nullable=False)  #! set-not-null
""",
        facts=Facts(postgresql=11),
    ),
    Case(
        "near: not null that is proved, or new",
        TIMEOUT
        + """
op.execute("ALTER TABLE a VALIDATE CONSTRAINT b_not_null")
op.alter_column("a", "b", nullable=False)
op.add_column("c", sa.Column("d", sa.Integer()))  #! multi-table-ax
op.execute("UPDATE c SET d = 1")
op.alter_column("c", "d", nullable=False)
op.alter_column("e", "f", existing_nullable=False, nullable=False, type_=sa.Text(), existing_type=sa.String())
""",
    ),
    Case(
        "near: proved by a revision that goes up with it",
        TIMEOUT
        + """
op.execute("UPDATE a SET b = 0 WHERE b IS NULL")
op.alter_column("a", "b", nullable=False)
""",
        facts=Facts(
            pending_before=(
                before('op.create_check_constraint("ck", "a", "b IS NOT NULL")'),
                before('op.execute("SELECT 1")'),
            ),
            transaction_per_migration=True,
        ),
    ),
    Case(
        "locks: types that rewrite",
        """
        op.alter_column("a", "b", type_=sa.BigInteger(), existing_type=sa.Integer())  #! type-change-rewrite, no-lock-timeout
        op.alter_column("a", "c", type_=sa.String(20), existing_type=sa.Text())  #! narrowing-type
        op.execute("ALTER TABLE a ALTER d TYPE bigint")  #! type-change-rewrite
        op.alter_column("a", "e", type_=sa.DateTime(timezone=True), existing_type=sa.DateTime(), postgresql_using="e AT TIME ZONE 'UTC'")  #! type-change-rewrite
        op.alter_column("a", "f", type_=sa.DateTime(timezone=True), existing_type=sa.DateTime())  #! type-change-rewrite
        op.alter_column("a", "g", type_=postgresql.JSONB(), existing_type=sa.JSON(), postgresql_using="g::jsonb")  #! type-change-rewrite
        """,
    ),
    Case(
        "near: types that do not rewrite, or are not known",
        TIMEOUT
        + """
op.alter_column("a", "b", type_=sa.String(40), existing_type=sa.String(20))
op.alter_column("a", "c", type_=sa.Text(), existing_type=sa.String(20), postgresql_using="c::text")
op.alter_column("a", "d", type_=sa.Numeric(12, 2), existing_type=sa.Numeric(10, 2))
op.alter_column("a", "e", type_=postgresql.INET(), existing_type=postgresql.CIDR())
op.execute("ALTER TABLE a ALTER f TYPE varchar(80)")
op.execute("ALTER TABLE a ALTER g TYPE text")
op.alter_column("a", "h", type_=Money(), existing_type=sa.Numeric())
op.alter_column("a", "j", type_=sa.Boolean(create_constraint=True))
op.execute("SET LOCAL timezone = 'UTC'")
op.alter_column("a", "i", type_=sa.DateTime(timezone=True), existing_type=sa.DateTime())
""",
        """
        op.execute(UNDO)
        op.alter_column("a", "c", type_=sa.String(20), existing_type=sa.Text())
        """,
        top="from app.types import Money",
    ),
    Case(
        "locks: validated in the transaction that adds it",
        f"""
        {NOT_VALID}
        op.execute("ALTER TABLE a VALIDATE CONSTRAINT fk")  #! validate-same-transaction
        """,
    ),
    Case(
        "locks: validated by the next pending revision, which is the same transaction",
        'op.execute("ALTER TABLE a VALIDATE CONSTRAINT fk")  #! validate-same-transaction',
        facts=Facts(pending_before=(before(NOT_VALID),)),
    ),
    Case(
        "near: transaction_per_migration makes it another",
        'op.execute("ALTER TABLE a VALIDATE CONSTRAINT fk")',
        facts=Facts(pending_before=(before(NOT_VALID),), transaction_per_migration=True),
    ),
    Case(
        "near: validated after a block that ends the transaction",
        f"""
        {NOT_VALID}
        with op.get_context().autocommit_block():
            op.execute("ALTER TYPE kind ADD VALUE IF NOT EXISTS 'x'")
        op.execute("ALTER TABLE a VALIDATE CONSTRAINT fk")
        op.execute("ALTER TABLE a VALIDATE CONSTRAINT other")
        """,
    ),
    Case(
        "locks: work while a lock is held",
        TIMEOUT
        + """
op.alter_column("a", "b", server_default="1")
op.execute("UPDATE a SET c = 0 WHERE c < 0")  #! work-after-ax
op.execute("DELETE FROM d WHERE e IS NULL")  #! work-after-ax
op.execute("INSERT INTO f SELECT * FROM a")  #! work-after-ax
""",
    ),
    Case(
        "near: work that is brief, cannot be earlier, or has a transaction of its own",
        TIMEOUT
        + """
op.execute("UPDATE a SET c = 0 WHERE c < 0")
op.add_column("a", sa.Column("b", sa.Integer()))
op.execute("UPDATE a SET b = c")
op.execute("UPDATE a SET n = 0 WHERE id = 3")
op.execute("INSERT INTO kinds VALUES ('x')")
with op.get_context().autocommit_block():
    op.execute("UPDATE a SET d = 0 WHERE d < 0")
op.execute("UPDATE a SET e = 0 WHERE e < 0")
op.create_table("t", sa.Column("n", sa.Integer()))
op.execute("INSERT INTO t SELECT 1")
op.drop_table("scratch")  #! drop-table
op.execute("UPDATE a SET f = 0 WHERE f < 0")
""",
    ),
    Case(
        "locks: several tables",
        TIMEOUT
        + """
op.add_column("a", sa.Column("c", sa.Integer()))
op.add_column("a_history", sa.Column("c", sa.Integer()))
op.alter_column("b", "c", server_default="1")  #! multi-table-ax
op.add_column("d", sa.Column("c", sa.Integer()))
""",
    ),
    Case(
        "near: one table a transaction",
        TIMEOUT
        + """
op.add_column("a", sa.Column("c", sa.Integer()))
with op.get_context().autocommit_block():
    op.alter_column("b", "c", server_default="1")
op.create_table("t", sa.Column("n", sa.Integer()))
op.add_column("t", sa.Column("m", sa.Integer()))
""",
    ),
    Case(
        "locks: rows change and the table too",
        TIMEOUT
        + """
op.execute("ALTER TABLE a ADD CONSTRAINT fk FOREIGN KEY (b_id) REFERENCES b DEFERRABLE INITIALLY DEFERRED NOT VALID")
op.execute("UPDATE a SET b_id = 1 WHERE id = 1")
op.drop_constraint("ck", "a", type_="check")  #! data-and-ddl, drop-constraint-unreplaced
""",
    ),
    Case(
        "near: no deferred constraint is known of",
        TIMEOUT
        + """
op.create_foreign_key("fk", "a", "b", ["b_id"], ["id"], deferrable=True, postgresql_not_valid=True)
op.execute("UPDATE a SET b_id = 1 WHERE id = 1")
op.alter_column("a", "c", server_default="1")
""",
    ),
    Case(
        "near: a timeout, or a helper that may set one",
        """
        prepare(op)
        op.add_column("a", sa.Column("c", sa.Integer()))
        """,
        top="from app.migrations import prepare",
    ),
    Case(
        "near: a timeout in env.py",
        'op.add_column("a", sa.Column("c", sa.Integer()))',
        facts=Facts(bounds_waiting=True),
    ),
    Case(
        "near: a timeout by set_config",
        """
        op.execute("SELECT set_config('lock_timeout', '5s', true)")
        op.add_column("a", sa.Column("c", sa.Integer()))
        """,
    ),
    Case(
        "locks: commands",
        TIMEOUT
        + """
with op.get_context().autocommit_block():
    op.execute("VACUUM FULL a")  #! rewrite-command
    op.execute("CLUSTER a USING ix")  #! rewrite-command
op.execute("ALTER TABLE b SET UNLOGGED")  #! rewrite-command
op.execute("REINDEX INDEX ix")  #! rewrite-command
op.execute("LOCK TABLE c IN SHARE ROW EXCLUSIVE MODE")  #! heavy-command
op.execute("CREATE TRIGGER g AFTER INSERT ON c FOR EACH ROW EXECUTE FUNCTION f()")  #! heavy-command
op.execute("REFRESH MATERIALIZED VIEW v")  #! heavy-command, multi-table-ax
op.execute("ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1)")  #! heavy-command
op.execute("ALTER TABLE p DETACH PARTITION p2")  #! heavy-command
""",
        """
        op.execute(UNDO)
        op.execute("ALTER TABLE b SET LOGGED")
        op.execute("CLUSTER d")  #! rewrite-command
        op.execute("ALTER TABLE p DETACH PARTITION p1")
        """,
    ),
    Case(
        "near: commands that let others work",
        TIMEOUT
        + """
op.execute("LOCK TABLE a IN ROW EXCLUSIVE MODE")
op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY v")
op.execute("CREATE MATERIALIZED VIEW w AS SELECT 1")
op.execute("REFRESH MATERIALIZED VIEW w")
op.execute("CREATE TABLE p1 (LIKE p INCLUDING ALL)")
op.execute("ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1)")
with op.get_context().autocommit_block():
    op.execute("ALTER TABLE p DETACH PARTITION p2 CONCURRENTLY")
    op.execute("REINDEX TABLE CONCURRENTLY a")
    op.execute("VACUUM ANALYZE a")
op.execute("ALTER TABLE a SET (autovacuum_enabled = off)")
""",
    ),
]
