"""Cases of rules that go by what the database holds."""
# ruff: noqa: E501 - a mark must stand on the line it is about

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from opsmig_tui.review.migration import read_migration
from opsmig_tui.review.model import Facts
from opsmig_tui.worker.protocol import DatabaseFacts, EnumFacts, LiveObject, Probe, ProbeAnswer
from tests.review.case import Case

DATABASE = DatabaseFacts(
    "postgresql", 160000, (), (EnumFacts("ops", "state", ("open", "on hold", "closed")),)
)
ALIKE = Probe("duplicates", "t", columns=("a", "b"))
ORPHANS = Probe("orphans", "t", None, ("u_id",), "u", None, ("id",))
USING_X = Probe("dependents", "t", columns=("x",))
USING_T = Probe("dependents", "t")
VALUES = Probe("values", "t", columns=("x",))
ROWS = Probe("rows", "t")


def live(*answers: ProbeAnswer, applied: bool = False) -> Facts:
    return Facts(live={one.probe: one for one in answers}, database=DATABASE, applied=applied)


def used(probe: Probe, *objects: LiveObject) -> ProbeAnswer:
    return ProbeAnswer(probe, sum(one.blocks for one in objects), objects=objects)


def earlier(up: str) -> Facts:
    """A revision that is to run before this one."""
    migration = read_migration(Path("versions/a0_before.py"), Case("", up).source)
    return replace(live(ProbeAnswer(ALIKE, 4)), pending_before=(migration,))


REPEAT = live(ProbeAnswer(ALIKE, 4))
LONELY = live(ProbeAnswer(ORPHANS, 3))
VIEW = LiveObject("view", "named", "ops")
FOREIGN = LiveObject("foreign key", "fk_v_t", "ops", "v")
INDEX = LiveObject("index", "ix_lower_x", "ops", "t", blocks=False)
UNIQUE = 'op.create_unique_constraint("uq_t", "t", ["a", "b"])  #! unique-constraint'
NOT_UNIQUE = 'op.drop_constraint("uq_t", "t", type_="unique")'
KEY = 'op.create_foreign_key("fk_t_u", "t", "u", ["u_id"], ["id"])  #! fk-validated'
NO_KEY = 'op.drop_constraint("fk_t_u", "t", type_="foreignkey")'
ADD_X = 'op.add_column("t", sa.Column("x", sa.Integer()))'
DROP_X = 'op.drop_column("t", "x")'
TO_TEXT = 'op.alter_column("t", "x", type_=sa.Text(), existing_type=sa.String(9))'
TO_STRING = "op.execute(UNDO)"

