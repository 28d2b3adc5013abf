"""The last sieve before the terminal: no text may steer it."""

from __future__ import annotations

import re

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

# C0 and C1 (escape sequences), line and paragraph ends, and the marks that reorder what is read.
STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)


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
