"""Each fix writes exactly what is wanted, whatever the file's line endings."""

from __future__ import annotations

import pytest

from tests.review.fixes import (
    pairs_chain,
    pairs_companions,
    pairs_downgrades,
    pairs_enums,
    pairs_indexes,
    pairs_names,
    pairs_nulls,
    pairs_rebuilt,
    pairs_renames,
    pairs_small,
)
from tests.review.fixes.pair import Pair

PAIRS: list[Pair] = [
    pair
    for module in (
        pairs_indexes,
        pairs_names,
        pairs_nulls,
        pairs_rebuilt,
        pairs_small,
        pairs_enums,
        pairs_chain,
        pairs_companions,
        pairs_downgrades,
        pairs_renames,
    )
    for pair in module.PAIRS
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_the_text(pair: Pair) -> None:
    assert pair.fixed() == pair.wanted
