"""An app that shows one dialog, with the real style sheets and themes."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.screen import Screen

from opsmig_tui.ui.app import STYLES
from opsmig_tui.ui.messages import CopyRequested, EditRequested
from opsmig_tui.ui.theme import DARK_THEME, variables

NOT_YET = object()


class DialogHost(App[None]):
    """`result` is NOT_YET until it is dismissed; `copied`, `edits` are what it asked for."""

    CSS_PATH = STYLES
    BINDINGS = [Binding("f12", "nothing", id="app.nothing", tooltip="Nothing")]  # noqa: RUF012

    def __init__(self, dialog: Screen[Any]) -> None:
        super().__init__()
        self.dialog = dialog
        self.result: Any = NOT_YET
        self.copied: list[str] = []
        self.edits: list[tuple[str, int]] = []
        self.register_theme(DARK_THEME)
        self.theme = DARK_THEME.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variables(True)

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self._dismissed)

    def _dismissed(self, result: Any) -> None:
        self.result = result

    def on_copy_requested(self, event: CopyRequested) -> None:
        self.copied.append(event.text)

    def on_edit_requested(self, event: EditRequested) -> None:
        self.edits.append((str(event.path), event.line))
