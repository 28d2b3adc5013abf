"""Where a revision stands: what runs before it in one transaction, whether it was edited since."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from opsmig_tui.history.model import Revision
from opsmig_tui.project.syntax_tree import syntax_tree
from opsmig_tui.review.errors import NotReviewable
from opsmig_tui.review.migration import Migration, read_migration
from opsmig_tui.review.model import ChainFacts

MOST_BEFORE = 60
"""Revisions before this one that are read: beyond them nobody applies all in one go."""
_PER_MIGRATION = re.compile(r"\btransaction_per_migration[\"']?\s*[=:]\s*True\b")
_TIMEOUT = re.compile(r"^[^#\n]*\b(?:lock|statement)_timeout\b", re.M)


def new_before(chain: ChainFacts, own: Revision | None) -> tuple[Migration, ...]:
    """The migrations of this branch that `own` stands on, in the order they run: those that are
    pending wherever only the base branch is applied."""
    if own is None or chain.new_revisions is None:
        return ()
    below = chain.history.ancestors((own.revision,)) & chain.new_revisions - {own.revision}
    waiting = [one.path for one in chain.history.revisions if one.revision in below]
    return tuple(read_all(reversed(waiting[:MOST_BEFORE])))


def read_all(paths: Iterable[Path]) -> Iterable[Migration]:
    """The migrations of these files; one that cannot be read cannot run either."""
    for path in paths:
        try:
            yield _migration(path, path.read_bytes())
        except (OSError, NotReviewable):
            continue


@lru_cache(128)  # in reviews of many, each stands before most of the others
def _migration(path: Path, source: bytes) -> Migration:
    return read_migration(path, source)


def commits_each(script_location: Path) -> bool:
    """Whether env.py's text says transaction_per_migration=True."""
    return _PER_MIGRATION.search(_environment(script_location)) is not None


def bounds_waiting(script_location: Path) -> bool:
    """Whether env.py's text says anything of a lock_timeout, or of a statement_timeout."""
    return _TIMEOUT.search(_environment(script_location)) is not None


def _environment(script_location: Path) -> str:
    try:
        return (script_location / "env.py").read_text("utf-8", errors="replace")
    except OSError:
        return ""


def edited_since(applied: bool | None, committed: str, source: bytes) -> bool | None:
    """Whether an applied revision does something else than its committed text. Comments, layout
    and docstrings do nothing. None where that is not known: not applied, or never committed."""
    if not applied or not committed:
        return None
    return _meaning(committed) != _meaning(source.decode("utf-8", errors="replace"))


def _meaning(text: str) -> str:
    try:
        tree = syntax_tree(text)
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list) and body and _is_text(body[0]):
                del body[0]
        return ast.dump(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
