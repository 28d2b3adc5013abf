"""What earlier and other revision files tell."""

from opsmig_tui.review.known import pending_enum_values

HEAD = "from alembic import op\nrevision = 'a1'\ndown_revision = None\ndef upgrade():\n"
LOOP = """
    with op.get_context().autocommit_block():
        for value in ("b", "c"):
            op.execute(f"ALTER TYPE ops.kind ADD VALUE IF NOT EXISTS '{value}'")
"""
PLAIN = """
    op.execute('ALTER TYPE "Mood" ADD VALUE $$it\\'s$$')
    op.execute("ALTER TYPE Plain ADD\\nVALUE 'x' BEFORE 'y'")
"""
HIDDEN = """
    op.execute(f"ALTER TYPE hidden ADD VALUE '{value()}'")
"""


def test_values_added_in_loops_in_sql_and_by_schema() -> None:
    texts = [HEAD + LOOP, HEAD + PLAIN, HEAD + HIDDEN, "ADD VALUE (", HEAD + "    pass\n"]
    assert pending_enum_values(texts) == {
        "ops.kind": ("b", "c"),
        "Mood": ("it's",),
        "plain": ("x",),
        "hidden": (),
    }
