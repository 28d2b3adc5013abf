"""A migration with findings and its SQL, as the tabs are given them."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from opsmig_tui.review.model import Finding, NotChecked, Review, Summary
from opsmig_tui.ui.panes.review import sql
from opsmig_tui.ui.panes.review.compare import compare
from opsmig_tui.ui.panes.review.content import Content
from opsmig_tui.ui.widgets import code
from opsmig_tui.worker.protocol import RenderedDirection, RenderedRevision, RenderedStatement

SOURCE = textwrap.dedent('''\
    """add state

    Revision ID: b2
    Revises: a1
    Create Date: 2026-04-15 14:20:37

    """
    from alembic import op
    import sqlalchemy as sa

    revision = "b2"
    down_revision = "a1"


    def upgrade() -> None:
        op.add_column(
            "asset",
            sa.Column("state", sa.Text()),
        )
        op.execute("UPDATE asset SET state = 'idle'")
        with op.get_context().autocommit_block():
            op.create_index("ix_asset_state", "asset", ["state"], postgresql_concurrently=True)


    def downgrade() -> None:
        op.drop_column("asset", "state")
''')  # fmt: skip

RENDERED = RenderedRevision(
    "b2",
    "digest",
    RenderedDirection((
        RenderedStatement("ALTER TABLE asset ADD COLUMN state TEXT", (16,)),
        RenderedStatement("UPDATE asset SET state = 'idle'", (20,)),
        RenderedStatement(
            "CREATE INDEX CONCURRENTLY ix_asset_state\nON asset (state)", (22,), autocommit=True
        ),
    )),
    RenderedDirection((RenderedStatement("ALTER TABLE asset DROP COLUMN state;", (26,)),)),
)  # fmt: skip

FINDINGS = (
    Finding("note-rule", "note", 16, "A note about the column.", "", "", end_line=19),
    Finding(
        "update-all-rows", "warning", 20, "Updates every row of asset.", "Locks rows.",
        "Do it in batches.", live="asset has 1,204 rows.",
    ),
    Finding("drop-column", "error", 26, "Drops asset.state.", "The data is gone.", "Think twice."),
)  # fmt: skip


@pytest.fixture
def review() -> Review:
    return Review(
        Path("versions/b2_add_state.py"),
        "b2",
        SOURCE,
        Summary(("adds column asset.state",), ("drops column asset.state",)),
        FINDINGS,
        (NotChecked("enum-value-missing", "no database"),),
        message="add state",
        rendered=RENDERED,
    )


def content_of(review: Review) -> Content:
    """As the pane makes it before the colours are there."""
    base, source = code.plain(review.diff_base), code.plain(review.source)
    texts = [[code.text_of(one) for one in lines] for lines in (base, source)]
    steps = compare(*texts)
    made = sql.plain(review.rendered) if review.rendered is not None else None
    return Content(review, None, "b2.py", steps, base, source, made)
