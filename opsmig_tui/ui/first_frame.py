"""The history, painted before Textual is imported, where its pane is going to be.

Textual takes some 0.3 s to import and as long again to its first frame; reading the history takes
milliseconds. So that one looks at revisions and not at nothing meanwhile, their lines are written
straight to the terminal's alternate screen, and Textual paints over them. No key is read here.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from opsmig_tui.history.model import NODE, Revision
from opsmig_tui.history.text import UNKNOWN
from opsmig_tui.project.preferences import load_preferences
from opsmig_tui.ui.colours import DARK, LIGHT, Colours
from opsmig_tui.ui.screens.layout import ROOMY_COLUMNS, ROOMY_ROWS

if TYPE_CHECKING:
    from opsmig_tui.workspace.state import HistoryView

ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?1049l\x1b[?25h"
ID_LENGTH = 6
# As in app.tcss: the side column's share and bounds, the header and the database pane's rows.
SIDE_SHARE, SIDE_LEAST, SIDE_MOST = 0.34, 34, 62
HEADER, DATABASE, FOOTER = 1, 9, 1
HISTORY_SHARE = 3 / 5


@contextmanager
def first_frame(name: str, view: HistoryView | None) -> Iterator[None]:
    """The frame while the block imports Textual, which then paints over it.

    A terminal too small for the two columns, or an output that is none, is left alone. Whatever
    goes wrong in the block, the terminal is given back as it was.
    """
    columns, rows = _size()
    if view is None or columns < ROOMY_COLUMNS or rows < ROOMY_ROWS:
        yield
        return
    with _no_echo():
        sys.stdout.write(ENTER + frame(name, view, columns, rows, _colours()))
        sys.stdout.flush()
        try:
            yield
        except BaseException:
            sys.stdout.write(LEAVE)
            raise


def frame(name: str, view: HistoryView, columns: int, rows: int, colours: Colours | None) -> str:
    """The escape sequences of the whole frame; `colours` None paints without any."""
    width = min(max(int(columns * SIDE_SHARE), SIDE_LEAST), SIDE_MOST)
    top = HEADER + DATABASE
    height = int((rows - top - FOOTER) * HISTORY_SHARE)
    ground = _ink(colours.background, 48) + _ink(colours.text, 38) if colours else ""
    edge = _ink(colours.edge_focus, 38) if colours else ""
    text = _ink(colours.text, 38) if colours else ""
    title = f"╭─ 2 History {'─' * (width - 14)}╮"
    parts = [f"{ground}\x1b[2J\x1b[1;1H opsmig ── {name}", _at(top, f"{edge}{title}")]
    for number in range(height - 2):
        body = " " * (width - 2)
        if number < len(view.rows):
            row = view.rows[number]
            body = _line(view.history.by_id[row.revision], row.cells, width - 2)
        parts.append(_at(top + 1 + number, f"{edge}│{text}{body}{edge}│"))
    parts.append(_at(top + height - 1, f"{edge}╰{'─' * (width - 2)}╯"))
    return "".join(parts)


def _line(item: Revision, cells: str, width: int) -> str:
    text = f" {cells.replace(NODE, UNKNOWN)} {item.revision[:ID_LENGTH]} {item.message}"
    # Control characters and wide ones of a message would shift the frame: plain ones only.
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return plain[:width].ljust(width)


def _at(row: int, text: str) -> str:
    return f"\x1b[{row + 1};1H{text}"


def _ink(colour: str, layer: int) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"\x1b[{layer};2;{red};{green};{blue}m"


def _colours() -> Colours | None:
    if os.environ.get("NO_COLOR") or os.environ.get("COLORTERM") not in ("truecolor", "24bit"):
        return None
    return LIGHT if "light" in (load_preferences().theme or "") else DARK


def _size() -> tuple[int, int]:
    """As Textual takes it: COLUMNS and LINES of the environment go before the terminal's own."""
    size = shutil.get_terminal_size((0, 0))
    return (size.columns, size.lines) if sys.stdout.isatty() else (0, 0)


@contextmanager
def _no_echo() -> Iterator[None]:
    """What is typed ahead must not show on the frame; it stays in the queue for Textual."""
    try:
        import termios

        handle = sys.stdin.fileno()
        before = termios.tcgetattr(handle)
    except (ImportError, OSError, ValueError):
        yield
        return
    quiet = [*before]
    quiet[3] = before[3] & ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(handle, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(handle, termios.TCSANOW, before)
