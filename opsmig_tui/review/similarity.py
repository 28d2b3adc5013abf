"""How much two definitions look like one thing under two names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from opsmig_tui.review.operations import Column

# What each agreement weighs. The name decides; the rest can only confirm or deny it.
_NAME, _TYPE, _LENGTH, _NULLABLE, _DEFAULT, _REFERENCE, _INDEX = (
    0.6,
    0.15,
    0.05,
    0.05,
    0.05,
    0.1,
    0.05,
)
THRESHOLD = 0.75
_NAME_FLOOR = 0.55
_SAME_TARGET = 0.6  # what the names count as when both point to one table
_NAME_ALONE = 0.85  # where nothing but the names is known
_TOKEN_FLOOR = 0.7
# Abbreviations that share too little with the word for its letters to tell.
_SHORT = {
    **{"no": "number", "nr": "number", "qty": "quantity", "amt": "amount", "cnt": "count"},
    **{"msg": "message", "pct": "percent", "ts": "timestamp", "dt": "date", "cat": "category"},
}


@dataclass(frozen=True)
class Score:
    """`value` between 0 and 1; `reasons` in words, strongest first."""

    value: float
    reasons: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"score {self.value:.2f}, {', '.join(self.reasons)}"


def name_similarity(left: str, right: str) -> float:
    """1.0 for names equal but for case and underscores; by words otherwise.

    Names are compared word by word, so that first_name and last_name are as far apart as first and
    last are; numbered names (line1, line2) count as different things.
    """
    if _plain(left) == _plain(right):
        return 1.0
    first, second = _words(left), _words(right)
    if _digits(left) != _digits(right):
        return 0.0
    total = sum(map(len, first)) + sum(map(len, second))
    matched = 0.0
    rest = list(second)
    for word in first:
        best = max(rest, key=lambda other: _word_similarity(word, other), default=None)
        if best is None:
            break
        likeness = _word_similarity(word, best)
        if likeness >= _TOKEN_FLOOR:
            rest.remove(best)
            matched += likeness * (len(word) + len(best))
    return matched / total if total else 0.0


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _digits(name: str) -> str:
    return "".join(char for char in name if char.isdigit())


def _words(name: str) -> list[str]:
    parted = "".join(f"_{char}" if char.isupper() else char for char in name[:200])
    return [word for word in parted.lower().split("_") if word]


def _word_similarity(left: str, right: str) -> float:
    if left == right:
        return 1.0
    if _SHORT.get(left) == right or _SHORT.get(right) == left:
        return 0.9
    short, long = sorted((left, right), key=len)
    if len(short) >= 3 and long.startswith(short):
        return 0.85  # addr, address
    if left[0] != right[0]:
        return 0.0  # height and weight differ in one letter, and in everything
    return SequenceMatcher(None, left, right, autojunk=False).ratio()


def column_score(
    old: Column, new: Column, old_indexed: bool | None = None, new_indexed: bool | None = None
) -> Score:
    """How likely `new` is `old` under another name. A type that does not fit rules it out."""
    if old.name is None or new.name is None or old.name == new.name:
        return Score(0)
    name = name_similarity(old.name, new.name)
    reasons = [
        "the names are alike" if name < 1 else "the names differ only in case or underscores"
    ]
    same_target = old.foreign_key is not None and old.foreign_key == new.foreign_key
    if old.type is None or new.type is None or not old.type.family or not new.type.family:
        return Score(name, tuple(reasons)) if name >= _NAME_ALONE else Score(0)
    if old.type.family != new.type.family or (old.foreign_key != new.foreign_key):
        return Score(0)
    if same_target:
        name = max(name, _SAME_TARGET) if name > 0.25 else name
        reasons.append(f"both point to {old.foreign_key}")
    if name < _NAME_FLOOR:
        return Score(0)
    reasons.append(f"both are {new.type.family}" if new.type.family != "enum" else "both are enums")
    agreements = [
        (_TYPE, True),
        (_LENGTH, old.type.length == new.type.length),
        (_NULLABLE, old.nullable == new.nullable),
        (_DEFAULT, old.default == new.default),
    ]
    if old.type.length is not None and old.type.length == new.type.length:
        reasons.append(f"both hold {new.type.length} characters")
    if old.foreign_key is not None:
        agreements.append((_REFERENCE, same_target))
    if old_indexed is not None and new_indexed is not None:
        agreements.append((_INDEX, old_indexed == new_indexed))
    weight = _NAME + sum(value for value, _ in agreements)
    agreed = _NAME * name + sum(value for value, same in agreements if same)
    return Score(agreed / weight, tuple(reasons))


# Columns that half of all tables have: sharing them says nothing about being the same table.
_GENERIC = frozenset(
    {
        *("id", "uuid", "created", "created_at", "created_on", "created_by", "created_by_id"),
        *("updated", "updated_at", "updated_on", "updated_by", "updated_by_id", "modified_at"),
        *("deleted_at", "deleted", "is_deleted", "version", "tenant_id", "name", "description"),
    }
)


def table_score(old: str, old_columns: set[str], new: str, new_columns: set[str]) -> Score:
    """How likely the new table is the old one renamed: 0.7 and more of the columns in common.

    Columns that every table has do not count as evidence on their own, unless the names are alike.
    """
    if not old_columns or not new_columns:
        return Score(0)
    shared = old_columns & new_columns
    share = len(shared) / max(len(old_columns), len(new_columns))
    telling = shared - _GENERIC
    own = max(len(old_columns - _GENERIC), len(new_columns - _GENERIC))
    alike = name_similarity(old, new) >= 0.6
    if not alike and (not telling or len(telling) * 2 < own or len(shared) < 3):
        return Score(0)
    count = max(len(old_columns), len(new_columns))
    return Score(share, (f"they share {len(shared)} of {count} columns",))


_SAME_SHAPE = 0.8
"""What a constraint's own parts count: they decide, names are changed for their own sake."""


def constraint_score(old: str, new: str, columns: Iterable[str], referent: str | None) -> Score:
    """How likely one constraint or index is another renamed, where all but the names is equal."""
    likeness = name_similarity(old, new)
    reasons = [f"both are over {', '.join(columns)}"]
    if referent is not None:
        reasons.append(f"both point to {referent}")
    if likeness >= _NAME_FLOOR:
        reasons.append("the names are alike")
    return Score(_SAME_SHAPE + (1 - _SAME_SHAPE) * likeness, tuple(reasons))
