"""A line of a dialog whose continuation stays clear of its sign."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static


class Line(Horizontal):
    """`sign` stands alone in its column, `text` wraps beside it; `indent` in cells comes before."""

    def __init__(self, sign: Content | str, text: Content | str, *, indent: int = 0) -> None:
        super().__init__(classes="line")
        self._sign = Content(" " * indent) + sign
        self._text = Content("") + text

    def compose(self) -> ComposeResult:
        if self._sign.plain:
            yield Static(self._sign, classes="line-sign")
        yield Static(self._text, classes="line-text")

    def turn(self, sign: Content) -> None:
        """Shows another sign of the same width: nothing is laid out anew."""
        self.query_one(".line-sign", Static).update(sign, layout=False)

    def update(self, sign: Content, text: str) -> None:
        """Says something else; the sign keeps its width."""
        self.turn(sign)
        self.query_one(".line-text", Static).update(Content(text))
