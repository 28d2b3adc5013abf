"""What a migration does, in words."""

from __future__ import annotations

from collections.abc import Iterable

from opsmig_tui.review.migration import Migration
from opsmig_tui.review.model import Summary
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.words import sentence

_SILENT = frozenset({"select", "set", "show", "explain"})


def summarize(migration: Migration) -> Summary:
    """Both directions, a sentence an operation in the order they run; repeats are said once."""
    return Summary(_sentences(migration.upgrade), _sentences(migration.downgrade))


def _sentences(operations: Iterable[Operation]) -> tuple[str, ...]:
    told = (
        sentence(item) + (", if needed" if item.context.guarded else "")
        for item in operations
        if not (item.kind == "sql" and item.object_type in _SILENT) and item.kind != "commit"
    )
    return tuple(dict.fromkeys(told))
