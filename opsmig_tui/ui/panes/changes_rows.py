"""From git's and autogenerate's answers to the lines of the changes pane. No widget in here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rich.style import Style
from textual.strip import Strip

from opsmig_tui.ui.widgets.paint import Part, cut_start, line, measure, spread, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from opsmig_tui.changes.model import FileChange, ModelChange
    from opsmig_tui.services.git import Mark
    from opsmig_tui.ui.theme import Inks
    from opsmig_tui.worker.protocol import DriftOperation
    from opsmig_tui.workspace.state import GitView, WorkspaceState

SIGNS = {"+": "+", "-": "−", "~": "~"}
#: Width from which "staged", "edited" are written out.
WORDS_FROM = 46
Tone = Literal["dim", "error", "good"]
_LISTED = frozenset({"staged", "unstaged", "untracked"})


@dataclass(frozen=True)
class ChangesRow:
    """One line: of a file, a revision's file, a model change, a section, a table, an operation, or
    words. `letter` and `mark` are those of a revision's file at `path`."""

    kind: Literal["file", "revision", "model", "section", "table", "operation", "words", "gap"]
    text: str = ""
    note: str = ""
    tone: Tone = "dim"
    file: FileChange | None = None
    model: ModelChange | None = None
    operation: DriftOperation | None = None
    path: Path | None = None
    letter: str = ""
    mark: Mark = "base"

    @property
    def file_path(self) -> Path | None:
        """The file that this line is of."""
        return self.file.path if self.file is not None else self.path

    @property
    def searched(self) -> str:
        if self.file is not None and self.kind == "file":
            return self.file.shown
        if self.model is not None:
            return f"{self.model.subject} {self.model.detail}"
        return self.operation.text if self.operation is not None else self.text


def build(state: WorkspaceState, width: int) -> list[ChangesRow]:
    """Files with their model changes, then the drift."""
    return [*_files(state, width), ChangesRow("gap"), *_drift(state, width)]


def _words(text: str, width: int, tone: Tone = "dim") -> list[ChangesRow]:
    return [ChangesRow("words", part, tone=tone) for part in wrap(text, max(16, width - 3))]


def _files(state: WorkspaceState, width: int) -> list[ChangesRow]:
    view = state.git.value
    if view is None:
        text = state.git.problem or "Asking git …"
        return _words(text, width, "error" if state.git.phase == "failed" else "dim")
    problem = view.problem or (view.branch.problem if view.branch is not None else "")
    rows = _words(problem, width) if problem else []
    for change in view.changes:
        rows.append(ChangesRow("file", file=change))
        rows += [ChangesRow("model", file=change, model=item) for item in change.models]
    revisions = list(_revisions(state, view))
    rows += revisions
    if not view.changes and not revisions and not problem:
        base = view.branch.base if view.branch is not None else None
        since = f" since {base}" if base else ""
        rows += _words(f"No model file has changed{since}.", width)
    return rows


def _revisions(state: WorkspaceState, view: GitView) -> Iterator[ChangesRow]:
    """Revision files that are not committed as they stand, by path."""
    listed = {change.path for change in view.changes}
    # Nearly all are the base branch's: sorting thousands of paths takes tens of milliseconds.
    marked = [(path, mark) for path, mark in view.marks.items() if mark in _LISTED]
    marked = [(path, mark) for path, mark in marked if path.suffix == ".py" and path not in listed]
    if not marked:
        return
    there = state.history.value.history if state.history.value is not None else None
    paths = {item.path for item in there.revisions} if there is not None else set()
    paths |= {one.path for one in there.problems if one.path} if there is not None else set()
    for path, mark in sorted(marked):
        letter = "?" if mark == "untracked" else "M" if path in view.changed else "A"
        letter = letter if there is None or path in paths else "D"
        yield ChangesRow("revision", path.name, path=path, letter=letter, mark=mark)


def _drift(state: WorkspaceState, width: int) -> list[ChangesRow]:
    drift = state.drift
    found = drift.value
    note = {"loading": "comparing …", "stale": "stale, comparing …", "failed": "failed"}.get(
        drift.phase, ""
    )
    if found is not None and not note:
        count = len(found.operations)
        note = f"{count} operation" + ("" if count == 1 else "s")
    if not state.trusted:
        rows = [ChangesRow("section", "Drift", "not compared")]
        return rows + _words("Comparing runs this project's code: press t to trust it.", width)
    rows = [ChangesRow("section", "Drift", note, tone="error" if note == "failed" else "dim")]
    if drift.phase == "failed":
        rows += _words("✖ " + (drift.problem or "The comparison failed."), width, "error")
        hint = drift.failure.hint if drift.failure is not None else ""
        rows += _words(hint, width) if hint else []
    if found is not None:
        pending = len(state.status.value.pending) if state.status.value is not None else 0
        if pending and found.operations:
            which = "the pending revision" if pending == 1 else f"the {pending} pending revisions"
            rows += _words(f"Includes what {which} will do.", width)
        rows += _operations(found.operations, width)
    elif drift.phase in ("idle", "loading"):
        rows += _words("What autogenerate would emit now shows up here.", width)
    return rows


