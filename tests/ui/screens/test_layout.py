"""Which panes are open at which size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmig_tui.ui.screens.layout import MAIN, PANES, SIDE, Arrangement, arrange

sizes = st.tuples(st.integers(1, 250), st.integers(1, 80))


def at(columns: int, rows: int, focused: str = "history", **more: object) -> Arrangement:
    given = {"side": "history", "zoomed": False, "running": False, **more}
    return arrange(columns, rows, focused=focused, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [(100, 30), (120, 40), (200, 60)])
def test_with_room_everything_is_open(size: tuple[int, int]) -> None:
    assert at(*size) == Arrangement(narrow=False)


@pytest.mark.parametrize("focused", PANES)
def test_80x24_is_one_column_with_the_focused_pane_open(focused: str) -> None:
    found = at(80, 24, focused)
    assert found.narrow
    assert found.folded == set(PANES) - {focused}
    assert not found.hidden


def test_80x24_keeps_output_open_while_something_runs() -> None:
    found = at(80, 24, "review", running=True)
    assert "output" not in found.folded
    assert found.shares == "output"


def test_a_short_wide_terminal_keeps_two_columns_and_folds_the_rest() -> None:
    found = at(120, 24, "review", side="changes")
    assert not found.narrow
    assert found.folded == {"database", "history", "output"}
    assert at(120, 24, "output").folded == {"database", "changes"}


def test_zoom_and_tiny_terminals_show_one_pane() -> None:
    assert at(200, 60, "review", zoomed=True).hidden == set(PANES) - {"review"}
    assert at(20, 8, "changes").hidden == set(PANES) - {"changes"}


@given(sizes, st.sampled_from(PANES), st.sampled_from(SIDE), st.booleans(), st.booleans())
def test_the_focused_pane_is_always_open(
    size: tuple[int, int], focused: str, side: str, zoomed: bool, running: bool
) -> None:
    found = arrange(*size, focused=focused, side=side, zoomed=zoomed, running=running)
    assert focused not in found.folded | found.hidden
    assert not found.folded & found.hidden
    if found != Arrangement(narrow=False):
        assert found.fills(focused) or set(MAIN) & {focused} == {"output"} == {found.shares}
