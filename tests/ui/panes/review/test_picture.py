"""A tab as an SVG: all of it, nothing from the web, and no values unless asked for."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.review.model import Review
from opsmig_tui.ui.panes.review.picture import picture
from opsmig_tui.ui.panes.review.tabs import TABS, named
from tests.ui.panes.review.conftest import content_of


def words(svg: str) -> str:
    """The text of a picture; raises when it is no XML."""
    root = ElementTree.fromstring(svg)
    found = [one.text or "" for one in root.iter("{http://www.w3.org/2000/svg}text")]
    return " ".join(found).replace("\xa0", " ")


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.name)
def test_a_picture_needs_nothing_from_elsewhere(review: Review, tab, dark: bool) -> None:  # type: ignore[no-untyped-def]
    svg = picture(content_of(review), tab, live=True, dark=dark)
    assert "add state" in words(svg)
    assert "url(http" not in svg
    assert svg.count("http") == 1  # its namespace


def test_it_shows_all_rows_with_their_flags(review: Review) -> None:
    shown = words(picture(content_of(review), named("code"), live=False, dark=True))
    for told in ("drop-column", "update-all-rows", "12 lines", "enum-value-missing", "✖", "▲"):
        assert told in shown
    assert "enter opens" not in shown


@pytest.mark.parametrize("tab", ["code", "findings"])
def test_values_of_a_database_only_when_asked_for(review: Review, tab: str) -> None:
    content = content_of(review)
    assert "1,204" not in picture(content, named(tab), live=False, dark=True)
    assert "1,204" in picture(content, named(tab), live=True, dark=True).replace("&#160;", " ")


def test_signs_of_markup_and_control_characters_are_text(review: Review) -> None:
    odd = replace(review, message='<b>&"\x1b[31m')
    assert '<b>&"' in words(picture(content_of(odd), named("sql"), live=False, dark=True))


def test_what_is_too_long_to_look_at_is_refused(review: Review) -> None:
    long = replace(review, source="def upgrade():\n" + "    pass\n" * 4_000, findings=())
    with pytest.raises(OpsmigError, match=r"too long for a picture: 4,0\d\d lines"):
        picture(content_of(long), named("code"), live=False, dark=True)
