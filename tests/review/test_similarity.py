"""How likely one thing is another renamed, and why."""

from __future__ import annotations

from opsmig_tui.review.similarity import constraint_score
from tests.review.case import Case


def test_of_constraints_the_parts_decide_and_the_names_confirm() -> None:
    other = constraint_score("t_a_fkey", "zz", ("a",), "u")
    alike = constraint_score("uq_t_name", "uq_t_names", ("name",), None)
    assert str(other) == "score 0.80, both are over a, both point to u"
    assert alike.reasons == ("both are over name", "the names are alike")
    assert 0.8 < alike.value < 1


def test_the_score_is_shown() -> None:
    up = """
    op.drop_constraint("uq_a_bs", "a", type_="unique")
    op.create_unique_constraint("uq_a_b", "a", ["b"])
    """
    down = 'op.create_unique_constraint("uq_a_bs", "a", ["b"])'
    found = Case("", up, down).review().findings
    (message,) = [item.message for item in found if item.rule == "constraint-renamed"]
    assert message == (
        "Drops unique constraint uq_a_bs and builds the same again as uq_a_b: "
        "score 0.93, both are over b, the names are alike."
    )
