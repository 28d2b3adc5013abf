"""Cases of rules that compare the models with the database."""

from __future__ import annotations

from dataclasses import replace

from opsmig_tui.review.model import Facts
from opsmig_tui.worker.protocol import (
    ColumnFacts,
    ConstraintFacts,
    DatabaseFacts,
    ModelFacts,
    TableFacts,
)
from tests.review.case import Case
from tests.review.cases_live import earlier


def defaults(model: str | None, database: str | None, *schemas: str) -> Facts:
    """Table t's column x of the models and of the database, in each of the schemas."""

    def table(schema: str | None, sql: str | None) -> TableFacts:
        return TableFacts(schema, "t", (ColumnFacts("x", "text", True, bool(sql), default=sql),))

    found = tuple(table(schema, database) for schema in schemas or ("public",))
    return Facts(
        models=ModelFacts((table(None, model),), ()),
        database=DatabaseFacts("postgresql", 160000, found, ()),
    )


KEY = "FOREIGN KEY (a) REFERENCES {}(id)"
BTREE = "CREATE INDEX old ON public.t USING btree {}"
RENAME = "op.execute('ALTER TABLE t RENAME CONSTRAINT old TO new')"
FILE = """
from alembic import op
import sqlalchemy as sa
revision = "a1"
down_revision = "a0"
def upgrade():{mark}
    {up}
def downgrade():
    {down}
"""
SET = 'op.alter_column("t", "x", server_default="new")'
UNSET = 'op.alter_column("t", "x", server_default=None)'
HARMLESS = "op.execute(\"COMMENT ON TABLE t IS 'x'\")"
LACKS = defaults("'new'", "")


def case(name: str, facts: Facts, up: str = HARMLESS, mark: str = "", down: str = "") -> Case:
    mark = f"  #! {mark}" if mark else ""
    return Case(name, whole=FILE.format(up=up, down=down or HARMLESS, mark=mark), facts=facts)


def checks(model: str, database: str, name: str = "ck") -> Facts:
    """Table t's CHECK ck of the models, and one of the database."""
    columns = tuple(ColumnFacts(one, "integer", True, False) for one in ("a", "b"))

    def table(schema: str | None, called: str, sql: str) -> TableFacts:
        return TableFacts(schema, "t", columns, (ConstraintFacts("check", called, (), sql),))

    return Facts(
        models=ModelFacts((table(None, "ck", model),), ()),
        database=DatabaseFacts("postgresql", 160000, (table("public", name, database),), ()),
    )


def names(kind: str, model: str, database: str, columns: tuple[str, ...] = ("a",)) -> Facts:
    """A constraint or index of table t: "new" in the models, "old" in the database."""

    def table(schema: str | None, name: str, sql: str) -> TableFacts:
        return TableFacts(schema, "t", (), (ConstraintFacts(kind, name, columns, sql),))

    return Facts(
        models=ModelFacts((table(None, "new", model),), ()),
        database=DatabaseFacts("postgresql", 160000, (table("public", "old", database),), ()),
    )


FOREIGN = names("foreign", KEY.format("u"), KEY.format("ops.u") + " ON DELETE CASCADE")
OTHER = checks("CHECK (a > 0)", "CHECK ((a > 1)) NOT VALID")
CHANGE = """op.drop_constraint("ck", "t", type_="check")
    op.create_check_constraint("ck", "t", "a > 0"{})"""
