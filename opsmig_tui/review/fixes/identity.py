"""What a revision file says of itself: its parents and its docstring, written anew."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.history.model import Revision
from opsmig_tui.history.reader import read_revision
from opsmig_tui.review.fixes.model import FixRefused

if TYPE_CHECKING:
    import libcst as cst

    from opsmig_tui.review.fixes.sheet import Sheet


def rewritten(
    path: Path,
    source: str,
    *,
    parents: tuple[str, ...] | None = None,
    lines: Mapping[str, str] | None = None,
    message: str | None = None,
) -> str:
    """The text with another down_revision and docstring: its "Revises" goes with `parents`, `lines`
    are further ones by label ("Create Date"), `message` its first line.

    A docstring that is no plain literal, or lacks such a line, stays. Raises FixRefused where the
    file cannot be changed safely, or would then say anything else about itself than it should.
    """
    from opsmig_tui.review.fixes.sheet import open_sheet

    before = read_revision(path, source)
    if not isinstance(before, Revision) or before.computed:
        raise FixRefused(f"{path.name} works its identifiers out when it runs.")
    sheet = open_sheet(source)
    lines = dict(lines or {})
    if parents is not None and parents != before.down_revisions:
        bind(sheet, "down_revision", parents)
        lines["Revises"] = ", ".join(parents)
    edit_docstring(sheet, lines, message)
    new = sheet.result()
    after = read_revision(path, new)
    wanted = before.down_revisions if parents is None else parents
    if not isinstance(after, Revision) or _identity(after) != _identity(before, wanted):
        raise FixRefused(f"{path.name} binds its identifiers more than once.")
    return new


def _identity(item: Revision, parents: tuple[str, ...] | None = None) -> tuple[object, ...]:
    found = item.down_revisions if parents is None else parents
    return item.revision, found, item.depends_on, item.branch_labels, item.computed


def bind(sheet: Sheet, name: str, values: tuple[str, ...]) -> None:
    """``name = "value"``, a tuple of several or None, at the file's top, in the file's quotes.

    Raises FixRefused where it is bound to anything but a literal.
    """
    import libcst as cst

    for value in _bound(sheet, name):
        if isinstance(value, cst.SimpleString):
            quote: str = value.quote
        elif isinstance(value, cst.Tuple | cst.List) or (
            isinstance(value, cst.Name) and value.value == "None"
        ):
            quote = _quote(sheet)
        else:
            continue
        written = [f"{quote}{one}{quote}" for one in values]
        code = written[0] if len(written) == 1 else f"({', '.join(written)})"
        new = sheet.expression(code if written else "None")
        sheet.change(value, partial(_instead, new))
        return
    raise FixRefused(f"{name} is not one literal.")


def _instead(new: cst.CSTNode, old: cst.CSTNode) -> cst.CSTNode:
    return new


def _bound(sheet: Sheet, name: str) -> list[cst.BaseExpression]:
    import libcst as cst

    found: list[cst.BaseExpression] = []
    for line in sheet.module.body:
        for node in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(node, cst.Assign):
                targets = [item.target for item in node.targets]
            elif isinstance(node, cst.AnnAssign):
                targets = [node.target]
            else:
                continue
            # One value for several names (`a = b = None`) is not ours alone to change.
            named = any(isinstance(item, cst.Name) and item.value == name for item in targets)
            if named and len(targets) == 1 and node.value is not None:
                found.append(node.value)
    return found


def _quote(sheet: Sheet) -> str:
    """The quotes of the file's own id."""
    import libcst as cst

    own = [one for one in _bound(sheet, "revision") if isinstance(one, cst.SimpleString)]
    return own[0].quote if own else '"'


def edit_docstring(sheet: Sheet, lines: Mapping[str, str], message: str | None = None) -> bool:
    """``label: value`` in place of what the docstring's line has, and another first line.

    False, and nothing is changed, where the docstring is not one literal.
    """
    import libcst as cst

    first = sheet.module.body[0] if sheet.module.body else None
    small = first.body[0] if isinstance(first, cst.SimpleStatementLine) else None
    node = small.value if isinstance(small, cst.Expr) else None
    if not isinstance(node, cst.SimpleString):
        return False

    def change(literal: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(literal, cst.SimpleString)
        text = literal.raw_value
        for label, value in lines.items():
            text = _line(text, label, value)
        if message is not None:
            text = _first_line(text, message)
        return literal.with_changes(value=f"{literal.prefix}{literal.quote}{text}{literal.quote}")

    sheet.change(node, change)
    return True


def _line(text: str, label: str, value: str) -> str:
    pattern = re.compile(rf"^([ \t]*{re.escape(label)}:)[^\n]*?([ \t]*)$", re.M)
    after = f" {value}" if value else ""
    return pattern.sub(lambda match: f"{match[1]}{after}{match[2] if value else ''}", text, count=1)


def _first_line(text: str, message: str) -> str:
    """The docstring's first line that says something is what alembic shows as the message."""
    rest = text.lstrip()
    blank = text[: len(text) - len(rest)]
    _, end, more = rest.partition("\n")
    return f"{blank}{message}{end}{more}"
