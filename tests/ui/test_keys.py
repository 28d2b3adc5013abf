"""The key map: ids to remap by, a sentence for each key, and no dangerous neighbours."""

from __future__ import annotations

from textual.binding import Binding, BindingsMap

from opsmig_tui.ui.app import OpsmigApp
from opsmig_tui.ui.keys import EVERYWHERE, MAIN
from opsmig_tui.ui.panes.changes import ChangesList, ChangesPane
from opsmig_tui.ui.panes.database import DatabasePane
from opsmig_tui.ui.panes.history import HistoryList, HistoryPane
from opsmig_tui.ui.panes.output import OutputPane
from opsmig_tui.ui.panes.review import ReviewList, ReviewPane
from opsmig_tui.ui.reasons import CHANGES_SOMETHING
from opsmig_tui.ui.screens.main import MainScreen

PANES = (
    DatabasePane,
    HistoryPane,
    HistoryList,
    ChangesPane,
    ChangesList,
    ReviewPane,
    ReviewList,
    OutputPane,
)


def bindings(of: type) -> list[Binding]:
    return [one for ones in BindingsMap(of.BINDINGS).key_to_bindings.values() for one in ones]


def everything() -> list[Binding]:
    found = [*BindingsMap(MAIN), *BindingsMap(EVERYWHERE)]
    ours = [one[1] if isinstance(one, tuple) else one for one in found]
    return [*ours, *(one for pane in PANES for one in bindings(pane))]


def test_every_binding_has_an_id() -> None:
    assert not [one.key for one in everything() if not one.id]


def test_every_key_of_the_main_screen_has_a_sentence() -> None:
    assert not [one.key for one in [*MAIN, *EVERYWHERE] if not one.tooltip]


def test_an_id_stands_for_one_action() -> None:
    actions: dict[str | None, set[str]] = {}
    for one in [*MAIN, *EVERYWHERE]:
        actions.setdefault(one.id, set()).add(one.action)
    assert not {name: found for name, found in actions.items() if len(found) > 1}


def test_no_two_keys_differ_only_by_shift_where_one_changes_a_database() -> None:
    keys = {one.key for one in everything()}
    dangerous = {one.key for one in everything() if one.action in CHANGES_SOMETHING}
    assert dangerous >= {"c", "u", "d"}
    assert not {key for key in dangerous if key.swapcase() in keys}


def test_every_action_exists() -> None:
    for one in [*MAIN, *EVERYWHERE]:
        name = one.action.split("(")[0].removeprefix("app.")
        assert hasattr(MainScreen, f"action_{name}") or hasattr(OpsmigApp, f"action_{name}"), one
