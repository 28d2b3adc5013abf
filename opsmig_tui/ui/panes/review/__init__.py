"""The review pane: a migration with its flags, a model file's diff, or a revision in words."""

from opsmig_tui.ui.panes.review.pane import ReviewPane
from opsmig_tui.ui.panes.review.view import ReviewList

__all__ = ["ReviewList", "ReviewPane"]
