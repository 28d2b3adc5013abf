"""What panes say to the screen: a pane never calls a use case or another pane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from pathlib import Path

    from opsmig_tui.changes.model import FileChange
    from opsmig_tui.review.model import Finding, Review


@dataclass
class ReviewRequested(Message):
    """Show this revision (an id) or file in the review pane."""

    target: str | Path


@dataclass
class DetailsRequested(Message):
    """Show the verbose view of a revision: parent, path, docstring."""

    revision: str


@dataclass
class DiffRequested(Message):
    """Show a model file's diff in the main pane."""

    change: FileChange


@dataclass
class EditRequested(Message):
    """Open a file in $EDITOR at a 1-based line."""

    path: Path
    line: int = 1


@dataclass
class CopyRequested(Message):
    """Put text on the clipboard (OSC 52); `what` names it for the confirmation toast."""

    text: str
    what: str


@dataclass
class FixRequested(Message):
    """Mend a finding of this review."""

    review: Review
    finding: Finding


@dataclass
class IgnoreRequested(Message):
    """Keep a finding of this review from being shown, for a reason."""

    review: Review
    finding: Finding


@dataclass
class UndoRequested(Message):
    """Take the last change of a revision file back."""


@dataclass
class StageRequested(Message):
    """Stage this file, or take it out of the index again."""

    path: Path


@dataclass
class GhostsRequested(Message):
    """Show the revisions that the database has and no file here, and the ways out."""


@dataclass
class HeadsRequested(Message):
    """Show the heads side by side, to merge them or to move one."""


@dataclass
class PeekRequested(Message):
    """Show some of the rows behind a finding."""

    finding: Finding


@dataclass
class EndSessionRequested(Message):
    """End the session that the run waits for."""


@dataclass
class StartDatabaseRequested(Message):
    """Start the compose service of the database."""


@dataclass
class LogsRequested(Message):
    """Show the log of the database's container."""


@dataclass
class FailureRequested(Message):
    """Show the whole error of what could not be asked."""


@dataclass
class PsqlRequested(Message):
    """Open psql in the database's container."""


@dataclass
class UsageWanted(Message):
    """Somebody looks at what the container takes, or does so no longer."""

    wanted: bool
