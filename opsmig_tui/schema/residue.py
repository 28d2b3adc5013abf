"""What a round trip left, in words, and the line of upgrade() that caused it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from opsmig_tui.schema.compare import changes
from opsmig_tui.schema.model import Change
from opsmig_tui.schema.readable import is_whole, title
from opsmig_tui.worker.protocol import RehearsedStatement, SchemaDelta

_NAME = re.compile(r'"((?:[^"]|"")+)"|([A-Za-z_]\w*)')
_ENUM_VALUE = re.compile(r"'(?:[^']|'')*'")


def residue(
    delta: SchemaDelta, upgrade: Iterable[RehearsedStatement]
) -> list[tuple[int, str, bool]]:
    """(line or 0, what is another now, whether it is of low severity), by line.

    What belongs to an object that is left or gone as a whole is told with it.
    """
    found = changes(delta)
    whole = {(one.object, one.sign) for one in found if is_whole(one) and one.sign != "~"}
    statements = [one for one in upgrade if one.line]
    told = [
        (_line(one, statements), _words(one), one.severity == "low")
        for one in found
        if one.kind != "owner" and (is_whole(one) or (one.object, one.sign) not in whole)
    ]
    return sorted(told)


def _words(change: Change) -> str:
    what = title(change)
    if change.kind == "column order":
        return f"the columns of {what.partition(' ')[2].partition(' ')[2]} stand in another order"
    if change.sign == "+":
        return f"{what} {_be(change)} left behind"
    if change.sign == "-":
        return f"{what} {_be(change)} gone"
    if change.renamed:
        return f"{what} still has its new name (it was {change.renamed})"
    if len(change.before) + len(change.after) > 140 or "\n" in change.before + change.after:
        return f"{what} is another"
    return f"{what} is {change.after or 'empty'} instead of {change.before or 'empty'}"


def _be(change: Change) -> str:
    return "are" if change.kind.endswith("privileges") else "is"


def _line(change: Change, statements: list[RehearsedStatement]) -> int:
    """The statement that says most of the change: its own name counts for more than its table."""
    own = _names(change.name)
    own |= set(_ENUM_VALUE.findall(change.after)) - set(_ENUM_VALUE.findall(change.before))
    own |= {change.renamed} - {""}
    around = _names(change.object.rpartition(".")[2].partition("(")[0])
    words = _names(change.before + " " + change.after)
    best, line = 0, 0
    for one in statements:
        said = _names(one.sql) | set(_ENUM_VALUE.findall(one.sql))
        if not said & (own | around):
            continue
        score = 100 * bool(own & said) + 10 * bool(around & said) + len(words & said)
        if score > best:
            best, line = score, one.line or 0
    return line


def _names(text: str) -> set[str]:
    return {quoted or plain.lower() for quoted, plain in _NAME.findall(text)}
