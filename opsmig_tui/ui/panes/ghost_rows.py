"""The lines of the history pane for revisions that the database has and no file here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.strip import Strip

from opsmig_tui.ui.widgets.paint import Part, cut, spread
from opsmig_tui.workspace.ghosts import ghosts_of

if TYPE_CHECKING:
    from opsmig_tui.history.ghosts import Ghost
    from opsmig_tui.ui.theme import Inks
    from opsmig_tui.workspace.state import WorkspaceState

SIGN = "?"
#: Width from which author and date are shown beside the branch.
WHO_FROM = 70


@dataclass(frozen=True)
class GhostRow:
    """One ghost's line. `note` is why there is no file of it, in a few words."""

    ghost: Ghost
    note: str = ""

    @property
    def text(self) -> str:
        one = self.ghost.file
        about = f"{one.held_by} {one.author} {one.date[:10]}" if one is not None else ""
        return f"{self.ghost.revision} {self.ghost.message} {about} ghost"


def ghost_rows(state: WorkspaceState) -> tuple[GhostRow, ...]:
    """A line for each ghost of the database."""
    note = "not in git either"
    if state.project.repository is None:
        note = "no file here, and no git"
    elif state.ghosts.phase in ("idle", "loading"):
        note = "looked for in git …"
    elif state.ghosts.phase == "failed":
        note = "git could not look"
    return tuple(GhostRow(one, note) for one in ghosts_of(state))


def paint_ghost(row: GhostRow, ink: Inks, width: int, id_width: int) -> Strip:
    """Sign, id and message; against the right edge who holds it and, in a wide pane, since when."""
    ghost, one = row.ghost, row.ghost.file
    message = ghost.message if one is not None else row.note
    left: list[Part] = [
        (" ", ink.edge),
        (SIGN, ink.error),
        ("  ", ink.edge),
        (ghost.revision[:id_width].ljust(id_width) + " ", ink.error),
        (message, ink.text),
    ]
    right: list[Part] = [("ghost ", ink.error)]
    if one is not None:
        where = one.branches[0] if one.where == "branch" else one.held_by.split(",")[0]
        right = [(f"[{cut(where, max(8, width // 3))}] ", ink.note)]
        if width >= WHO_FROM:
            right.append((f"{one.author} {one.date[:10]} ", ink.dim))
        right.append(("ghost ", ink.error))
    return spread(left, right, width, ink.text)
