from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from opsmig_tui.ui.widgets.paint import cut, cut_start, highlight, line, spread, wrap

PLAIN = Style()
BOLD = Style(bold=True)


def test_cut_keeps_the_start_and_cut_start_the_end() -> None:
    assert cut("backend/models", 9) == "backend/…"
    assert cut_start("backend/models", 9) == "…d/models"
    assert cut("short", 9) == cut_start("short", 9) == "short"


@given(st.text(max_size=40), st.integers(0, 30))
def test_cut_text_never_takes_more_than_its_width(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) <= width
    assert cell_len(cut_start(text, width)) <= max(width, 0)


def test_control_characters_move_no_cursor() -> None:
    assert line(("a\x1b[31m\tb\n", PLAIN)).text == "a [31m b "


def test_spread_puts_the_right_part_at_the_edge() -> None:
    strip = spread([("left", PLAIN)], [("right", PLAIN)], 20, PLAIN)
    assert strip.text == "left           right"


def test_spread_cuts_the_last_left_part() -> None:
    strip = spread([("a ", PLAIN), ("long message", PLAIN)], [("12 ms", PLAIN)], 14, PLAIN)
    assert strip.text == "a long… 12 ms" or strip.cell_length == 14
    assert strip.text.endswith("12 ms")


def test_wrap_counts_what_the_first_line_holds_already() -> None:
    assert wrap("one two three", 10, taken=6) == ["one", "two three"]
    assert wrap("", 10) == [""]


def test_highlight_marks_each_occurrence_in_any_case() -> None:
    strip = highlight(line(("Vendor, vendor", PLAIN)), "vendor", BOLD)
    marked = [segment.text for segment in strip if segment.style and segment.style.bold]
    assert marked == ["Vendor", "vendor"]
    assert strip.text == "Vendor, vendor"


def test_highlight_after_wide_characters() -> None:
    strip = highlight(line(("日本 op", PLAIN)), "op", BOLD)
    assert [s.text for s in strip if s.style and s.style.bold] == ["op"]
    assert strip.text == "日本 op"
