"""Columns of one class, before and after: added, removed, renamed or changed."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from .declared import Column, ModelClass
from .model import ModelChange

# Below this two names have little in common (nickname / nick_name: 0.94, city / zip_code: 0.33).
_SIMILAR = 0.6


def compare_columns(was: ModelClass, now: ModelClass) -> Iterator[ModelChange]:
    """By the name in the database; an attribute renamed over the same column is no change."""
    old = {column.name: column for column in was.columns}
    new = {column.name: column for column in now.columns}
    gone = [column for name, column in old.items() if name not in new]
    come = [column for name, column in new.items() if name not in old]
    for before, after in _renamed(gone, come, was, now):
        gone.remove(before)
        come.remove(after)
        subject = f"{now.name}.{before.attribute}"
        detail = f"→ {after.attribute}"
        yield ModelChange("column-renamed", "~", subject, detail, after.line)
    for column in gone:
        subject = f"{was.name}.{column.attribute}"
        yield ModelChange("column-removed", "-", subject, describe(column), column.line)
    for column in come:
        subject = f"{now.name}.{column.attribute}"
        yield ModelChange("column-added", "+", subject, describe(column), column.line)
    for name, column in new.items():
        if name in old and old[name].definition != column.definition:
            detail = ", ".join(_differences(old[name], column))
            subject = f"{now.name}.{column.attribute}"
            yield ModelChange("column-changed", "~", subject, detail, column.line)


def describe(column: Column) -> str:
    """Type and what matters most: ``String(50) NOT NULL → vendor.id``."""
    parts = [column.type]
    if column.primary_key:
        parts.append("primary key")
    elif column.nullable is False:
        parts.append("NOT NULL")
    if column.server_default:
        parts.append(f"default {column.server_default}")
    if column.foreign_key:
        parts.append(f"→ {column.foreign_key}")
    if column.unique:
        parts.append("unique")
    if column.index:
        parts.append("index")
    return " ".join(part for part in parts if part)


def _renamed(
    gone: list[Column], come: list[Column], was: ModelClass, now: ModelClass
) -> list[tuple[Column, Column]]:
    """Pairs defined alike, and alike in name or place, best first and each column once.

    Definition alone would not do: a class often loses one ``String(50)`` and gains another.
    """
    scored = []
    for before in gone:
        for after in come:
            if before.definition == after.definition:
                same_place = _neighbours(was, before) & _neighbours(now, after)
                score = _similarity(before.name, after.name) + 0.5 * len(same_place)
                if score >= _SIMILAR:
                    scored.append((score, before, after))
    scored.sort(key=lambda entry: (-entry[0], entry[1].line, entry[2].line))
    pairs: list[tuple[Column, Column]] = []
    for _, before, after in scored:
        if all(before is not one and after is not other for one, other in pairs):
            pairs.append((before, after))
    return pairs


def _similarity(one: str, other: str) -> float:
    plain_one, plain_other = (name.replace("_", "").lower() for name in (one, other))
    return SequenceMatcher(None, plain_one, plain_other, autojunk=False).ratio()


def _neighbours(model: ModelClass, column: Column) -> set[tuple[int, str]]:
    """The columns just before (-1) and after (+1) it; nothing at the ends of a class."""
    names = [other.name for other in model.columns]
    at = names.index(column.name)
    beside = {(-1, names[at - 1])} if at > 0 else set()
    if at + 1 < len(names):
        beside.add((1, names[at + 1]))
    return beside


def _differences(old: Column, new: Column) -> Iterator[str]:
    if old.type != new.type:
        yield f"{old.type or 'no type'} → {new.type or 'no type'}"
    if old.nullable != new.nullable:
        yield f"{_null(old)} → {_null(new)}"
    for label, before, after in (
        ("default", old.default, new.default),
        ("server default", old.server_default, new.server_default),
        ("foreign key", old.foreign_key, new.foreign_key),
    ):
        if before != after:
            yield f"{label} {before or 'none'} → {after or 'none'}"
    for label, had, has in (
        ("primary key", old.primary_key, new.primary_key),
        ("unique", old.unique, new.unique),
        ("index", old.index, new.index),
    ):
        if had != has:
            yield f"{'+' if has else '−'} {label}"
    before_options, after_options = dict(old.options), dict(new.options)
    for label in sorted(before_options.keys() | after_options.keys()):
        one, other = before_options.get(label, "none"), after_options.get(label, "none")
        if one != other:
            yield f"{label} {one} → {other}"


def _null(column: Column) -> str:
    return {True: "nullable", False: "NOT NULL", None: "nullable as computed"}[column.nullable]
