"""A tab of a review, the whole of it, as an SVG that needs nothing from elsewhere."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console
from rich.segment import Segment
from rich.terminal_theme import TerminalTheme
from textual.strip import Strip

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.ui.colours import DARK, LIGHT
from opsmig_tui.ui.panes.review import head
from opsmig_tui.ui.panes.review.rows import gutter_width, paint
from opsmig_tui.ui.theme import inks
from opsmig_tui.ui.widgets.code import inked
from opsmig_tui.ui.widgets.paint import line, spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opsmig_tui.review.model import Review
    from opsmig_tui.ui.panes.review.content import Content
    from opsmig_tui.ui.panes.review.rows import Row
    from opsmig_tui.ui.panes.review.tabs import Tab
    from opsmig_tui.ui.theme import Inks

#: Cells a picture is at least and at most wide, and the most rows it may have.
NARROWEST, WIDEST, MOST_ROWS = 88, 160, 3_000
# Rich's own frame, without the fonts it loads from the web.
SVG = """\
<svg class="{unique_id}" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace;
  font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold;
  font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def without_live(review: Review) -> Review:
    """The review without what it tells of rows in a database."""
    findings = tuple(replace(one, live="", probe=None) for one in review.findings)
    return replace(review, findings=findings)


def picture(content: Content, tab: Tab, *, live: bool, dark: bool) -> str:
    """The tab with its folds closed, in the colours of a theme; `live` values only if asked for.

    Raises OpsmigError where it would be too long to be looked at.
    """
    if not live:
        content = replace(content, review=without_live(content.review))
    longest = max((len(row.text) for row in _code(tab.rows(content, WIDEST))), default=0)
    width = min(max(NARROWEST, longest + gutter_width(content.digits) + 1), WIDEST)
    rows = tab.rows(content, width)
    if len(rows) > MOST_ROWS:
        raise OpsmigError(
            f"This is too long for a picture: {len(rows):,} lines.", hint="Markdown takes it all."
        )
    ink = inks(dark)
    console = Console(
        record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    title = spread(
        [(f" {content.review.message or content.review.path.name}", ink.heading)],
        [*inked(tuple(head.counts(content.review, content.level)), ink), (" ", ink.text)],
        width,
        ink.text,
    )
    strips = [title, line((" ", ink.text)), *_strips(rows, ink, width, content.digits)]
    console.print(_Painted(strips), soft_wrap=True)
    return console.export_svg(
        title=f"{tab.title} of {content.review.revision}",
        theme=_theme(dark),
        code_format=SVG,
        unique_id="review",
    )


class _Painted:
    """Strips for Rich to print."""

    def __init__(self, strips: Sequence[Strip]) -> None:
        self.strips = strips

    def __rich_console__(self, *_: object) -> Iterator[Segment]:
        for strip in self.strips:
            yield from strip
            yield Segment.line()


def _code(rows: Sequence[Row]) -> Iterator[Row]:
    return (row for row in rows if row.kind == "code")


def _strips(rows: Sequence[Row], ink: Inks, width: int, digits: int) -> Iterator[Strip]:
    for row in rows:
        strip = paint(row, ink, 0, digits)
        if strip.cell_length > width:
            strip = Strip.join([strip.crop(0, width - 1), line(("…", ink.faint))])
        strip = strip.adjust_cell_length(width)
        ground = ink.on_added if row.sign == "+" else ink.on_removed
        yield strip.apply_style(ground) if row.tinted else strip


def _theme(dark: bool) -> TerminalTheme:
    colours = DARK if dark else LIGHT
    plain = [_rgb(colours.text)] * 8
    return TerminalTheme(_rgb(colours.background), _rgb(colours.text), plain)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
