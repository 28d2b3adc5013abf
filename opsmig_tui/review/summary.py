"""What a migration does, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from opsmig_tui.review.migration import Migration
from opsmig_tui.review.model import Summary
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.words import sentence

_SILENT = frozenset({"select", "set", "set constraints", "reset", "show", "explain"})


def summarize(migration: Migration) -> Summary:
    """Both directions, a sentence an operation in the order they run; repeats are said once.

    Schemas are named where the migration is about more than one; a project's only schema would
    stand in every line and tell nothing.
    """
    both = (*migration.upgrade, *migration.downgrade)
    plain = len({item.schema for item in both if item.schema is not None}) < 2
    return Summary(_sentences(migration.upgrade, plain), _sentences(migration.downgrade, plain))


def _sentences(operations: Iterable[Operation], plain: bool) -> tuple[str, ...]:
    told = (
        sentence(replace(item, schema=None) if plain and item.schema is not None else item)
        + (", if needed" if item.context.guarded else "")
        for item in operations
        if not (item.kind == "sql" and item.object_type in _SILENT) and item.kind != "commit"
    )
    return tuple(dict.fromkeys(told))
