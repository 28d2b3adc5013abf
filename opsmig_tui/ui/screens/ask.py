"""One line of text that is asked for: a reason, a value, a file name."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from opsmig_tui.ui.keys import key
from opsmig_tui.ui.later import later
from opsmig_tui.ui.screens.choice import Choice
from opsmig_tui.ui.screens.dialog import DEAF_SECONDS, Dialog

#: Why a text cannot be taken, "" when it can.
Check = Callable[[str], str]


def _required(text: str) -> str:
    return "" if text.strip() else "Something must stand here."


class AskScreen(Dialog[str | None]):
    """Results in the text, without blanks around it; None when the person left.

    Enter takes the text, which by itself changes nothing: what is done with it is shown and asked
    about, or is harmless. `option` is offered as a switch (ctrl+o); `chosen` tells its state.
    """

    DEAF = True
    BINDINGS: ClassVar[list[BindingType]] = [
        key("dialog.option", "ctrl+o", "option", "option", "Switch the option on or off"),
    ]

    def __init__(
        self,
        title: str,
        question: str,
        *,
        placeholder: str = "",
        text: str = "",
        check: Check = _required,
        option: str = "",
        take: str = "Go on",
    ) -> None:
        super().__init__(title)
        self.question, self.placeholder, self.text = question, placeholder, text
        self.check, self.option, self.take = check, option, take
        self.chosen = False

    def body(self) -> ComposeResult:
        yield Static(Content(self.question), classes="text")

    def below(self) -> ComposeResult:
        yield Input(self.text, placeholder=self.placeholder, id="message", disabled=True)
        yield Static("", id="problem", classes="text")
        with Horizontal(classes="choices"):
            if self.option:
                yield Choice("ctrl+o", "", "option", id="option", focusable=False)
            yield Choice("esc", "Leave", "close", id="leave")
            yield Choice("enter", self.take, "take", id="take", focusable=False)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#leave").focus()
        later(self, DEAF_SECONDS, self._hear)
        self._show_option()

    def _hear(self) -> None:
        field = self.query_one("#message", Input)
        field.disabled = False
        field.focus()

    @on(Input.Changed, "#message")
    def _forget_problem(self) -> None:
        self.query_one("#problem", Static).update("")

    @on(Input.Submitted, "#message")
    def action_take(self) -> None:
        if self.deaf:
            return
        text = self.query_one("#message", Input).value.strip()
        problem = self.check(text)
        if problem:
            self.query_one("#problem", Static).update(Content.styled(problem, "$warning"))
        else:
            self.dismiss(text)

    def action_option(self) -> None:
        self.chosen = not self.chosen
        self._show_option()

    def _show_option(self) -> None:
        if self.option:
            sign = "[x]" if self.chosen else "[ ]"
            words = Content.assemble(("ctrl+o", "bold"), f"  {sign} {self.option}")
            self.query_one("#option", Static).update(words)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self.option) if action == "option" else True
