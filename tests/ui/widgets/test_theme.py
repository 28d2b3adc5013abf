"""Every text colour can be read on every ground it may stand on."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from textual.color import Color

from opsmig_tui.ui.theme import DARK, LIGHT, THEMES, Colours, variables

GROUNDS = (
    "background", "raised", "cursor", "cursor_blurred", "added_ground", "removed_ground",
    "added_word", "removed_word",
)  # fmt: skip
NO_TEXT = {*GROUNDS, "match_ground", "edge", "edge_focus"}


def luminance(colour: Color) -> float:
    """Relative luminance as WCAG 2 defines it."""

    def channel(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4

    return 0.2126 * channel(colour.r) + 0.7152 * channel(colour.g) + 0.0722 * channel(colour.b)


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_text_has_a_contrast_of_four_and_a_half(colours: Colours) -> None:
    named = asdict(colours)
    low = [
        f"{text} on {ground}: {contrast(named[text], named[ground]):.2f}"
        for text in named
        if text not in NO_TEXT
        for ground in GROUNDS
        if contrast(named[text], named[ground]) < 4.5
    ]
    assert low == []
    assert contrast(colours.text, colours.match_ground) >= 4.5


def test_themes_carry_the_semantic_variables() -> None:
    for theme in THEMES:
        assert set(variables(theme.dark)) <= set(theme.variables)
