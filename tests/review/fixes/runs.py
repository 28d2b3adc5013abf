"""Migrations of the pairs, the schema they are run on, and the one that is expected of them.

What is expected is written by hand, as the SQL that makes it from what was there.
"""
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ran:
    """A pair's migration, on a database of `there`. `after` makes from it what is expected of
    upgrade(), `back` what is expected of downgrade() where that is not what was there. `kept` is a
    query that answers true before and after the upgrade. `down` replaces the pair's downgrade(),
    where that is none that could run. `asked`: the fix is told what the database has."""

    pair: str
    there: str
    after: str
    back: str = ""
    kept: str = "SELECT true"
    down: str = ""
    asked: bool = False


A = "CREATE TABLE a (id int PRIMARY KEY, b text, n text, x int, g int);"
A += "INSERT INTO a VALUES (1, 'b', 'n', 1, 1), (2, 'c', 'n', NULL, 1);"
OPS = "CREATE TABLE ops.a (id int PRIMARY KEY, m int); INSERT INTO ops.a VALUES (1, 1);"
NOT_THERE = "CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1);"
VENDOR = """
CREATE TABLE ops.vendor (id bigserial, vat varchar(20), town text,
  CONSTRAINT pk_vendor PRIMARY KEY (id), CONSTRAINT uq_vendor UNIQUE (vat));
CREATE INDEX ix_vendor_town ON ops.vendor (town);
INSERT INTO ops.vendor (vat) VALUES ('1'), ('2');
"""
SUPPLIER = """
DROP TABLE ops.vendor;
CREATE TABLE ops.supplier (id bigserial, vat varchar(20), town text, n int,
  CONSTRAINT pk_supplier PRIMARY KEY (id), CONSTRAINT uq_supplier UNIQUE (vat));
CREATE INDEX ix_supplier_town ON ops.supplier (town);
"""
KIND = "CREATE TYPE ops.kind AS ENUM ('x', 'y');"
HISTORY = """
CREATE TYPE ops.kind AS ENUM ('x', 'y');
CREATE TABLE ops.a (id bigserial, kind ops.kind NOT NULL DEFAULT 'x',
  made timestamptz DEFAULT now(), CONSTRAINT pk_a PRIMARY KEY (id));
CREATE TABLE ops.a_history (id bigint NOT NULL, kind ops.kind NOT NULL, made timestamptz,
  version bigint NOT NULL, changed_at timestamptz NOT NULL DEFAULT now(), tags varchar[],
  CONSTRAINT pk_a_history PRIMARY KEY (id, version), CONSTRAINT ck_v CHECK (version > 0));
CREATE INDEX ix_a_history_kind ON ops.a_history (kind);
"""
BOTH = """
CREATE TABLE a (id int, b varchar(9)); CREATE TABLE a_history (id int, b varchar(9));
INSERT INTO a VALUES (1, 'x'); INSERT INTO a_history VALUES (1, 'x');
"""
CHAIN = (
    A.replace(" b text,", "").replace("'b', ", "").replace("'c', ", ""),
    "ALTER TABLE a ADD b text",
)
EMPTY = "SELECT 1"
REBUILT = """
CREATE TYPE ops.state AS ENUM ('open', 'it''s over');
CREATE TABLE ops.vendor (id bigserial CONSTRAINT pk_vendor PRIMARY KEY, name varchar(120) NOT NULL,
  n numeric(2, 1) CONSTRAINT ck_n CHECK (n > 0), state ops.state NOT NULL DEFAULT 'open',
  at timestamptz DEFAULT now(), tags text[], u uuid, day date DEFAULT CURRENT_DATE, j jsonb,
  small smallint DEFAULT 1, fixed char(3), double float8, yes bool DEFAULT true,
  code varchar(9) CONSTRAINT uq_code UNIQUE, other bigint CONSTRAINT fk_other REFERENCES ops.vendor);
CREATE INDEX ix_name ON ops.vendor (name);
CREATE UNIQUE INDEX ix_lower ON ops.vendor (lower(name)) WHERE id > 1;
INSERT INTO ops.vendor (name, n) VALUES ('x', 1);
"""

