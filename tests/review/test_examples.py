"""Every rule explains itself: its example fires at the marked lines, its counterpart does not."""

from __future__ import annotations

import pytest

from opsmig_tui.review.rules import ALL
from opsmig_tui.review.rules.base import Example, Rule
from tests.review.case import Case


def _marked(rule: Rule, example: Example) -> tuple[set[int], set[int]]:
    """Lines that are flagged by the rule, and lines that are marked."""
    down = example.down or "op.execute(UNDO)"
    case = Case(rule.id, example.up, down, example.top, example.whole, example.facts)
    lines = case.source.split("\n")
    marked = {at for at, line in enumerate(lines, start=1) if line.rstrip().endswith("#!")}
    return {item.line for item in case.review().findings if item.rule == rule.id}, marked


@pytest.mark.parametrize("rule", ALL.values(), ids=lambda rule: rule.id)
def test_the_example_fires_and_its_counterpart_does_not(rule: Rule) -> None:
    assert rule.source
    flagged, marked = _marked(rule, rule.fires)
    assert flagged == marked
    assert marked
    assert _marked(rule, rule.silent)[0] == set()
