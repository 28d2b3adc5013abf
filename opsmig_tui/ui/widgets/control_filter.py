"""The last sieve before the terminal: no text may steer it."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from opsmig_tui.project.plain import STEERING


class ControlFilter(LineFilter):
    """Takes control characters out of every line of every widget, titles and toasts included.

    Messages, file names and errors come from others, and Textual lets an escape sequence in them
    through. The characters have no width to Textual, so that nothing moves when they go. What
    Textual itself means to send (`Segment.control`) stays.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment
            if segment.control or segment.text.isprintable()
            else Segment(STEERING.sub("", segment.text), segment.style)
            for segment in segments
        ]


CONTROL_FILTER = ControlFilter()
