"""Cases of chain rules."""

from __future__ import annotations

from pathlib import Path

from opsmig_tui.history.model import History, Revision
from opsmig_tui.review.model import ChainFacts, Facts
from tests.review.case import Case

OWN = Path("versions/a1_add.py")


def rev(
    name: str, *parents: str, labels: tuple[str, ...] = (), path: Path | None = None
) -> Revision:
    return Revision(name, parents, path or Path(f"versions/{name}.py"), branch_labels=labels)


def chain(*revisions: Revision, new: set[str] | None = None, base: set[str] | None = None) -> Facts:
    history = History(tuple(revisions))
    return Facts(
        chain=ChainFacts(
            history,
            None if new is None else frozenset(new),
            None if base is None else frozenset(base),
        )
    )


def whole(
    parent: str = '"a0"', docstring: str = "Revises: a0", more: str = "", mark: str = ""
) -> str:
    return f'''"""add

Revision ID: a1
{docstring}
"""
from alembic import op
import sqlalchemy as sa
revision = "a1"
down_revision = {parent}{mark and f"  #! {mark}"}
{more}
def upgrade():
    op.add_column("a", sa.Column("b", sa.Text()))
def downgrade():
    op.drop_column("a", "b")
'''


ME = rev("a1", "a0", path=OWN)

CASES = [
    Case("near: alone on top", whole=whole(), facts=chain(ME, rev("a0"))),
    Case(
        "multiple-heads",
        whole=whole(mark="multiple-heads"),
        facts=chain(ME, rev("b1", "a0"), rev("a0")),
    ),
    Case(
        "near: the other head has a label of its own",
        whole=whole(),
        facts=chain(ME, rev("b1", "a0", labels=("reports",)), rev("a0")),
    ),
    Case(
        "multiple-heads: two heads of one label",
        whole=whole(mark="multiple-heads"),
        facts=chain(ME, rev("b1", "a0"), rev("a0", labels=("core",))),
    ),
    Case(
        "near: two heads elsewhere",
        whole=whole(),
        facts=chain(rev("c", "a1"), rev("d", "a1"), ME, rev("a0")),
    ),
    Case(
        "wrong-parent",
        whole=whole(mark="wrong-parent"),
        facts=chain(ME, rev("a0"), new={"a1"}, base={"z9"}),
    ),
    Case(
        "near: on a head of the base branch",
        whole=whole(),
        facts=chain(ME, rev("a0"), new={"a1"}, base={"a0"}),
    ),
    Case(
        "near: on another new one",
        whole=whole(),
        facts=chain(ME, rev("a0"), new={"a1", "a0"}, base={"z9"}),
    ),
    Case(
        "near: not new at all",
        whole=whole(),
        facts=chain(ME, rev("a0"), new=set(), base={"z9"}),
    ),
    Case(
        "revises-mismatch",
        whole=whole(docstring="Revises: zz  #! revises-mismatch"),
    ),
    Case(
        "revises-mismatch: nothing said of a parent",
        whole="""
        '''Something.

        Revision ID: a9  #! revises-mismatch
        Revises:
        '''
        revision = "a1"
        down_revision = None
        def upgrade(op):
            op.rename_table("a", "b")  #! rename-breaks-app
        def downgrade(op):
            op.rename_table("b", "a")
        """,
    ),
    Case(
        "near: merges, None, and no such lines",
        whole=whole(parent='("a0", "b0")', docstring="Revises: a0, b0"),
    ),
    Case("near: None", whole=whole(parent="None", docstring="Revises: None")),
    Case("near: no docstring lines", whole=whole(docstring="about the Revises rule")),
    Case(
        "duplicate-revision",
        whole=whole().replace('revision = "a1"', 'revision = "a1"  #! duplicate-revision', 1),
        facts=chain(rev("a1", "a0", path=Path("versions/copy.py")), ME, rev("a0")),
    ),
    Case(
        "missing-parent",
        whole=whole(mark="missing-parent"),
        facts=chain(ME),
    ),
    Case(
        "missing-parent: depends_on",
        whole=whole(more='depends_on = "gone"  #! missing-parent'),
        facts=chain(ME, rev("a0")),
    ),
    Case(
        "near: depends on a branch label",
        whole=whole(more='depends_on = "reports"'),
        facts=chain(ME, rev("a0"), rev("r1", "a0", labels=("reports",)), rev("r2", "a1", "r1")),
    ),
    Case(
        "cycle",
        whole=whole(mark="cycle"),
        facts=chain(ME, rev("a0", "a1")),
    ),
]
CASES += [
    Case(
        "multiple-heads: and not a second word about its parent",
        whole=whole(mark="multiple-heads"),
        facts=chain(ME, rev("z9", "a0"), rev("a0"), new={"a1"}, base={"z9"}),
    ),
]
