"""Text that others wrote, before it reaches a terminal: nothing in it may steer that."""

from __future__ import annotations

import re

# C0 and C1 (escape sequences), line and paragraph ends, and the marks that reorder what is read.
STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)


def plain(text: str) -> str:
    """The text without control characters; its tabs and line ends stay."""
    return STEERING.sub(lambda found: found[0] if found[0] in "\t\n" else "", text)
