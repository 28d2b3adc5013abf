"""Cases of rules that need the models, the database or the settings."""
# ruff: noqa: E501 - a mark must stand on the line it is about

from __future__ import annotations

from dataclasses import replace

from opsmig_tui.review.model import Facts
from opsmig_tui.worker.protocol import (
    ColumnFacts,
    ConstraintFacts,
    DatabaseFacts,
    EnumFacts,
    ModelFacts,
    TableFacts,
)
from tests.review.case import Case


def table(name: str, *columns: str, constraints: tuple[ConstraintFacts, ...] = ()) -> TableFacts:
    found = tuple(ColumnFacts(column, "VARCHAR(50)", True, False) for column in columns)
    return TableFacts("ops", name, found, constraints)


def facts(
    model_enums: dict[str, tuple[str, ...]] | None = None,
    there: dict[str, tuple[str, ...]] | None = None,
    model_tables: tuple[TableFacts, ...] = (),
    tables: tuple[TableFacts, ...] = (),
    imports: dict[str, str] | None = None,
    dialect: str = "postgresql",
) -> Facts:
    models = tuple(EnumFacts("ops", name, values) for name, values in (model_enums or {}).items())
    database = tuple(EnumFacts("ops", name, values) for name, values in (there or {}).items())
    return Facts(
        models=ModelFacts(model_tables, models, {}, imports or {}),
        database=DatabaseFacts(dialect, 160000, tables, database),
    )


BEHIND = facts({"kind": ("a", "b", "c")}, {"kind": ("a", "b")})
ADD = 'op.add_column("t", sa.Column("x", sa.Integer()))'
DROP = 'op.drop_column("t", "x")'
FIRES = f"""
from alembic import op
import sqlalchemy as sa
revision = "a1"
down_revision = "a0"
def upgrade():  #! enum-value-missing
    {ADD}
def downgrade():
    {DROP}
"""
SILENT = FIRES.replace("  #! enum-value-missing", "")
ADD_KIND = 'op.add_column("t", sa.Column("k", sa.Enum("a", "b", name="kind")))'
DROP_KIND = 'op.drop_column("t", "k")'

NAMED = (
    ConstraintFacts("foreign", "fk_t_u", ("u_id",), "FOREIGN KEY (u_id) REFERENCES u(id)"),
    ConstraintFacts("unique", "uq_t_x", ("x",), "UNIQUE (x)"),
)
OTHERWISE = (
    ConstraintFacts("foreign", "t_u_id_fkey", ("u_id",), "FOREIGN KEY (u_id) REFERENCES u(id)"),
    ConstraintFacts("unique", "uq_t_x", ("x",), "UNIQUE (x)"),
)
RENAMED = facts(
    model_tables=(table("t", "u_id", "x", constraints=NAMED),),
    tables=(table("t", "u_id", "x", constraints=OTHERWISE),),
)

VERSIONED = Facts(companions={"agreement": "agreement_history"})
COPIED = facts(
    tables=(
        table("agreement", "id", "name"),
        table("agreement_history", "history_id", "id", "name"),
        table("vendor", "id"),
    )
)
COPIED = replace(COPIED, models=None)
APART = facts(
    tables=(
        table("agreement", "id", "name", "town", "note"),
        table("agreement_version", "id", "agreement_id"),
    )
)
NEW_TABLE = 'op.create_table("agreement", sa.Column("id", sa.Integer()))'
NEW_COLUMN = 'op.add_column("agreement", sa.Column("x", sa.Integer()))'

