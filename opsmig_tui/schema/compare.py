"""Two moments of a schema → what changed, with renames told from drops and creates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from opsmig_tui.schema.model import Change
from opsmig_tui.worker.protocol import SchemaDelta, SchemaObject


def changes(delta: SchemaDelta) -> tuple[Change, ...]:
    """What was changed and renamed, removed and added.

    The server's own number of an object tells a rename. What only says the new name of something
    renamed (an index that names the column) is no change of its own, and neither is a column order
    that columns came to or went from.
    """
    whole, names = _renames(delta)
    formerly = {new: old for old, new in whole.items()}
    before = [replace(one, object=whole.get(one.object, one.object)) for one in delta.before]
    pairs, removed, added = _paired(before, delta.after)
    found: list[Change | None] = [
        _changed(old, new, {**whole, **names}, formerly) for old, new in pairs
    ]
    for one in sorted(removed, key=_number):
        found.append(Change("-", one.kind, one.object, one.name, one.definition))
    for one in sorted(added, key=_number):
        found.append(Change("+", one.kind, one.object, one.name, "", one.definition))
    return tuple(
        one
        for one in found
        if one is not None
        and (one.kind != "column order" or (one.sign == "~" and _reordered(one, names)))
    )


def _renames(delta: SchemaDelta) -> tuple[dict[str, str], dict[str, str]]:
    """Old names by new: of whole objects, and of parts of them."""
    new = {(one.kind, one.identity): one for one in delta.after if one.identity}
    whole: dict[str, str] = {}
    parts: dict[str, str] = {}
    for one in delta.before:
        other = new.get((one.kind, one.identity))
        if other is None:
            continue
        if not one.name and one.object != other.object:
            whole[one.object] = other.object
            parts[_bare(one.object)] = _bare(other.object)
        elif one.name != other.name:
            parts[one.name] = other.name
    return whole, parts


def _bare(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def _paired(
    before: Iterable[SchemaObject], after: Iterable[SchemaObject]
) -> tuple[list[tuple[SchemaObject, SchemaObject]], list[SchemaObject], list[SchemaObject]]:
    """By the server's number first, then by name; and what is left on either side."""
    pairs: list[tuple[SchemaObject, SchemaObject]] = []
    left, right = list(before), list(after)
    for key in (_identity, _key):
        known = {key(one): one for one in right if key(one) is not None}
        rest = []
        for one in left:
            other = known.pop(key(one), None) if key(one) is not None else None
            if other is None:
                rest.append(one)
            else:
                pairs.append((one, other))
        taken = {id(other) for _, other in pairs}
        left, right = rest, [one for one in right if id(one) not in taken]
    return pairs, left, right


def _number(one: SchemaObject) -> tuple[int, ...]:
    """Columns in their order."""
    return tuple(int(part) for part in one.identity.split(".") if part)


def _identity(one: SchemaObject) -> object:
    return (one.kind, one.identity) if one.identity else None


def _key(one: SchemaObject) -> object:
    return one.kind, one.object, one.name


def _changed(
    old: SchemaObject, new: SchemaObject, names: Mapping[str, str], formerly: Mapping[str, str]
) -> Change | None:
    renamed = old.name if old.name != new.name else ""
    if not new.name and new.identity:
        renamed = formerly.get(new.object, "")
    same = _in_new_words(old.definition, names) == new.definition
    if same and not renamed:
        return None
    return Change(
        "~",
        new.kind,
        new.object,
        new.name,
        new.definition if same else old.definition,
        new.definition,
        renamed,
        "low" if new.kind == "column order" else "normal",
    )


def _in_new_words(definition: str, names: Mapping[str, str]) -> str:
    if not names:
        return definition
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{either})(?!\w)", lambda found: names[found[0]], definition)


def _reordered(change: Change, names: Mapping[str, str]) -> bool:
    """Columns that are in both stand in another order."""
    old = [names.get(name, name) for name in change.before.split(", ")]
    new = change.after.split(", ")
    return [one for one in old if one in new] != [one for one in new if one in old]
