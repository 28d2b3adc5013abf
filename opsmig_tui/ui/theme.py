"""Every colour of the screen: two themes, and the same colours as Rich styles for painted lines.

Colour never carries a meaning alone: a glyph or a word stands beside it, so that NO_COLOR and
colour-blind readers lose nothing. Each text colour has a contrast of at least 4.5:1 on the
background, the cursor line and the tinted diff lines (tests/ui/widgets/test_theme.py measures it).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from functools import cache

from rich.style import Style
from textual.theme import Theme

from opsmig_tui.ui.colours import DARK, LIGHT, Colours


@dataclass(frozen=True)
class Inks:
    """The text colours as Rich styles; `.on` grounds are applied beneath them by the line view."""

    text: Style
    dim: Style
    faint: Style
    edge: Style
    accent: Style
    applied: Style
    pending: Style
    current: Style
    added: Style
    removed: Style
    changed: Style
    error: Style
    warning: Style
    note: Style
    code_keyword: Style
    code_string: Style
    code_number: Style
    code_comment: Style
    code_name: Style
    code_decorator: Style
    strong: Style
    heading: Style
    badge: Style
    on_cursor: Style
    on_cursor_blurred: Style
    on_added: Style
    on_removed: Style
    on_added_word: Style
    on_removed_word: Style
    on_match: Style


@cache
def inks(dark: bool) -> Inks:
    """The styles of the dark or the light theme."""
    colours = DARK if dark else LIGHT
    plain = {item.name for item in fields(Inks)} & {item.name for item in fields(Colours)}
    return Inks(
        **{name: Style(color=getattr(colours, name)) for name in plain},
        strong=Style(color=colours.text, bold=True),
        heading=Style(color=colours.accent, bold=True),
        badge=Style(color=colours.current, bold=True),
        on_cursor=Style(bgcolor=colours.cursor),
        on_cursor_blurred=Style(bgcolor=colours.cursor_blurred),
        on_added=Style(bgcolor=colours.added_ground),
        on_removed=Style(bgcolor=colours.removed_ground),
        # Underlined as well: blanks that changed, and changes without colours, can be seen too.
        on_added_word=Style(bgcolor=colours.added_word, underline=True),
        on_removed_word=Style(bgcolor=colours.removed_word, underline=True),
        on_match=Style(color=colours.text, bgcolor=colours.match_ground, bold=True),
    )


def variables(dark: bool) -> dict[str, str]:
    """The semantic CSS variables ($applied, $dim, $edge-focus …) of the dark or the light theme.

    Give these as the App's `get_theme_variable_defaults`, so that the style sheets also hold under
    one of Textual's own themes.
    """
    colours = DARK if dark else LIGHT
    return {name.replace("_", "-"): value for name, value in asdict(colours).items()}


def _theme(name: str, dark: bool) -> Theme:
    colours = DARK if dark else LIGHT
    return Theme(
        name=name,
        dark=dark,
        primary=colours.accent,
        secondary=colours.note,
        accent=colours.accent,
        warning=colours.warning,
        error=colours.error,
        success=colours.applied,
        foreground=colours.text,
        background=colours.background,
        surface=colours.raised,
        panel=colours.raised,
        variables={
            **variables(dark),
            "text": colours.text,
            "text-muted": colours.dim,
            "text-disabled": colours.faint,
            "border": colours.edge_focus,
            "border-blurred": colours.edge,
            "block-cursor-background": colours.cursor,
            "block-cursor-foreground": colours.text,
            "block-cursor-blurred-background": colours.cursor_blurred,
            "footer-background": colours.background,
            "footer-foreground": colours.dim,
            "footer-key-foreground": colours.accent,
            "footer-description-foreground": colours.dim,
            "scrollbar": colours.edge,
            "scrollbar-hover": colours.dim,
            "scrollbar-active": colours.edge_focus,
            "scrollbar-background": colours.background,
            "scrollbar-background-hover": colours.background,
            "scrollbar-background-active": colours.background,
            "scrollbar-corner-color": colours.background,
            "input-selection-background": colours.cursor,
        },
    )


DARK_THEME = _theme("opsmig-dark", True)
LIGHT_THEME = _theme("opsmig-light", False)
THEMES = (DARK_THEME, LIGHT_THEME)
