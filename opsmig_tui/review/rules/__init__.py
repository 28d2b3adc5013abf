"""The rules by id. Ids are stable: they stand in settings, output and documents."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.review.rules import (
    advice,
    chain,
    code,
    conflict,
    constraints,
    convention,
    data_loss,
    empty,
    enum_types,
    enum_values,
    enums,
    files,
    imports,
    live_checks,
    live_data,
    locking_columns,
    locking_commands,
    locking_constraints,
    locking_indexes,
    locking_keys,
    locking_transaction,
    missed,
    missed_defaults,
    nulls,
    removals,
    residue,
    reversibility,
    rows,
    running_code,
    suppression,
    transaction,
    type_changes,
    unnamed,
)
from opsmig_tui.review.rules.base import Rule

_MODULES = (
    *(data_loss, rows, removals, type_changes, locking_indexes, locking_columns, locking_keys),
    *(locking_constraints, locking_transaction, locking_commands, nulls, enums, enum_types),
    *(enum_values, missed, missed_defaults, constraints, unnamed, imports, empty, live_data),
    *(live_checks, running_code, transaction, code),
    *(advice, reversibility, residue, chain, conflict, files, convention, suppression),
)

ALL: Mapping[str, Rule] = {rule.id: rule for module in _MODULES for rule in module.RULES}


def check_rule_ids(ids: Iterable[str], where: str) -> None:
    """Raises OpsmigError for an id that no rule has, naming the nearest one. `where` says in which
    settings it stands."""
    for name in ids:
        if name in ALL:
            continue
        near = difflib.get_close_matches(name, ALL, n=1)
        hint = f"Did you mean {near[0]}?" if near else "`opsmig rules` lists them."
        raise OpsmigError(f"Unknown rule {name!r} in {where}. {hint}")
