"""The labelled migrations: what must be found is, what must not be is not."""

from __future__ import annotations

import pytest

from opsmig_tui.review.rules import ALL
from tests.review.labelled import Labelled, labelled
from tests.review.score import ours

CASES = list(labelled())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_found(case: Labelled) -> None:
    found = ours(case)
    assert case.must - found == set()
    assert found - case.must - case.may == set()


def test_there_are_enough() -> None:
    assert len(CASES) >= 150
    assert sum(case.clean for case in CASES) >= 60
    assert {rule for case in CASES for rule, _ in case.must | case.may} <= set(ALL)
