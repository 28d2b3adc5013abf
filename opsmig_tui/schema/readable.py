"""Changes of a schema, grouped by table and written as a person would: as lines, text and JSON."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any, Literal

from opsmig_tui.schema.model import Change, Piece, Sign
from opsmig_tui.schema.words import difference, short

LONGEST = 96
"""Characters of a definition that stand on one line; longer ones get lines of their own."""
SHOWN = 24
"""Lines of one definition (a function, a view) before the rest is only counted."""
_KINDS = (
    *(
        "schema",
        "extension",
        "enum",
        "domain",
        "domain constraint",
        "composite type",
        "range type",
        "sequence",
    ),
    *("table", "column", "column order", "constraint", "index", "trigger", "policy", "rule"),
    *("statistics", "view", "materialized view", "function", "procedure", "aggregate"),
)
# An index may be a materialized view's, a trigger a view's.
_OF_TABLES = {"column", "column order", "constraint", "policy"}
_WORDS = {"+": "added", "-": "removed", "~": "changed"}


@dataclass(frozen=True)
class Line:
    """`depth` 0 names an object, 1 a part of it, 2 is a line of a long definition. `sign` " " is
    neither. Pieces that are not "=" are the words that differ."""

    sign: Literal["+", "-", "~", " "]
    pieces: tuple[Piece, ...]
    depth: int
    low: bool = False

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


def lines(changes: Iterable[Change]) -> tuple[Line, ...]:
    """What changed, object by object: types, then tables with their parts, then the rest."""
    found = list(changes)
    tables = {one.object for one in found if one.kind == "table" or one.kind in _OF_TABLES}
    owners = {one.object: owner for one in found if (owner := _owner(one)) in tables}
    made = {(one.object, one.sign) for one in found if is_whole(one)}
    told = [one for one in found if one.kind != "owner" or (one.object, one.sign) not in made]
    keyed = sorted(((_group(one, tables, owners), one) for one in told), key=_rank)
    result: list[Line] = []
    for (_, name), group in groupby(keyed, key=lambda item: item[0]):
        result += _object(name, [one for _, one in group])
    return tuple(result)


def text(changes: Iterable[Change]) -> str:
    """The lines with their signs, "" where nothing changed."""
    return "\n".join(f"{'  ' * one.depth}{one.sign} {one.text}".rstrip() for one in lines(changes))


def as_json(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Each change with its `change` in a word: "added", "removed", "changed" or "renamed"."""
    return [
        {"change": "renamed" if one.renamed and one.before == one.after else _WORDS[one.sign]}
        | {key: value for key, value in asdict(one).items() if key != "sign"}
        for one in changes
    ]


def title(change: Change) -> str:
    """ "column code of ops.vendor", "enum ops.state"."""
    name = plain_name(change.object)
    if change.kind == "comment":
        return f"the comment on {f'{change.name} of ' if change.name else ''}{name}"
    if change.kind == "privileges":
        return f"the {_part(change)} on {name}"
    return f"{_part(change)} of {name}" if change.name else f"{change.kind} {name}"


def plain_name(name: str) -> str:
    """Without the schema public, which people leave out."""
    return name.removeprefix("public.")


def _owner(change: Change) -> str:
    """The table that owns a sequence."""
    if change.kind != "sequence":
        return ""
    return (change.after or change.before).rpartition(" OWNED BY ")[2].rpartition(".")[0]


def _group(change: Change, tables: set[str], owners: Mapping[str, str]) -> tuple[int, str]:
    """Types come first, then tables, then the rest; and the object's name. A sequence stands with
    the table that owns it."""
    name = owners.get(change.object, change.object)
    if name in tables:
        return 1, name
    early = change.kind in _KINDS[: _KINDS.index("table")]
    return (0 if early else 2), name


def _rank(item: tuple[tuple[int, str], Change]) -> tuple[int, str, bool, int]:
    (group, name), one = item
    kind = _KINDS.index(one.kind) if one.kind in _KINDS else len(_KINDS)
    return group, name, one.object != name or bool(one.name), kind


def _object(name: str, group: Sequence[Change]) -> Iterator[Line]:
    whole = next((one for one in group if one.object == name and is_whole(one)), None)
    if whole is not None:
        yield from _line(whole, f"{whole.kind} {plain_name(name)}", 0)
    else:
        is_table = any(one.kind in _OF_TABLES for one in group)
        heading = ("table " if is_table else "") + plain_name(name)
        yield Line("~", (Piece("=", heading),), 0)
    for one in group:
        if one is not whole:
            yield from _line(one, _part(one), 1)


def is_whole(change: Change) -> bool:
    """Whether it is about an object, not a part or a trait of one."""
    other = ("comment", "owner", "privileges", "column order")
    return not change.name and change.kind not in other


def _part(change: Change) -> str:
    if change.kind == "comment" and change.name:
        return f"comment on {change.name}"
    if change.kind == "sequence":
        return f"sequence {plain_name(change.object)}"
    return f"{change.kind} {change.name}".rstrip()


def _line(change: Change, label: str, depth: int) -> Iterator[Line]:
    if change.renamed:
        label += f"  (was {plain_name(change.renamed)})"
    if change.kind == "enum" and change.sign == "~":
        yield Line("~", (Piece("=", label),), depth)
        yield from _values(change, depth + 1)
        return
    before, after = _definition(change, change.before), _definition(change, change.after)
    low = change.severity == "low"
    if "\n" in before + after or len(before) + len(after) > LONGEST:
        yield Line(change.sign, (Piece("=", label),), depth, low)
        yield from _long(before, after, depth + 1)
        return
    pieces = [Piece("=", label)]
    if before == after:
        pass
    elif change.sign == "~":
        words = difference(before, after)
        pieces += [Piece("=", "  "), *(one for one in words if one.sign != "+"), Piece("=", " → ")]
        pieces += [one for one in words if one.sign != "-"]
    else:
        pieces.append(Piece("=", f"  {before or after}"))
    yield Line(change.sign, tuple(pieces), depth, low)


def _definition(change: Change, definition: str) -> str:
    if change.kind == "column":
        return short(definition)
    if change.sign != "~" and definition.lower() == change.kind:
        return ""  # a table that is nothing but a table
    return definition.strip()


def _values(change: Change, depth: int) -> Iterator[Line]:
    """An enum's values that came, with their place, and went."""
    old = [] if not change.before else change.before.split("', '")
    old, new = [[one.strip("'") for one in part] for part in (old, change.after.split("', '"))]
    for value in old:
        if value not in new:
            yield Line("-", (Piece("=", f"value '{value}'"),), depth)
    for at, value in enumerate(new):
        if value in old:
            continue
        rest = next((one for one in new[at + 1 :] if one in old), None)
        place = f" before '{rest}'" if rest is not None else " at the end"
        yield Line("+", (Piece("=", f"value '{value}'{place}"),), depth)
    if sorted(old) == sorted(new):
        yield Line(" ", (Piece("=", "the values stand in another order"),), depth, low=True)


def _long(before: str, after: str, depth: int) -> Iterator[Line]:
    """The lines that differ, with one around them."""
    old, new = before.splitlines(), after.splitlines()
    found = [one for one in difflib.unified_diff(old, new, n=1, lineterm="")][2:]
    shown = [one for one in found if not one.startswith("@@")]
    signs: dict[str, Sign] = {"+": "+", "-": "-"}
    for one in shown[:SHOWN]:
        yield Line(signs.get(one[0], " "), (Piece("=", one[1:]),), depth)
    if len(shown) > SHOWN:
        yield Line(" ", (Piece("=", f"… {len(shown) - SHOWN} more lines"),), depth)