CASES = [
    Ran("import: the usual one", NOT_THERE, "ALTER TABLE a ADD b int"),
    Ran("docstring: Revises", *CHAIN),
    Ran(
        "column: both directions",
        "CREATE TABLE ops.a (nickname varchar); INSERT INTO ops.a VALUES ('x')",
        "ALTER TABLE ops.a RENAME nickname TO nick_name; CREATE INDEX ix ON ops.a (nick_name)",
        kept='SELECT to_jsonb(a) @> \'{"nickname": "x"}\' OR to_jsonb(a) @> \'{"nick_name": "x"}\' '
        "FROM ops.a",
    ),
    Ran(
        "names: a table, as autogenerate writes it",
        VENDOR,
        SUPPLIER,
        kept="SELECT pg_relation_size(oid) > 0 FROM pg_class WHERE relname IN ('vendor', 'supplier')",
    ),
    Ran(
        "names: a table whose constraints have no names",
        "CREATE TABLE vendor (id serial PRIMARY KEY, vat text UNIQUE, town text)",
        "DROP TABLE vendor; CREATE TABLE supplier (id serial PRIMARY KEY, vat text UNIQUE, town text)",
    ),
    Ran(
        "names: an index that was dropped and built again",
        f"{A} CREATE INDEX ix_old ON a (b)",
        'DROP INDEX ix_old; CREATE INDEX "ix new" ON a (b)',
    ),
    Ran(
        "names: a unique constraint, in a batch",
        "CREATE TABLE ops.a (b int CONSTRAINT uq_old UNIQUE)",
        "ALTER TABLE ops.a DROP CONSTRAINT uq_old, ADD CONSTRAINT uq_new UNIQUE (b)",
    ),
    Ran(
        "names: as the models have them, where there is no downgrade()",
        "CREATE TABLE ops.u (id int PRIMARY KEY);"
        "CREATE TABLE ops.t (u int CONSTRAINT t_u_fkey REFERENCES ops.u, x int);"
        "CREATE INDEX t_x_idx ON ops.t (x)",
        "DROP TABLE ops.t; CREATE TABLE ops.t (u int CONSTRAINT fk_t_u REFERENCES ops.u, x int);"
        "CREATE INDEX ix_t_x ON ops.t (x)",
    ),
    Ran(
        "cast: a name that needs quotes",
        "CREATE TABLE a (\"user\" varchar(9)); INSERT INTO a VALUES ('12')",
        'ALTER TABLE a DROP "user", ADD "user" int',
        kept="SELECT \"user\"::text = '12' FROM a",
    ),
    Ran(
        "type: as it is there",
        EMPTY,
        "CREATE TYPE kind AS ENUM ('a'); CREATE TABLE t (k kind)",
        down='op.drop_table("t")\n    op.execute("DROP TYPE kind")',
    ),
    Ran(
        "type: created before, dropped after",
        "CREATE TABLE t (id int)",
        "CREATE TYPE ops.new AS ENUM ('a', 'b'); ALTER TABLE t ADD k ops.new",
    ),
    Ran(
        "values: at the beginning",
        "CREATE TYPE ops.kind AS ENUM ('a', 'b'); CREATE TABLE t (k ops.kind)",
        "ALTER TYPE ops.kind ADD VALUE 'c'; ALTER TABLE t ADD x int",
        back="ALTER TYPE ops.kind ADD VALUE 'c'",
    ),
    Ran(
        "leak: after the last table that has it",
        EMPTY,
        "CREATE TYPE new AS ENUM ('a', 'b'); CREATE TABLE t (k new)",
    ),
    Ran("companion: created as the models have it", EMPTY, HISTORY),
    Ran(
        "companion: a column added, without its keys",
        "CREATE TABLE c (id int PRIMARY KEY); CREATE TABLE ops.a (); CREATE TABLE ops.a_history ()",
        "ALTER TABLE ops.a ADD b int UNIQUE REFERENCES c; ALTER TABLE ops.a_history ADD b int",
    ),
    Ran(
        "companion: NOT NULL with a default, in a batch",
        "CREATE TABLE a (id int); CREATE TABLE a_history (id int); INSERT INTO a_history VALUES (1)",
        "ALTER TABLE a ADD b int NOT NULL DEFAULT 0; ALTER TABLE a_history ADD b int NOT NULL DEFAULT 0",
    ),
    Ran(
        "companion: a column dropped",
        BOTH.replace("varchar(9)", "text"),
        "ALTER TABLE a DROP b; ALTER TABLE a_history DROP b",
    ),
    Ran(
        "companion: a column renamed",
        "CREATE TABLE a (b text NOT NULL); CREATE TABLE a_history (b text);"
        "INSERT INTO a_history VALUES ('x')",
        "ALTER TABLE a RENAME b TO c; ALTER TABLE a ALTER c DROP NOT NULL;"
        "ALTER TABLE a_history RENAME b TO c",
    ),
    Ran(
        "companion: another type",
        BOTH,
        "ALTER TABLE a ALTER b TYPE text, ALTER b SET DEFAULT ''; ALTER TABLE a_history ALTER b TYPE text",
        back="ALTER TABLE a ALTER b TYPE text, ALTER b SET DEFAULT '';"
        "ALTER TABLE a ALTER b TYPE varchar(9)",
    ),
    Ran(
        "empty: tables, enum types, constraints, a batch",
        f"{NOT_THERE} ALTER TABLE a ADD g int; CREATE TABLE e (id int)",
        "CREATE TYPE kind AS ENUM ('a'); CREATE TABLE ops.t (k kind); CREATE INDEX ix_t ON ops.t (k);"
        "ALTER TABLE a ADD b text CONSTRAINT uq_a_b UNIQUE; ALTER TABLE e ADD f text;"
        "CREATE INDEX ix ON a (g)",
    ),
    Ran(
        "empty: a rename and a change of type",
        "CREATE TABLE a (c varchar(9)); INSERT INTO a VALUES ('x')",
        "DROP TABLE a; CREATE TABLE b (d text)",
    ),
    Ran("empty: there is no downgrade()", NOT_THERE, "ALTER TABLE a ADD b text"),
    Ran(
        "asymmetric: the last is undone first",
        "CREATE TABLE a (n text NOT NULL)",
        "ALTER TABLE a ALTER n DROP NOT NULL, ADD b text CONSTRAINT uq_a_b UNIQUE",
    ),
    Ran(
        "order: a parent dropped first, with its comment",
        EMPTY,
        "CREATE TABLE p (id serial PRIMARY KEY); CREATE TABLE c (p_id int REFERENCES p);"
        "CREATE TABLE d (p_id int REFERENCES p)",
    ),
    Ran(
        "order: an index after its column",
        NOT_THERE,
        "ALTER TABLE a ADD b text; CREATE INDEX ix ON a (b)",
    ),
    Ran("default: a text", NOT_THERE, "ALTER TABLE a ADD state varchar NOT NULL DEFAULT 'active'"),
    Ran(
        "default: in a batch",
        OPS,
        "ALTER TABLE ops.a DROP m, ADD n int NOT NULL DEFAULT 0",
        down='op.drop_column("a", "n", schema="ops")\n'
        '    op.add_column("a", sa.Column("m", sa.Integer()), schema="ops")',
    ),
    Ran(
        "nullable, filled, then NOT NULL: in a batch",
        OPS,
        "ALTER TABLE ops.a DROP m; ALTER TABLE ops.a ADD n int NOT NULL DEFAULT 0;"
        "ALTER TABLE ops.a ALTER n DROP DEFAULT",
        down='op.drop_column("a", "n", schema="ops")\n'
        '    op.add_column("a", sa.Column("m", sa.Integer()), schema="ops")',
    ),
    Ran(
        "backfill: under alembic's comment, above one's own",
        'CREATE TABLE "order" ("user" int); INSERT INTO "order" VALUES (NULL), (7)',
        'UPDATE "order" SET "user" = 0 WHERE "user" IS NULL;'
        'ALTER TABLE "order" ALTER "user" SET NOT NULL',
        kept='SELECT max("user") = 7 FROM "order"',
    ),
    Ran("index: both directions", A, "CREATE INDEX ix_a_b ON a (b)"),
    Ran(
        "index: out of a batch, tabs",
        OPS,
        "ALTER TABLE ops.a ADD b text; CREATE UNIQUE INDEX ix_a_b ON ops.a (b)",
        down='op.drop_index("ix_a_b", table_name="a", schema="ops")\n'
        '    op.drop_column("a", "b", schema="ops")',
    ),
    Ran(
        "index: dropped",
        f"{A} CREATE INDEX ix_a_b ON a (b)",
        "DROP INDEX ix_a_b",
        down='op.create_index("ix_a_b", "a", ["b"])',
    ),
    Ran(
        "concurrent-in-transaction: wrapped, in downgrade() as well", A, "CREATE INDEX ix ON a (b)"
    ),
    Ran("guard: IF [NOT] EXISTS", f"{A} CREATE INDEX ix ON a (b)", "DROP INDEX ix"),
    Ran("guard: a drop before a concurrent build", A, "CREATE INDEX ix ON a (b)"),
    Ran(
        "guard: ADD VALUE",
        "CREATE TYPE kind AS ENUM ('a')",
        "ALTER TYPE kind ADD VALUE 'c'",
        back="ALTER TYPE kind ADD VALUE 'c'",
    ),
    Ran("parent: moved on top of the base branch, the docstring too", *CHAIN),
    Ran(
        "rebuilt: a table with all that goes with it",
        REBUILT,
        "DROP TABLE ops.vendor; DROP TYPE ops.state",
        asked=True,
    ),
    Ran(
        "rebuilt: a column with its check, an index, a constraint, a change",
        REBUILT,
        "ALTER TABLE ops.vendor DROP n, ALTER state DROP DEFAULT; DROP INDEX ops.ix_name",
        asked=True,
    ),
    Ran(
        "rebuilt: the one that is missing",
        REBUILT,
        "ALTER TABLE ops.vendor DROP CONSTRAINT ck_n, ADD b text; DROP INDEX ops.ix_name;"
        "CREATE INDEX ix_vendor_name ON ops.vendor (name)",
        asked=True,
    ),
]