CASES = [
    Case("enum-value-missing", whole=FIRES, facts=BEHIND),
    Case(
        "near: the values are there",
        whole=SILENT,
        facts=facts({"kind": ("b", "a")}, {"kind": ("a", "b")}),
    ),
    Case(
        "near: another pending revision adds it",
        whole=SILENT,
        facts=replace(BEHIND, enum_values_pending={"kind": ("c",)}),
    ),
    Case(
        "near: later revisions follow", whole=SILENT, facts=replace(BEHIND, is_last_pending=False)
    ),
    Case("near: the type is not there at all", whole=SILENT, facts=facts({"kind": ("a",)}, {})),
    Case(
        "near: not PostgreSQL",
        whole=SILENT,
        facts=facts({"kind": ("a",)}, {"kind": ()}, dialect="mysql"),
    ),
    Case(
        "near: this one adds it",
        """
        with op.get_context().autocommit_block():
            op.execute("ALTER TYPE ops.kind ADD VALUE IF NOT EXISTS 'c' AFTER 'b'")
        """,
        "op.execute('SELECT 1')",
        facts=BEHIND,
    ),
    Case(
        "near: it may add it, in a way the text hides",
        "add_values(op)",
        top="from .common import add_values",
        facts=BEHIND,
    ),
    Case("enum-type-missing", f"{ADD_KIND}  #! enum-type-missing", DROP_KIND, facts=facts()),
    Case(
        "enum-type-missing: by altering, and known from the files alone",
        'op.alter_column("t", "k", existing_type=sa.String(), type_=sa.Enum("a", name="kind"))  #! enum-type-missing, cast-without-using',
        'op.alter_column("t", "k", existing_type=sa.Enum("a", name="kind"), type_=sa.String())',
        facts=Facts(known_enums=frozenset({"other"})),
    ),
    Case(
        "enum-type-missing: dropped by upgrade, not made again",
        """
        op.drop_column("t", "k")  #! drop-column
        op.execute("DROP TYPE kind")
        """,
        f"{ADD_KIND}  #! enum-type-missing",
        facts=facts(there={"kind": ("a", "b")}),
    ),
    Case("near: the type exists", ADD_KIND, DROP_KIND, facts=facts(there={"kind": ("a", "b")})),
    Case(
        "near: an earlier file makes it",
        ADD_KIND,
        DROP_KIND,
        facts=Facts(known_enums=frozenset({"kind"})),
    ),
    Case(
        "near: created before, each in its own way",
        """
        sa.Enum("a", name="one").create(op.get_bind(), checkfirst=True)
        op.add_column("t", sa.Column("k", sa.Enum("a", name="one")))
        op.execute("CREATE TYPE two AS ENUM ('a')")
        op.add_column("t", sa.Column("l", sa.Enum("a", name="two")))
        op.create_table("u", sa.Column("k", sa.Enum("a", name="three")))
        op.add_column("t", sa.Column("m", sa.Enum("a", name="three")))
        op.execute("DO $$ BEGIN CREATE TYPE four AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$")
        op.add_column("t", sa.Column("n", sa.Enum("a", name="four")))
        op.add_column("t", sa.Column("o", sa.Enum("a", name="five", native_enum=False)))
        """,
        facts=facts(),
    ),
    Case(
        "near: the same type with other values",
        'op.alter_column("t", "k", existing_type=sa.Enum("a", name="kind"), type_=sa.Enum("a", "b", name="kind"))',
        'op.alter_column("t", "k", existing_type=sa.Enum("a", "b", name="kind"), type_=sa.Enum("a", name="kind"))',
        facts=facts(),
    ),
    Case(
        "constraint-renamed",
        whole=FIRES.replace("enum-value-missing", "constraint-renamed"),
        facts=RENAMED,
    ),
    Case(
        "near: renamed here",
        'op.execute("ALTER TABLE ops.t RENAME CONSTRAINT t_u_id_fkey TO fk_t_u")',
        'op.execute("ALTER TABLE ops.t RENAME CONSTRAINT fk_t_u TO t_u_id_fkey")',
        facts=RENAMED,
    ),
    Case(
        "constraint-renamed: dropped and built again",
        """
        op.drop_index("ix_old", table_name="t", if_exists=True)  #! constraint-renamed
        op.create_index("ix_new", "t", ["a"], unique=True, if_not_exists=True)  #! index-not-concurrent
        """,
        """
        op.drop_index("ix_new", table_name="t", if_exists=True)
        op.create_index("ix_old", "t", ["a"], unique=True, if_not_exists=True)  #! index-not-concurrent
        """,
    ),
    Case(
        "near: dropped and built over something else",
        """
        op.drop_constraint("uq_old", "t", type_="unique")
        op.create_unique_constraint("uq_new", "t", ["a", "b"])  #! unique-constraint
        """,
        """
        op.drop_constraint("uq_new", "t", type_="unique")
        op.create_unique_constraint("uq_old", "t", ["a"])
        """,
    ),
    Case(
        "missing-import: the models know where from",
        """
        op.add_column("t", sa.Column("x", backend.types.Money()))  #! missing-import
        """,
        DROP,
        facts=facts(imports={"Money": "backend.types"}),
    ),
    Case(
        "rename: only the database tells what the old column was",
        """
        op.add_column("t", sa.Column("vendor_name", sa.String(50)), schema="ops")
        op.drop_column("t", "vendor", schema="ops")  #! rename-as-drop-add-column
        """,
        facts=facts(tables=(table("t", "vendor"),)),
    ),
    Case(
        "companion-table-missing",
        f"{NEW_TABLE}  #! companion-table-missing",
        'op.drop_table("agreement")',
        facts=VERSIONED,
    ),
    Case(
        "near: the companion comes along",
        f"""
        {NEW_TABLE}
        op.create_table("agreement_history", sa.Column("id", sa.Integer()))
        op.create_table("plain", sa.Column("id", sa.Integer()))
        """,
        """
        op.drop_table("plain")
        op.drop_table("agreement_history")
        op.drop_table("agreement")
        """,
        facts=VERSIONED,
    ),
    Case(
        "near: the companion is there already",
        NEW_TABLE,
        'op.drop_table("agreement")',
        facts=replace(VERSIONED, known_tables=frozenset({"agreement_history"})),
    ),
    Case(
        "companion-column-missing",
        f"""
        {NEW_COLUMN}  #! companion-column-missing
        op.alter_column("agreement", "y", new_column_name="z")  #! companion-column-missing, rename-breaks-app
        op.execute("ALTER TABLE ops.agreement ALTER w TYPE text")  #! companion-column-missing
        """,
        """
        op.alter_column("agreement", "w", type_=sa.String(9))
        op.alter_column("agreement", "z", new_column_name="y")
        op.drop_column("agreement", "x")
        """,
        facts=VERSIONED,
    ),
    Case(
        "companion-column-missing: by the suffix of a table of the database",
        f"{NEW_COLUMN}  #! companion-column-missing",
        'op.drop_column("agreement", "x")',
        facts=COPIED,
    ),
    Case(
        "near: a version table that is a thing of its own",
        NEW_COLUMN,
        'op.drop_column("agreement", "x")',
        facts=replace(APART, companions={"agreement": "agreement_version"}),
    ),
    Case(
        "near: mirrored, by a loop, in a batch, in SQL",
        """
        for name in ("agreement", f"agreement_history"):
            op.add_column(name, sa.Column("x", sa.Integer()))
        with op.batch_alter_table("agreement_history") as batch:
            batch.add_column(sa.Column("y", sa.Integer()))
        op.execute("ALTER TABLE ops.agreement ADD y int")
        op.alter_column("agreement", "z", server_default="1")
        op.alter_column("agreement", "w", nullable=True)
        op.add_column("vendor", sa.Column("x", sa.Integer()))
        op.add_column("agreement_history", sa.Column("valid_to", sa.DateTime()))
        """,
        facts=COPIED,
    ),
]
CASES += [
    Case(
        "near: built again with other options",
        """
        op.drop_constraint("fk_old", "t", type_="foreignkey")
        op.create_foreign_key("fk_new", "t", "u", ["a"], ["id"], ondelete="CASCADE")  #! fk-validated
        op.drop_constraint("fk_one", "t", type_="foreignkey")
        op.create_foreign_key("fk_two", "t", "w", ["b"], ["id"])  #! fk-validated
        """,
        """
        op.drop_constraint("fk_two", "t", type_="foreignkey")
        op.create_foreign_key("fk_one", "t", "v", ["b"], ["id"])
        op.drop_constraint("fk_new", "t", type_="foreignkey")
        op.create_foreign_key("fk_old", "t", "u", ["a"], ["id"])
        """,
    ),
]