CASES = [
    Case("unique-on-duplicates", f"{UNIQUE}, unique-on-duplicates", NOT_UNIQUE, facts=REPEAT),
    Case(
        "unique-on-duplicates: an index, a primary key, in SQL",
        """
        with op.get_context().autocommit_block():
            op.drop_index("one", "t", if_exists=True, postgresql_concurrently=True)
            op.create_index("one", "t", ["a", "b"], unique=True, postgresql_concurrently=True)  #! unique-on-duplicates
        op.create_primary_key("pk", "t", ["a", "b"])  #! unique-on-duplicates, add-primary-key
        op.execute("ALTER TABLE t ADD CONSTRAINT two UNIQUE (a, b)")  #! unique-on-duplicates, unique-constraint
        """,
        facts=REPEAT,
    ),
    Case(
        "unique-on-duplicates: on SQLite",
        f"{UNIQUE}  #! unique-on-duplicates",
        NOT_UNIQUE,
        facts=replace(REPEAT, database=replace(DATABASE, dialect="sqlite")),
    ),
    Case(
        "near: SQLite looks at no row for a foreign key",
        KEY.partition("  #!")[0],
        NO_KEY,
        facts=replace(LONELY, database=replace(DATABASE, dialect="sqlite")),
    ),
    Case("near: no row repeats", UNIQUE, NOT_UNIQUE, facts=live(ProbeAnswer(ALIKE))),
    Case(
        "near: the columns are to come",
        UNIQUE,
        NOT_UNIQUE,
        facts=live(ProbeAnswer(ALIKE, absent=True)),
    ),
    Case("near: applied already", UNIQUE, NOT_UNIQUE, facts=replace(REPEAT, applied=True)),
    Case("near: not asked", UNIQUE, NOT_UNIQUE),
    Case(
        "near: not answered",
        UNIQUE,
        NOT_UNIQUE,
        facts=live(ProbeAnswer(ALIKE, problem="no answer within 1,000 ms")),
    ),
    Case(
        "near: the rows that repeat are deleted before",
        f"""
        op.execute("DELETE FROM t USING t AS o WHERE t.a = o.a AND t.id > o.id")
        {UNIQUE}
        """,
        NOT_UNIQUE,
        facts=REPEAT,
    ),
    Case(
        "near: they are deleted by a revision before",
        UNIQUE,
        NOT_UNIQUE,
        facts=earlier('op.execute("DELETE FROM t WHERE a IN (SELECT 1)")'),
    ),
    Case(
        "unique-on-duplicates: another table is cleaned by a revision before",
        f"{UNIQUE}, unique-on-duplicates",
        NOT_UNIQUE,
        facts=earlier('op.execute("DELETE FROM other WHERE a IN (SELECT 1)")'),
    ),
    Case(
        "near: a helper may clean up before",
        f"clean_up(op.get_bind())\n{UNIQUE}",
        NOT_UNIQUE,
        top="from helpers import clean_up",
        facts=REPEAT,
    ),
    Case(
        "near: over some rows, over expressions, by an index that is there",
        """
        with op.get_context().autocommit_block():
            op.drop_index("one", "t", if_exists=True, postgresql_concurrently=True)
            op.create_index("one", "t", ["a", "b"], unique=True, postgresql_concurrently=True, postgresql_where=sa.text("c"))
            op.drop_index("two", "t", if_exists=True, postgresql_concurrently=True)
            op.create_index("two", "t", ["a", "b", sa.text("lower(c)")], unique=True, postgresql_concurrently=True)
            op.execute("DROP INDEX CONCURRENTLY IF EXISTS three")
            op.execute("CREATE UNIQUE INDEX CONCURRENTLY three ON t (a, b, lower(c))")
            op.execute("DROP INDEX CONCURRENTLY IF EXISTS four")
            op.execute("CREATE UNIQUE INDEX CONCURRENTLY four ON t (a, b) WHERE c")
        op.execute("ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX two")
        """,
        facts=REPEAT,
    ),
    Case(
        "near: a table of this revision",
        """
        op.create_table("t", sa.Column("a", sa.Integer()), sa.Column("b", sa.Integer()))
        op.create_unique_constraint("uq_t", "t", ["a", "b"])
        """,
        'op.drop_table("t")',
        facts=REPEAT,
    ),
    Case("fk-orphans", f"{KEY}, fk-orphans", NO_KEY, facts=LONELY),
    Case(
        "fk-orphans: in SQL, to the primary key",
        'op.execute("ALTER TABLE t ADD CONSTRAINT fk_t_u FOREIGN KEY (u_id) REFERENCES u")  #! fk-orphans, fk-validated',
        NO_KEY,
        facts=live(ProbeAnswer(replace(ORPHANS, referent_columns=()), 1)),
    ),
    Case(
        "near: not valid yet",
        f"""
        {KEY.partition(")")[0]}, postgresql_not_valid=True)
        op.execute("ALTER TABLE t ADD CONSTRAINT fk_2 FOREIGN KEY (u_id) REFERENCES u (id) NOT VALID")
        """,
        facts=LONELY,
    ),
    Case(
        "near: the parents are put in before",
        f'op.execute("INSERT INTO u (id) SELECT u_id FROM t")\n{KEY}',
        NO_KEY,
        facts=LONELY,
    ),
    Case(
        "near: the rows without a parent are let go before",
        f'op.execute("UPDATE t SET u_id = NULL WHERE u_id NOT IN (SELECT id FROM u)")\n{KEY}',
        NO_KEY,
        facts=LONELY,
    ),
    Case("near: every row has a parent", KEY, NO_KEY, facts=live(ProbeAnswer(ORPHANS))),
    Case(
        "dependent-objects: a column",
        f"{DROP_X}  #! drop-column, dependent-objects",
        ADD_X,
        facts=live(used(USING_X, VIEW)),
    ),
    Case(
        "dependent-objects: a table",
        'op.drop_table("t")  #! drop-table, dependent-objects',
        facts=live(used(USING_T, FOREIGN)),
    ),
    Case(
        "dependent-objects: a type",
        f"{TO_TEXT}  #! dependent-objects",
        TO_STRING,
        facts=live(used(USING_X, VIEW)),
    ),
    Case(
        "near: a foreign key follows a change of type, an index is built again",
        TO_TEXT,
        TO_STRING,
        facts=live(used(USING_X, FOREIGN, INDEX)),
    ),
    Case(
        "near: only an index goes along",
        f"{DROP_X}  #! drop-column",
        ADD_X,
        facts=live(used(USING_X, INDEX)),
    ),
    Case(
        "near: the view is dropped before and made again",
        f"""
        op.execute("DROP VIEW ops.named")
        {TO_TEXT}
        op.execute("CREATE VIEW ops.named AS SELECT x FROM t")
        """,
        "op.execute(UNDO)",
        facts=live(used(USING_X, VIEW)),
    ),
    Case(
        "dependent-objects: one of two is dropped before",
        f"""
        op.execute("DROP VIEW ops.named")
        {TO_TEXT}  #! dependent-objects
        """,
        "op.execute(UNDO)",
        facts=live(used(USING_X, VIEW, LiveObject("view", "other", "ops"))),
    ),
    Case(
        "near: what refers to the table goes before it",
        """
        op.drop_table("v")  #! drop-table
        op.drop_table("t")  #! drop-table
        """,
        facts=live(used(USING_T, FOREIGN)),
    ),
    Case(
        "near: the key that refers to the table goes before it",
        """
        op.drop_constraint("fk_v_t", "v", type_="foreignkey")
        op.drop_table("t")  #! drop-table
        """,
        facts=live(used(USING_T, FOREIGN)),
    ),
    Case(
        "near: a helper may drop the view",
        f"drop_views(op)\n{TO_TEXT}",
        TO_STRING,
        top="from helpers import drop_views",
        facts=live(used(USING_X, VIEW)),
    ),
    Case(
        "near: with CASCADE it is no failure",
        'op.execute("ALTER TABLE t DROP COLUMN x CASCADE")  #! drop-column, drop-cascade',
        ADD_X,
        facts=live(used(USING_X, VIEW)),
    ),
    Case(
        "near: the view is on what downgrade() drops",
        ADD_X,
        DROP_X,
        facts=live(used(USING_X, VIEW)),
    ),
    Case(
        "downgrade-data-loss: a column, a table",
        f"""
        {ADD_X}
        op.create_table("v", sa.Column("id", sa.Integer()))
        """,
        f"""
        op.drop_table("v")  #! downgrade-data-loss
        {DROP_X}  #! downgrade-data-loss
        """,
        facts=live(ProbeAnswer(VALUES, 7), ProbeAnswer(Probe("rows", "v"), 1), applied=True),
    ),
    Case("near: nothing was written", ADD_X, DROP_X, facts=live(ProbeAnswer(VALUES), applied=True)),
    Case("near: pending, so nothing is lost", ADD_X, DROP_X, facts=live(ProbeAnswer(VALUES, 7))),
    Case(
        "near: nobody knows whether it is applied",
        ADD_X,
        DROP_X,
        facts=replace(live(ProbeAnswer(VALUES, 7)), applied=None),
    ),
]