LATER = KEY.format("u") + " DEFERRABLE INITIALLY DEFERRED"
KEPT = replace(names("foreign", LATER, LATER), models=None, applied=False)
DEFERRED = """
op.execute("UPDATE t SET {} = 1 WHERE id = 1")
op.alter_column("t", "c", server_default="1"){}
"""
MISSED = "server-default-missed"
CASES = [
    case("server-default-missed: none there", LACKS, mark=MISSED),
    case("server-default-missed: another", defaults("'new'", "'old'::text"), mark=MISSED),
    case("server-default-missed: a call", defaults("now()", ""), mark=MISSED),
    case("near: the same default", defaults("'new'", "'new'::text")),
    case("near: the database alone has one", defaults("", "'new'::text")),
    case("near: two calls are not compared", defaults("now()", "CURRENT_TIMESTAMP")),
    case("near: an identity of the database", defaults("'new'", None)),
    case("near: alembic compares defaults itself", defaults(None, "'old'::text")),
    case("near: two schemas have such a table", defaults("'new'", "", "public", "ops")),
    case("near: a later revision is pending", replace(LACKS, is_last_pending=False)),
    case(
        "near: defaults on SQLite",
        replace(LACKS, database=replace(LACKS.database, dialect="sqlite")),  # type: ignore[type-var]
    ),
    case("near: set here", LACKS, SET, down=UNSET),
    case(
        "near: set here in SQL",
        LACKS,
        "op.execute(\"ALTER TABLE t ALTER x SET DEFAULT 'new'\")",
        down=UNSET,
    ),
    case(
        "near: set by a pending revision before",
        replace(
            LACKS,
            pending_before=earlier(SET).pending_before,
        ),
    ),
    case(
        "near: a helper may set it",
        LACKS,
        "__import__('helpers').set_defaults(op.get_bind())",
    ),
    case(
        "server-default-missed: another column is altered",
        LACKS,
        SET.replace('"x"', '"y"'),
        mark=MISSED,
        down=UNSET.replace('"x"', '"y"'),
    ),
    case("check-missed: another condition", OTHER, mark="check-missed"),
    case("near: the same condition", checks("CHECK (a > 0)", "CHECK ((a > 0))")),
    case("near: conditions that cannot be told", checks("CHECK (f(a))", "CHECK (g(a))")),
    case("near: another condition by another name", checks("CHECK (a > 0)", "CHECK (a > 1)", "o")),
    case(
        "near: the condition is changed here",
        OTHER,
        CHANGE.format(", postgresql_not_valid=True"),
        down=CHANGE.format(", postgresql_not_valid=True"),
    ),
    case(
        "near: a column is renamed, and the condition with it",
        checks("CHECK (b > 0)", "CHECK ((a > 0))"),
        'op.alter_column("t", "c", new_column_name="d")  #! rename-breaks-app',
        down='op.alter_column("t", "d", new_column_name="c")',
    ),
    case("constraint-renamed: a foreign key", FOREIGN, mark="constraint-renamed"),
    case(
        "near: a foreign key to another table", names("foreign", KEY.format("u"), KEY.format("v"))
    ),
    case(
        "constraint-renamed: an index",
        names("index", "(a, b)", BTREE.format("(a, b)"), ("a", "b")),
        mark="constraint-renamed",
    ),
    case("near: a partial index", names("index", "(a)", BTREE.format("(a) WHERE b"))),
    case("near: an index over an expression", names("index", "(a)", BTREE.format("(a, lower(b))"))),
    case(
        "near: renamed by this revision",
        FOREIGN,
        RENAME,
        down=RENAME.replace("old TO new", "new TO old"),
    ),
    case(
        "near: renamed by a pending revision before",
        replace(FOREIGN, pending_before=earlier(RENAME).pending_before),
    ),
    case(
        "near: a pending revision before may rename it",
        replace(FOREIGN, pending_before=earlier("rename_all(op.get_bind())").pending_before),
    ),
    Case(
        "data-and-ddl: a deferred key that the database has",
        DEFERRED.format("a", "  #! data-and-ddl"),
        facts=KEPT,
    ),
    Case("near: a column that is none of the deferred key's", DEFERRED.format("b", ""), facts=KEPT),
    Case(
        "near: the key is not deferred",
        DEFERRED.format("a", ""),
        facts=replace(names("foreign", "", KEY.format("u")), models=None, applied=False),
    ),
]
