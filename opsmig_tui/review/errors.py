"""Why a file cannot be reviewed."""

from __future__ import annotations

from opsmig_tui.project.errors import OpsmigError


class NotReviewable(OpsmigError):
    """The file is no migration that can be read: one sentence with the file and the line."""
