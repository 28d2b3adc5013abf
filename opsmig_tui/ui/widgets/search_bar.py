"""The line at the foot of a pane where `/` is typed."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static


class SearchBar(Horizontal):
    """Hidden until opened; says how many rows match while one types."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False, id="search.close", tooltip="Stop filtering")
    ]

    class Changed(Message):
        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    class Closed(Message):
        """The person is done: `keep` says whether the words stay in force (enter) or not (esc)."""

        def __init__(self, keep: bool) -> None:
            super().__init__()
            self.keep = keep

    def compose(self) -> ComposeResult:
        yield Static("/", classes="search-sign")
        yield Input(compact=True, select_on_focus=False)
        yield Static("", classes="search-count")

    def on_mount(self) -> None:
        self.display = False

    @property
    def words(self) -> str:
        return self.query_one(Input).value

    def open(self) -> None:
        self.display = True
        self.query_one(Input).focus()

    def dismiss(self) -> None:
        """Empty and out of sight."""
        field = self.query_one(Input)
        with field.prevent(Input.Changed):
            field.value = ""
        self.display = False

    def say(self, text: str) -> None:
        self.query_one(".search-count", Static).update(text)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Closed(keep=bool(event.value)))

    def action_close(self) -> None:
        self.post_message(self.Closed(keep=False))
