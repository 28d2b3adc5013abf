"""`@`: everything that was done, as the alembic, git and docker commands it stands for."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from opsmig_tui.ui.keys import key
from opsmig_tui.ui.messages import CopyRequested
from opsmig_tui.ui.screens.dialog import Dialog
from opsmig_tui.workspace.state import LoggedCommand


class CommandLogScreen(Dialog[None]):
    """Oldest first, the newest selected."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("dialog.copy-command", "y,enter", "copy", "copy", "Copy the selected command"),
        key("dialog.close-log", "at,q", "close", "close", "Close the command log"),
        key("dialog.next-command", "j", "move('cursor_down')", "down", "Next command"),
        key("dialog.previous-command", "k", "move('cursor_up')", "up", "Previous command"),
        key("dialog.last-command", "G", "move('last')", "last", "Last command"),
        key("dialog.first-command", "g", "move('first')", "first", "First command"),
    ]

    def __init__(self, commands: tuple[LoggedCommand, ...]) -> None:
        super().__init__("Commands", classes="-wide -list")
        self.commands = commands

    def body(self) -> ComposeResult:
        if not self.commands:
            yield Static("Nothing was done yet.", classes="text")

    def below(self) -> ComposeResult:
        if self.commands:
            rows = [
                Option(Content.assemble((f"{one.at}  ", "$dim"), one.command))
                for one in self.commands
            ]
            yield OptionList(*rows, id="commands", compact=True)
        hint = "y copies   esc closes" if self.commands else "esc closes"
        yield Static(Content.styled(hint, "$dim"), classes="text")

    def on_mount(self) -> None:
        super().on_mount()
        for rows in self.query("#commands").results(OptionList):
            rows.highlighted = len(self.commands) - 1
            rows.focus()

    def action_move(self, how: str) -> None:
        for rows in self.query("#commands").results(OptionList):
            getattr(rows, f"action_{how}")()

    def on_option_list_option_selected(self) -> None:
        self.action_copy()

    def action_copy(self) -> None:
        for rows in self.query("#commands").results(OptionList):
            if rows.highlighted is not None:
                command = self.commands[rows.highlighted].command
                self.post_message(CopyRequested(command, "the command"))
