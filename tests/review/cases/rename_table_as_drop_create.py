"""rename table as drop create

Revision ID: 83efcae17007
Revises: 5bbc50e1f0aa
Create Date: 2026-02-03 04:05:06

"""

import sqlalchemy as sa
from alembic import op

revision = "83efcae17007"
down_revision = "5bbc50e1f0aa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vendor_contact",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("salutation", sa.String(20)),
        sa.Column("telephone", sa.String(40)),
        sa.Column("street", sa.String(80)),
    )
    op.drop_table("vendor_contacts")  #! rename-as-drop-add-table


def downgrade() -> None:
    op.create_table(
        "vendor_contacts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("salutation", sa.String(20)),
        sa.Column("telephone", sa.String(40)),
        sa.Column("street", sa.String(80)),
    )
    op.drop_table("vendor_contact")
