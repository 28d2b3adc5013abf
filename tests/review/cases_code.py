"""Cases of rules about a migration's Python, and about code that runs while it is applied."""

# ruff: noqa: E501 - a mark must stand on the line it is about

from __future__ import annotations

from pathlib import Path

from opsmig_tui.history.model import History, Revision
from opsmig_tui.review.model import ChainFacts, Facts
from tests.review.case import Case

HARMLESS = 'op.add_column("a", sa.Column("b", sa.Text()))'
UNDO = 'op.drop_column("a", "b")'


def named(template: str | None, new: frozenset[str] | None = None) -> Facts:
    """The file is called versions/a1_add.py."""
    before = Revision("a0", (), Path("versions/a0.py"))
    return Facts(file_template=template, chain=ChainFacts(History((before,)), new, frozenset()))


FILE = """
from alembic import op
import sqlalchemy as sa
revision = "a1"{mark}
down_revision = "a0"
def upgrade():
    op.add_column("a", sa.Column("b", sa.Text()))
def downgrade():
    op.drop_column("a", "b")
"""

CASES = [
    Case(
        "explicit-commit",
        """
        bind = op.get_bind()
        bind.execute(sa.text("UPDATE a SET b = 1 WHERE b IS NULL"))
        bind.commit()  #! explicit-commit
        op.get_bind().commit()  #! explicit-commit
        """,
    ),
    Case(
        "near: commits that are not of alembic's transaction",
        """
        session = Session(bind=op.get_bind())
        session.execute(sa.text("UPDATE a SET b = 1 WHERE b IS NULL"))
        session.commit()
        savepoint = op.get_bind().begin_nested()
        savepoint.commit()
        with op.get_context().autocommit_block():
            op.get_bind().commit()
        with op.get_bind().engine.connect() as other:
            other.commit()
        """,
        top="from sqlalchemy.orm import Session",
    ),
    Case(
        "swallowed-exception",
        f"""
        try:
            {HARMLESS}
        except Exception:  #! swallowed-exception
            pass
        for name in ("x", "y"):
            try:
                op.execute(f"COMMENT ON TABLE a IS '{{name}}'")
            except (sa.exc.ProgrammingError, ValueError) as error:  #! swallowed-exception
                print(error)
                continue
        """,
        UNDO,
    ),
    Case(
        "near: exceptions that are raised again, are not the database's, or stand in a savepoint",
        f"""
        try:
            {HARMLESS}
        except Exception as error:
            raise RuntimeError("b is there") from error
        try:
            import shop
        except ImportError:
            pass
        try:
            with op.get_bind().begin_nested():
                op.execute("COMMENT ON TABLE a IS NULL")
        except Exception:
            pass
        try:
            number = int("1")
        except Exception:
            pass
        """,
        UNDO,
    ),
    Case(
        "sql-by-string",
        """
        bind = op.get_bind()
        for row in bind.execute(sa.text("SELECT id, name FROM a")):
            bind.execute(sa.text(f"UPDATE a SET n = '{row.name}' WHERE id = 1"))  #! sql-by-string
            op.execute("UPDATE a SET n = '%s' WHERE id = 1" % row.name)  #! sql-by-string
            op.execute("UPDATE a SET n = '" + row.name + "' WHERE id = 1")  #! sql-by-string
            op.execute("UPDATE a SET n = '{}' WHERE id = 1".format(row.name))  #! sql-by-string
        """,
    ),
    Case(
        "near: SQL from constants, the catalog and counts, and bound values",
        """
        bind = op.get_bind()
        for name in ("x", "y"):
            op.execute(f"INSERT INTO a (name) VALUES ('{name}')")
        for found in bind.execute(sa.text("SELECT tablename FROM pg_tables")):
            bind.execute(sa.text(f"UPDATE {found.tablename} SET b = 1 WHERE b IS NULL"))
        count = bind.execute(sa.text("SELECT count(*) FROM a")).scalar()
        bind.execute(sa.text(f"UPDATE c SET d = {count} WHERE id = 1"))
        for row in bind.execute(sa.text("SELECT id, name FROM a")):
            bind.execute(sa.text("UPDATE a SET n = :n WHERE id = 1"), {"n": row.name})
            print(f"Updated {row.name}")
        """,
    ),
    Case(
        "model-import",
        """
        for user in Session(bind=op.get_bind()).query(User):
            user.name = "x"
        op.bulk_insert(entities.Role.__table__, [])
        """,
        top="""
        from sqlalchemy.orm import Session
        from shop.models import User  #! model-import
        from shop import entities  #! model-import
        """,
    ),
    Case(
        "near: models of a library, a custom type in a column, an import for nothing",
        """
        op.add_column("a", sa.Column("b", models.Money()))
        op.add_column("a", sa.Column("c", generic(), nullable=True))
        """,
        """
        op.drop_column("a", "c")
        op.drop_column("a", "b")
        """,
        top="""
        from shop import models
        from shop.models import User
        from sqlalchemy_utils.models import generic
        """,
    ),
    Case(
        "near: tools that the migrations share, kept below the models (galaxy)",
        'add_column("a", 1)',
        top="from shop.models.migrations.tools import add_column",
    ),
    Case(
        "rename-breaks-app",
        """
        op.rename_table("a", "b")  #! rename-breaks-app
        op.alter_column("c", "d", new_column_name="e")  #! rename-breaks-app
        """,
        """
        op.alter_column("c", "e", new_column_name="d")
        op.rename_table("b", "a")
        """,
    ),
    Case(
        "near: the old name lives on, or nobody knows it yet",
        """
        op.rename_table("a", "b")
        op.execute("CREATE VIEW a AS SELECT * FROM b")
        op.rename_table("c", "c_old")
        op.rename_table("c_new", "c")  #! rename-breaks-app
        op.create_table("e", sa.Column("f", sa.Text()))
        op.rename_table("e", "g")
        """,
        """
        op.drop_table("g")
        op.rename_table("c", "c_new")
        op.rename_table("c_old", "c")
        op.execute("DROP VIEW a")
        op.rename_table("b", "a")
        """,
    ),
    Case(
        "fk-without-index",
        """
        op.add_column("a", sa.Column("b_id", sa.Integer()))
        op.execute("ALTER TABLE a ADD CONSTRAINT fk FOREIGN KEY (b_id) REFERENCES b (id) NOT VALID")  #! fk-without-index
        """,
        """
        op.execute("ALTER TABLE a DROP CONSTRAINT fk")
        op.drop_column("a", "b_id")
        """,
    ),
    Case(
        "near: keys with an index of some kind, or of columns that may have one",
        """
        op.create_table(
            "a",
            sa.Column("b_id", sa.Integer(), sa.ForeignKey("b.id"), index=True),
            sa.Column("c_id", sa.Integer(), sa.ForeignKey("c.id")),
            sa.Column("d_id", sa.Integer(), sa.ForeignKey("d.id")),
            sa.UniqueConstraint("c_id", "d_id", name="uq_a"),
        )
        op.create_index("ix_a_d_id", "a", ["d_id"])
        op.execute("ALTER TABLE old ADD CONSTRAINT fk FOREIGN KEY (x) REFERENCES b (id) NOT VALID")
        """,
        """
        op.execute("ALTER TABLE old DROP CONSTRAINT fk")
        op.drop_table("a")
        """,
    ),
    Case(
        "json-column",
        """
        op.add_column("a", sa.Column("b", sa.JSON()))  #! json-column
        op.create_table("c", sa.Column("d", postgresql.JSON()), sa.Column("e", sa.JSON()))  #! json-column
        """,
        """
        op.drop_table("c")
        op.drop_column("a", "b")
        """,
    ),
    Case(
        "near: JSONB, and JSON elsewhere only",
        """
        op.add_column("a", sa.Column("b", postgresql.JSONB()))
        op.add_column("a", sa.Column("c", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")))
        """,
        """
        op.drop_column("a", "c")
        op.drop_column("a", "b")
        """,
    ),
    Case(
        "edited-after-apply",
        whole=FILE.replace("{mark}", "  #! edited-after-apply"),
        facts=Facts(edited_after_apply=True),
    ),
    Case(
        "near: not edited", whole=FILE.replace("{mark}", ""), facts=Facts(edited_after_apply=False)
    ),
    Case("near: not known whether edited", whole=FILE.replace("{mark}", "")),
    Case(
        "bad-file-name",
        whole=FILE.replace("{mark}", "  #! bad-file-name"),
        facts=named("%(year)d_%(month).2d_%(rev)s_%(slug)s"),
    ),
    Case(
        "near: named by the template",
        whole=FILE.replace("{mark}", ""),
        facts=named("%(rev)s_%(slug)s"),
    ),
    Case(
        "near: a template with a folder",
        whole=FILE.replace("{mark}", ""),
        facts=named("versions/%(rev)s_%(slug)s"),
    ),
    Case(
        "near: a token of the project's own",
        whole=FILE.replace("{mark}", ""),
        facts=named("%(team)s_%(rev)s"),
    ),
    Case(
        "near: a file that others have",
        whole=FILE.replace("{mark}", ""),
        facts=named("x", frozenset()),
    ),
    Case("near: no template", whole=FILE.replace("{mark}", ""), facts=named(None)),
]
