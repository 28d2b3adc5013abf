"""What the rules are called, wherever a table names them."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from opsmig_tui.review import precedence, second_opinion, told
from opsmig_tui.review.catalogue import headline
from opsmig_tui.review.fixes import planners
from opsmig_tui.review.rules import ALL, suppression


@pytest.mark.parametrize(
    "named",
    [
        pytest.param(told.TELLERS, id="told"),
        pytest.param(second_opinion.PLAIN.values(), id="squawk-plain"),
        pytest.param(second_opinion.FINER.values(), id="squawk-finer"),
        pytest.param(planners.RULES, id="fixes"),
        pytest.param(suppression.NEEDS_FACTS, id="suppression"),
        pytest.param(precedence.GIVES_WAY_TO, id="precedence"),
        pytest.param(frozenset().union(*precedence.GIVES_WAY_TO.values()), id="preferred"),
    ],
)
def test_every_rule_that_is_named_exists(named: Iterable[str]) -> None:
    assert set(named) - ALL.keys() == set()


def test_the_headline_is_the_first_sentence() -> None:
    assert headline(ALL["drop-table"]) == "A table is dropped"
    assert headline(ALL["ignore-unused"]) == (
        "An `# opsmig: ignore[...]` whose rule finds nothing there"
    )
