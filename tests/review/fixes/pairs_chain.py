"""Parents, and docstrings that name them."""

from tests.review.cases_chain import chain, rev, whole
from tests.review.fixes.pair import PATH, Pair

ME = rev("a1", "a0", path=PATH)
MOVED = whole(parent='"b1"', docstring="Revises: b1")
PAIRS = [
    Pair(
        "parent: moved on top of the base branch, the docstring too",
        "wrong-parent",
        whole(),
        MOVED,
        facts=chain(ME, rev("a0"), rev("b1", "a0"), rev("c1", "a1"), new={"a1", "c1"}, base={"b1"}),
    ),
    Pair(
        "docstring: Revises",
        "revises-mismatch",
        whole(docstring="Revises: a9  "),
        whole(docstring="Revises: a0  "),
    ),
    Pair(
        "docstring: Revision ID",
        "revises-mismatch",
        whole().replace("Revision ID: a1", "Revision ID: a7"),
        whole(),
    ),
    Pair(
        "docstring: no parent",
        "revises-mismatch",
        whole(parent="None"),
        whole(parent="None", docstring="Revises:"),
    ),
]
