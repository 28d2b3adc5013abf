"""Imports and guards."""

from opsmig_tui.review.model import Facts
from opsmig_tui.worker.protocol import ModelFacts
from tests.review.fixes.pair import Pair

IMPORT, GUARD = "missing-import", "no-existence-guard"
TYPES = Facts(models=ModelFacts((), (), {}, {"Money": "backend.types"}))
TOP = '''"""add"""
{}
revision = "a1"
down_revision = None


def upgrade():
    op.add_column("a", sa.Column("b", {}()))


def downgrade():
    op.drop_column("a", "b")
'''
BOTH = "\nfrom alembic import op\nimport sqlalchemy as sa\n"
VALUE = """
def upgrade():
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE kind ADD VALUE{} 'c'")


def downgrade():
    pass
"""
PAIRS = [
    Pair(
        "import: below the others",
        IMPORT,
        TOP.format(BOTH, "sqlmodel.sql.sqltypes.AutoString"),
        TOP.format(f"{BOTH}import sqlmodel.sql.sqltypes\n", "sqlmodel.sql.sqltypes.AutoString"),
    ),
    Pair(
        "import: the module of a type of the models'",
        IMPORT,
        TOP.format(BOTH, "Money"),
        TOP.format(f"{BOTH}from backend.types import Money\n", "Money"),
        facts=TYPES,
    ),
    Pair(
        "import: the usual one",
        IMPORT,
        TOP.format("\nfrom alembic import op\n", "sa.Integer"),
        TOP.format("\nfrom alembic import op\nimport sqlalchemy as sa\n", "sa.Integer"),
    ),
    Pair(
        "import: into a file that has none",
        IMPORT,
        TOP.format("", "int"),
        TOP.format("\nfrom alembic import op\n", "int"),
    ),
    Pair(
        "guard: IF [NOT] EXISTS",
        GUARD,
        """
        def upgrade():
            op.drop_index("ix", table_name="a")


        def downgrade():
            op.create_index("ix", "a", ["b"])
        """,
        """
        def upgrade():
            op.drop_index("ix", table_name="a", if_exists=True)


        def downgrade():
            op.create_index("ix", "a", ["b"])
        """,
    ),
    Pair(
        "guard: a drop before a concurrent build",
        GUARD,
        """
        def upgrade():
            with op.get_context().autocommit_block():
                # by b
                op.create_index(
                    "ix", "a", ["b"], if_not_exists=True, postgresql_concurrently=True
                )


        def downgrade():
            with op.get_context().autocommit_block():
                op.drop_index("ix", "a", postgresql_concurrently=True, if_exists=True)
        """,
        """
        def upgrade():
            with op.get_context().autocommit_block():
                op.drop_index("ix", table_name="a", if_exists=True, postgresql_concurrently=True)
                # by b
                op.create_index(
                    "ix", "a", ["b"], if_not_exists=True, postgresql_concurrently=True
                )


        def downgrade():
            with op.get_context().autocommit_block():
                op.drop_index("ix", "a", postgresql_concurrently=True, if_exists=True)
        """,
    ),
    Pair("guard: ADD VALUE", GUARD, VALUE.format(""), VALUE.format(" IF NOT EXISTS")),
    Pair(
        "guard: a concurrent build and drop in SQL",
        GUARD,
        """
        def upgrade():
            with op.get_context().autocommit_block():
                op.execute('CREATE INDEX CONCURRENTLY ix ON "Ops".a (b)')


        def downgrade():
            with op.get_context().autocommit_block():
                op.execute('DROP INDEX CONCURRENTLY IF EXISTS "Ops".ix')
        """,
        """
        def upgrade():
            with op.get_context().autocommit_block():
                op.execute('DROP INDEX CONCURRENTLY IF EXISTS "Ops".ix')
                op.execute('CREATE INDEX CONCURRENTLY ix ON "Ops".a (b)')


        def downgrade():
            with op.get_context().autocommit_block():
                op.execute('DROP INDEX CONCURRENTLY IF EXISTS "Ops".ix')
        """,
    ),
]
