"""An answer to a dialog: a word with its key, for the mouse as well."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from opsmig_tui.ui.keys import key


class Choice(Static):
    """Runs `action` of its screen when clicked or, where it may take the focus, on enter.

    Answers that change something are not focusable: enter must never reach them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        key("dialog.press", "enter", "press", "press", "Take the focused answer")
    ]

    def __init__(
        self, letter: str, text: str, action: str, *, id: str, focusable: bool = True
    ) -> None:
        super().__init__(Content.assemble((letter, "bold"), f"  {text}"), id=id)
        self.can_focus = focusable
        self._action = action

    async def on_click(self) -> None:
        await self.action_press()

    async def action_press(self) -> None:
        await self.run_action(f"screen.{self._action}")
