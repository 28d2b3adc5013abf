"""The question before anything changes: what exactly, where, and what would be lost."""

from __future__ import annotations

from collections.abc import Iterator
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
from opsmig_tui.ui.screens.lines import Line
from opsmig_tui.workspace.confirm import Confirmation, ConfirmationStep


class ConfirmScreen(Dialog[bool]):
    """Results in True for yes. Where a text must be typed, `y` counts only after it.

    Enter never confirms, No has the focus, and nothing typed in the first 300 ms counts. `instead`
    names a harmless third answer (key s): the result is then False and `instead_chosen` is set.
    """

    DEAF = True
    BINDINGS: ClassVar[list[BindingType]] = [
        key("dialog.yes", "y", "yes", "yes", "Do it, once what must be typed is typed"),
        key("dialog.no", "n", "close", "no", "Do nothing and go back"),
        key("dialog.instead", "s", "instead", "instead", "Take the harmless way"),
    ]

    def __init__(self, confirmation: Confirmation, instead: str = "") -> None:
        danger = confirmation.destructive or not confirmation.local
        super().__init__(confirmation.title, classes="-danger" if danger else "")
        self.confirmation = confirmation
        self.instead = instead
        self.instead_chosen = False
        self.typed_right = confirmation.typed is None

    def body(self) -> ComposeResult:
        yield from question(self.confirmation)

    def below(self) -> ComposeResult:
        asked = self.confirmation
        if asked.typed is not None:
            ask = Content.assemble(
                "Type ", (asked.typed, "bold"), f" ({asked.typed_what}), then ", ("y", "bold"), "."
            )
            yield Static(ask, id="ask", classes="text")
            yield Input(id="typed", disabled=True, compact=True)
        with Horizontal(classes="choices"):
            yield Choice("n", "No, go back", "close", id="no")
            if self.instead:
                yield Choice("s", self.instead, "instead", id="instead")
            yield Choice("y", "Yes", "yes", id="yes", focusable=False)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#yes").set_class(not self.typed_right, "-off")
        self.query_one("#no").focus()
        if self.confirmation.typed is not None:
            later(self, DEAF_SECONDS, self._hear)

    def _hear(self) -> None:
        typed = self.query_one("#typed", Input)
        typed.disabled = False
        typed.focus()

    @on(Input.Changed, "#typed")
    def _compare(self, event: Input.Changed) -> None:
        """The right text locks itself and gives the keyboard back to No, so that `y` is a key.

        What stands there now counts, not what the event tells: more may have been typed since.
        """
        wanted, typed = self.confirmation.typed or "", event.input.value
        self.typed_right = typed == wanted
        self.query_one("#yes").set_class(not self.typed_right, "-off")
        event.input.set_class(not wanted.startswith(typed), "-wrong")
        if self.typed_right:
            event.input.disabled = True
            self.query_one("#no").focus()

    @on(Input.Submitted, "#typed")
    def _enter_confirms_nothing(self) -> None:
        self.notify(f"Enter never confirms: type {self.confirmation.typed}, then y.", markup=False)

    def action_yes(self) -> None:
        if self.deaf:
            return
        if self.typed_right:
            self.dismiss(True)
        else:
            self.notify(f"Type {self.confirmation.typed} first.", markup=False)

    def action_instead(self) -> None:
        if self.instead and not self.deaf:
            self.instead_chosen = True
            self.dismiss(False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self.instead) if action == "instead" else True

    def action_close(self) -> None:
        self.dismiss(False)


def question(asked: Confirmation) -> Iterator[Line]:
    """The whole question: database, warnings, plan, command."""
    yield Line(Content.styled("on  ", "$dim"), Content.styled(asked.database, "bold"))
    for text in asked.warnings:
        yield Line(Content.styled("▲ ", "$warning"), Content.styled(text, "$warning"))
    for text in asked.notes:
        yield Line(Content.styled("• ", "$dim"), text)
    yield Line("", "")
    for step in asked.steps:
        yield from _step(step)
    if asked.steps:
        yield Line("", "")
    yield Line(Content.styled("$ ", "$dim"), Content.styled(asked.command, "$dim"))


def _step(step: ConfirmationStep) -> Iterator[Line]:
    yield Line(Content.styled(f"{step.revision}  ", "bold $accent"), step.message)
    if step.summary:
        yield Line("", Content.styled(step.summary, "$dim"), indent=4)
    for loss in step.losses:
        yield Line(Content.styled("✖ ", "$error"), Content.styled(loss, "$error"), indent=4)
    if step.commits:
        commits = Content.styled(step.commits, "$warning")
        yield Line(Content.styled("▲ ", "$warning"), commits, indent=4)
