"""How one line of output is painted. No widget in here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.strip import Strip

from opsmig_tui.ui.widgets.paint import Part, line, spread

if TYPE_CHECKING:
    from opsmig_tui.ui.theme import Inks
    from opsmig_tui.workspace.output import OutputLine

#: Where the text of a line starts: a blank, the glyph, a blank.
INDENT = 3


def glyph(item: OutputLine, ink: Inks) -> Part:
    """What kind of line it is, told by shape first."""
    if item.state == "failed" or item.kind == "error":
        return "✖", ink.error
    if item.state in ("refused", "stopped"):
        return "▲", ink.warning
    if item.state == "running":
        return "▶", ink.accent
    marks: dict[str, Part] = {
        "command": ("$", ink.accent),
        "step": ("✓", ink.applied),
        "sql": ("│", ink.edge),
        "print": (" ", ink.dim),
        "log": ("·", ink.dim),
        "notice": ("●", ink.note),
        "info": (" ", ink.dim),
        "success": ("✓", ink.applied),
        "warning": ("▲", ink.warning),
    }
    return marks[item.kind]


def text_ink(item: OutputLine, ink: Inks) -> Style:
    if item.state == "failed" or item.kind == "error":
        return ink.error
    if item.state in ("refused", "stopped"):
        return ink.warning
    styles = {
        "command": ink.strong,
        "step": ink.strong,
        "sql": ink.text,
        "success": ink.applied,
        "warning": ink.warning,
        "notice": ink.note,
        "print": ink.text,
    }
    return styles.get(item.kind, ink.dim)


def duration(milliseconds: float) -> str:
    """Time as one reads it: "12 ms", "1.4 s", "3 min 05 s"."""
    if milliseconds < 1_000:
        return f"{milliseconds:.0f} ms" if milliseconds >= 1 else "<1 ms"
    seconds = milliseconds / 1_000
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60):02d} s"


def paint(item: OutputLine, ink: Inks, width: int, running_ms: float | None) -> Strip:
    """The whole logical line on one row: text at the left, rows and time at the right edge."""
    sign, style = glyph(item, ink)
    right: list[Part] = []
    if item.rows is not None and item.rows > 0:
        right.append((f"{item.rows:,} row{'' if item.rows == 1 else 's'}  ", ink.dim))
    if item.elapsed_ms is not None:
        right.append((duration(item.elapsed_ms) + " ", ink.dim))
    elif item.state == "running" and running_ms is not None:
        note = f"{item.note}  " if item.note else ""
        right.append((f"{note}{duration(running_ms)} … ", ink.accent))
    left: list[Part] = [(f" {sign} ", style), (" ".join(item.text.split()), text_ink(item, ink))]
    if item.kind in ("print", "log", "command"):
        left[-1] = (item.text, left[-1][1])
    return spread(left, right, width, ink.text) if right else line(*left)


def paint_part(item: OutputLine, part: str, first: bool, ink: Inks) -> Strip:
    """One row of a line that was opened with enter."""
    sign, style = glyph(item, ink)
    return line((f" {sign} " if first else " ╎ ", style), (part, text_ink(item, ink)))


def bar(number: int, total: int, most: int = 12) -> str:
    """▰▰▱: a block a step; a share of `most` blocks when there are more steps than that."""
    blocks = min(total, most)
    full = number if total <= most else round(number * most / total)
    return "▰" * full + "▱" * (blocks - full)
