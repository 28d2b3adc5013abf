"""Cases of comments that keep findings from being shown. A mark is a comment of its own, which the
reason does not hold."""
# ruff: noqa: E501 - a mark must stand on the line it is about

from tests.review.case import Case

DOWN = 'op.add_column("a", sa.Column("b", sa.Integer()))'

CASES = [
    Case(
        "ignore: without a reason",
        'op.drop_column("a", "b")  # opsmig: ignore[drop-column]  #! ignore-without-reason',
        DOWN,
    ),
    Case(
        "ignore: a rule that there is not",
        'op.drop_column("a", "b")  # opsmig: ignore[drop] x  #! drop-column, ignore-unknown-rule',
        DOWN,
    ),
    Case(
        "ignore: a rule that finds nothing",
        'op.add_column("a", sa.Column("c", sa.Integer()))  # opsmig: ignore[drop-column] x  #! ignore-unused',
        'op.drop_column("a", "c")',
    ),
    Case(
        "near: an ignore that is needed",
        """
        # opsmig: ignore[drop-column] not used since March
        op.drop_column("a", "b")
        """,
        DOWN,
    ),
]
