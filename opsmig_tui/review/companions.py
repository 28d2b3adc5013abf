"""A versioned table and its companion, the history table, count as one thing."""

from __future__ import annotations

from opsmig_tui.review.model import Facts


def owner_table(facts: Facts, name: str) -> str:
    """The versioned table a companion belongs to; any other name as it is, schema included.

    As the models tell, else by the settings' suffixes.
    """
    schema, dot, bare = name.rpartition(".")
    for owner, companion in (facts.companions or {}).items():
        if companion == bare:
            return schema + dot + owner
    for suffix in facts.companion_suffixes:
        bare = bare.removesuffix(suffix)
    return schema + dot + bare
