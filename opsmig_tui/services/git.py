"""git, read-only: the branch, changed model files, marks of revisions, earlier versions.

Everything runs in a thread, so that the screen never waits. See git_command for what keeps it safe.
"""

from __future__ import annotations

from .git_ahead import new_on_base
from .git_branch import Branch, read_branch
from .git_changes import model_changes
from .git_ghost import find_ghosts
from .git_revisions import (
    Mark,
    Marks,
    base_files,
    committed_text,
    committed_texts,
    new_files,
    revision_marks,
)
from .model_files import model_roots, model_sources

__all__ = [
    "Branch",
    "Mark",
    "Marks",
    "base_files",
    "committed_text",
    "committed_texts",
    "find_ghosts",
    "model_changes",
    "model_roots",
    "model_sources",
    "new_files",
    "new_on_base",
    "read_branch",
    "revision_marks",
]