def _operations(operations: Sequence[DriftOperation], width: int) -> list[ChangesRow]:
    if not operations:
        return _words("✓ The models match the database.", width, "good")
    tables: dict[str, list[DriftOperation]] = {}
    for item in operations:
        tables.setdefault(item.table, []).append(item)
    rows: list[ChangesRow] = []
    for table, items in tables.items():
        rows.append(ChangesRow("table", table))
        rows += [ChangesRow("operation", operation=item) for item in items]
    return rows


# ----------------------------------------------------------------------------------------- painting


def paint(row: ChangesRow, ink: Inks, width: int) -> Strip:
    """One line, fitted to the width."""
    if row.kind == "file" and row.file is not None:
        return _paint_file(row.file, ink, width)
    if row.kind == "revision":
        return _paint_revision(row, ink, width)
    if row.kind == "model" and row.model is not None:
        item = row.model
        sign = (f"   {SIGNS[item.sign]} ", sign_ink(item.sign, ink))
        return line(sign, (item.subject, ink.text), (f"  {item.detail}", ink.dim))
    if row.kind == "operation" and row.operation is not None:
        operation = row.operation
        sign = (f"   {SIGNS.get(operation.sign, '~')} ", sign_ink(operation.sign, ink))
        return line(sign, (without_verb(operation.text), ink.text))
    if row.kind == "section":
        style = ink.error if row.tone == "error" else ink.dim
        name = f" {row.text} "
        fill = "─" * max(0, width - len(name) - len(row.note) - 3)
        return line((name, ink.heading), (fill, ink.edge), (f" {row.note} ", style))
    if row.kind == "table":
        return line((" " + row.text, ink.strong))
    tones = {"error": ink.error, "good": ink.applied, "dim": ink.dim}
    return line((" " + row.text, tones[row.tone]))


def without_verb(text: str) -> str:
    """The sign before it says "add" or "drop" already, and the pane is narrow."""
    verb, _, rest = text.partition(" ")
    return rest if rest and verb in ("add", "create", "drop", "alter") else text


def _paint_file(change: FileChange, ink: Inks, width: int) -> Strip:
    counts: list[Part] = []
    if change.added:
        counts.append((f"+{change.added} ", ink.added))
    if change.removed:
        counts.append((f"−{change.removed} ", ink.removed))
    where = standing(change)
    if where and width >= WORDS_FROM:
        counts.insert(0, (where + "  ", ink.dim))
    letter = "?" if change.untracked else change.letter[:1]
    left: list[Part] = [(f" {letter}", letter_ink(letter, ink)), _mark(change, ink), (" ", ink.dim)]
    room = width - measure(left) - measure(counts) - 1
    return spread([*left, (cut_start(change.shown, room), ink.strong)], counts, width, ink.text)


def _paint_revision(row: ChangesRow, ink: Inks, width: int) -> Strip:
    mark: Part = ("✓", ink.applied) if row.mark == "staged" else ("*", ink.pending)
    if row.mark == "untracked":
        mark = (" ", ink.dim)
    left: list[Part] = [(f" {row.letter}", letter_ink(row.letter, ink)), mark, (" ", ink.dim)]
    note: list[Part] = [("revision ", ink.dim)]
    room = width - measure(left) - measure(note) - 1
    return spread([*left, (cut_start(row.text, room), ink.strong)], note, width, ink.text)


def _mark(change: FileChange, ink: Inks) -> Part:
    """`*` not staged, `✓` staged, a blank when all of it is committed."""
    if change.unstaged:
        return "*", ink.pending
    if change.staged:
        return "✓", ink.applied
    return " ", ink.dim


def standing(change: FileChange) -> str:
    """Where the change stands, in words: "committed, edited"."""
    places = (
        ("committed", change.committed),
        ("staged", change.staged),
        ("edited", change.unstaged),
        ("untracked", change.untracked),
    )
    return ", ".join(name for name, here in places if here)


def sign_ink(sign: str, ink: Inks) -> Style:
    return {"+": ink.added, "-": ink.removed}.get(sign, ink.changed)


def letter_ink(letter: str, ink: Inks) -> Style:
    return {"A": ink.added, "?": ink.added, "D": ink.removed}.get(letter, ink.changed)
