"""The tabs of a review. Another one is a function from content to rows, and an entry here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from opsmig_tui.ui.panes.review import code_tab, findings_tab, rehearsal_tab, schema_tab, sql_tab
from opsmig_tui.ui.panes.review.content import Content
from opsmig_tui.ui.panes.review.levels import visible
from opsmig_tui.ui.panes.review.rows import Row


def _no_count(_content: Content) -> str:
    return ""


@dataclass(frozen=True)
class Tab:
    """One view of a review: `rows` makes all of its rows for a width.

    `count` is what stands behind its title, `short` the title where there is little room.
    """

    name: str
    title: str
    short: str
    rows: Callable[[Content, int], list[Row]]
    count: Callable[[Content], str] = _no_count


def _findings(content: Content) -> str:
    return str(len(visible(content.review.findings, content.level)) or "")


TABS: Sequence[Tab] = (
    Tab("code", "Code", "Code", code_tab.rows),
    Tab("sql", "SQL", "SQL", sql_tab.rows),
    Tab("findings", "Findings", "Find", findings_tab.rows, _findings),
    Tab("schema", "Schema", "Sch", schema_tab.rows),
    Tab("rehearsal", "Rehearsal", "Reh", rehearsal_tab.rows, rehearsal_tab.count),
)
NAMES = [tab.name for tab in TABS]


def neighbour(name: str, step: int) -> Tab:
    """The tab after (before) this one, around the end."""
    return TABS[(NAMES.index(name) + step) % len(TABS)]


def named(name: str) -> Tab:
    """The tab of this name."""
    return TABS[NAMES.index(name)]


def titles(content: Content, width: int) -> list[str]:
    """What the bar says for each tab so that all fit `width`, each with a blank at both ends."""
    full = [f" {tab.title} {tab.count(content)}".rstrip() + " " for tab in TABS]
    short = [f" {tab.short} " for tab in TABS]
    letters = [f" {tab.short[:2]} " for tab in TABS]
    fits = (one for one in (full, short) if sum(len(text) for text in one) <= width)
    return next(fits, letters)
