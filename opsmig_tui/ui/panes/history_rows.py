"""From history, git and database to the lines of the history pane. No widget in here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from rich.style import Style
from textual.strip import Strip

from opsmig_tui.history.model import NODE, History, Revision
from opsmig_tui.history.text import node_sign
from opsmig_tui.ui.panes.ghost_rows import GhostRow, ghost_rows, paint_ghost
from opsmig_tui.ui.widgets.paint import Part, cut, line, measure, spread, wrap
from opsmig_tui.workspace.ahead import ahead_text
from opsmig_tui.workspace.edited import mark_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from opsmig_tui.services.git import Mark
    from opsmig_tui.ui.theme import Inks
    from opsmig_tui.worker.protocol import StatusResult
    from opsmig_tui.workspace.state import Edited, WorkspaceState

SHORTEST_ID, LONGEST_ID = 6, 12
#: Widths from which the date, then its time of day, is shown.
DATE_FROM, TIME_FROM = 58, 90
_UNCOMMITTED = frozenset({"staged", "unstaged", "untracked"})
#: Before the id, one for each revision: the first that is true of it, and what help says of it.
SIGNS = (
    ("≠", "Edited after it was applied; v tells what says so"),
    ("?", "Untracked: git does not know the file"),
    ("!", "Ignored by git: nobody else gets the file"),
    ("*", "Edited, and not staged"),
    ("✓", "Staged"),
    ("+", "New on this branch"),
    ("~", "Changed on this branch"),
)
_MARKS = {"untracked": "?", "ignored": "!", "unstaged": "*", "staged": "✓", "branch": "+"}


@dataclass(frozen=True)
class HistoryRow:
    """One revision's line, or (without a revision) a ghost's, or one that says what is wrong."""

    revision: Revision | None
    cells: str = ""
    sign: str = ""
    mark: str = ""
    short: str = ""
    is_head: bool = False
    problem: str = ""
    ghost: GhostRow | None = None
    words: str = ""

    @property
    def text(self) -> str:
        item = self.revision
        if self.ghost is not None:
            return self.ghost.text
        if item is None:
            return self.problem
        labels = " ".join(item.branch_labels)
        head = "head" if self.is_head else ""
        told = f"{item.revision} {item.message} {labels} {head} {item.date} {item.path.name}"
        return f"{told} {self.words}"


@dataclass(frozen=True)
class HistoryFacts:
    """The parts of the state that these lines depend on; equal facts give equal lines."""

    history: History
    cells: Mapping[str, str]
    applied: frozenset[str] | None
    current: frozenset[str]
    marks: Mapping[Path, Mark]
    unknown: tuple[str, ...]
    ahead: str = ""
    ghosts: tuple[GhostRow, ...] = ()
    changed: Mapping[Path, str] = field(default_factory=dict)
    edited: Mapping[str, Edited] = field(default_factory=dict)

    @cached_property
    def pending(self) -> int | None:
        """How many revisions the database lacks; None while it was not asked."""
        if self.applied is None:
            return None
        return sum(1 for item in self.history.revisions if item.revision not in self.applied)

    def is_uncommitted(self, item: Revision) -> bool:
        return self.marks.get(item.path) in _UNCOMMITTED

    def is_new(self, item: Revision) -> bool:
        """Not on the base branch, or not as it is here."""
        return self.marks.get(item.path, "base") != "base"

    def sign(self, item: Revision) -> str:
        """One of `SIGNS`, "" where none is true."""
        if item.revision in self.edited:
            return "≠"
        mark = self.marks.get(item.path, "base")
        if mark == "base":
            return ""
        sign = _MARKS.get(mark, "")
        return "~" if sign == "+" and item.path in self.changed else sign

    def words(self, item: Revision) -> str:
        """The same in words, for the filter."""
        mark = self.marks.get(item.path)
        told = "" if mark == "base" else mark_words(mark, item.path in self.changed)
        return f"{told} edited after it was applied" if item.revision in self.edited else told


def gather(state: WorkspaceState) -> HistoryFacts | None:
    """None until the history was read."""
    view = state.history.value
    if view is None:
        return None
    git = state.git.value
    status = state.status.value
    unknown = status.unknown if status is not None else ()
    current = frozenset(state.current or ())
    return HistoryFacts(
        view.history,
        {row.revision: row.cells for row in view.rows},
        state.applied,
        current,
        git.marks if git is not None else {},
        unknown,
        ahead_text(state),
        ghost_rows(state),
        git.changed if git is not None else {},
        state.edited,
    )


def build(facts: HistoryFacts, *, branch_only: bool, words: str, width: int) -> list[HistoryRow]:
    """The lines, newest revision first, problems before all. Lanes only while none is left out."""
    history = facts.history
    rows = [
        HistoryRow(None, problem=text)
        for problem in _problems(facts)
        for text in _problem_lines("✖", problem, width)
    ]
    rows += [
        HistoryRow(None, problem=text, sign="▲")
        for text in (_problem_lines("▲", facts.ahead, width) if facts.ahead else ())
    ]
    heads = frozenset(history.heads)
    shown = [item for item in history.revisions if not branch_only or facts.is_new(item)]
    length = id_length([item.revision for item in history.revisions])
    ghosts = [
        HistoryRow(None, ghost=one, short=one.ghost.revision[:length]) for one in facts.ghosts
    ]
    made = [
        HistoryRow(
            item,
            cells=facts.cells.get(item.revision, NODE + " "),
            sign=node_sign(item.revision, facts.applied, facts.current),
            mark=facts.sign(item),
            words=facts.words(item),
            short=cut(item.revision, LONGEST_ID)
            if len(item.revision) > length and not _is_hex(item.revision)
            else item.revision[:length],
            is_head=item.revision in heads,
        )
        for item in shown
    ]
    needle = words.lower()
    if needle:
        made = [row for row in made if needle in row.text.lower()]
        ghosts = [row for row in ghosts if needle in row.text.lower()]
    if needle or branch_only:
        made = [_alone(row) for row in made]
    return rows + ghosts + made


def wraps(facts: HistoryFacts) -> bool:
    """Whether there are lines that depend on the width."""
    return bool(facts.history.problems or facts.ahead)


def _alone(row: HistoryRow) -> HistoryRow:
    return replace(row, cells=NODE + " ")


def _problems(facts: HistoryFacts) -> list[str]:
    return [
        f"{item.message}; m does either" if item.kind == "multiple-heads" else item.message
        for item in facts.history.problems
    ]


def _problem_lines(sign: str, problem: str, width: int) -> list[str]:
    first, *rest = wrap(problem, max(20, width - 3))
    return [f"{sign} {first}", *("  " + text for text in rest)]


def _is_hex(revision: str) -> bool:
    return len(revision) >= SHORTEST_ID and all(c in "0123456789abcdef" for c in revision)


def id_length(ids: Sequence[str]) -> int:
    """How many characters of a hash tell the revisions apart, at least `SHORTEST_ID`."""
    for length in range(SHORTEST_ID, LONGEST_ID):
        if len({name[:length] for name in ids}) == len(ids):
            return length
    return LONGEST_ID


def first_choice(facts: HistoryFacts, status: StatusResult | None) -> str | None:
    """Where the cursor starts: the uncommitted revision, else the next to apply, else the head."""
    items = facts.history.revisions
    uncommitted = next((item.revision for item in items if facts.is_uncommitted(item)), None)
    if uncommitted is not None:
        return uncommitted
    if status is not None and status.pending and status.pending[0] in facts.history.by_id:
        return status.pending[0]
    return items[0].revision if items else None


# ----------------------------------------------------------------------------------------- painting


def paint(row: HistoryRow, ink: Inks, width: int, id_width: int, selected: bool) -> Strip:
    """Lanes, mark, id, message; against the right edge badges and, in a wide pane, the date."""
    item = row.revision
    if row.ghost is not None:
        return paint_ghost(row.ghost, ink, width, id_width)
    if item is None:
        return line((" " + row.problem, ink.warning if row.sign == "▲" else ink.error))
    before, _, after = row.cells.partition(NODE)
    message = item.message or item.path.stem
    text = ink.strong if row.sign == "◉" else ink.text
    left: list[Part] = [
        (" " + before, ink.edge),
        (row.sign, sign_ink(row.sign, ink)),
        (after, ink.edge),
        (row.mark or " ", mark_ink(row.mark, ink)),
        (row.short.ljust(id_width) + " ", ink.accent if selected else ink.dim),
        (message, text),
    ]
    right: list[Part] = []
    if item.unknown:
        right.append(("computed ", ink.warning))
    for label in item.branch_labels:
        right.append((f"[{label}] ", ink.note))
    if row.is_head:
        right.append(("head ", ink.badge))
    if width >= DATE_FROM:
        date = item.date[: 16 if width >= TIME_FROM else 10]
        right.append((date.ljust(16 if width >= TIME_FROM else 10) + " ", ink.dim))
    while right and measure(left[:-1]) + measure(right) > width - 8:
        right.pop()
    return spread(left, right, width, ink.text)


def sign_ink(sign: str, ink: Inks) -> Style:
    styles = {"●": ink.applied, "○": ink.pending, "◉": ink.current}
    return styles.get(sign, ink.dim)


def mark_ink(mark: str, ink: Inks) -> Style:
    styles = {
        "≠": ink.warning,
        "!": ink.warning,
        "*": ink.pending,
        "✓": ink.applied,
        "~": ink.changed,
    }
    return styles.get(mark, ink.added)
