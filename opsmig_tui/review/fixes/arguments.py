"""Arguments of a call, set and taken away in the style in which the call is written."""

from __future__ import annotations

import libcst as cst


def argument(call: cst.Call, position: int, *names: str) -> cst.Arg | None:
    """What is passed by one of the names, else at the position; None where nothing is."""
    for item in call.args:
        if item.keyword is not None and item.keyword.value in names:
            return item
    plain = [item for item in call.args if item.keyword is None and item.star == ""]
    return plain[position] if 0 <= position < len(plain) else None


def with_argument(call: cst.Call, name: str, value: cst.BaseExpression) -> cst.Call:
    """The call with ``name=value``: in place of what was given, else at the end."""
    for item in call.args:
        if item.keyword is not None and item.keyword.value == name:
            return call.with_deep_changes(item, value=value)
    added = cst.Arg(
        value=value,
        keyword=cst.Name(name),
        equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
    )
    if not call.args:
        return call.with_changes(args=[added])
    *before, last = call.args
    between = _separator(call)
    if isinstance(last.comma, cst.Comma):  # a trailing comma: the new last one has it
        after = last.comma.whitespace_after
        added = added.with_changes(comma=cst.Comma(whitespace_after=_plain(after)))
        last = last.with_changes(comma=cst.Comma(whitespace_after=_joined(after, between)))
    else:
        after = last.whitespace_after_arg
        added = added.with_changes(whitespace_after_arg=_plain(after))
        last = last.with_changes(
            comma=cst.Comma(whitespace_after=_joined(after, between)),
            whitespace_after_arg=cst.SimpleWhitespace(""),
        )
    return call.with_changes(args=[*before, last, added])


def with_arguments(call: cst.Call, kept: list[cst.Arg]) -> cst.Call:
    """The call with some of its own arguments; its end is written as it was."""
    if not kept or kept[-1] is call.args[-1]:
        return call.with_changes(args=kept)
    last = call.args[-1]
    kept[-1] = kept[-1].with_changes(
        comma=last.comma, whitespace_after_arg=last.whitespace_after_arg
    )
    return call.with_changes(args=kept)


def _separator(call: cst.Call) -> cst.BaseParenthesizableWhitespace:
    """What stands between two arguments: a space, or a new line."""
    if len(call.args) > 1:
        comma = call.args[-2].comma
        if isinstance(comma, cst.Comma):
            return _plain(comma.whitespace_after)
    last = call.args[-1].comma
    if isinstance(last, cst.Comma) and isinstance(
        call.whitespace_before_args, cst.ParenthesizedWhitespace
    ):
        return _plain(call.whitespace_before_args)
    return cst.SimpleWhitespace(" ")


def _plain(space: cst.BaseParenthesizableWhitespace) -> cst.BaseParenthesizableWhitespace:
    """The same without comments and blank lines."""
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return space
    return cst.ParenthesizedWhitespace(indent=space.indent, last_line=space.last_line)


def _joined(
    after: cst.BaseParenthesizableWhitespace, between: cst.BaseParenthesizableWhitespace
) -> cst.BaseParenthesizableWhitespace:
    """`between`, with the comments that `after` holds."""
    if not isinstance(after, cst.ParenthesizedWhitespace):
        return between
    if isinstance(between, cst.ParenthesizedWhitespace):
        return after.with_changes(indent=between.indent, last_line=between.last_line)
    commented = after.first_line.comment is not None or after.empty_lines
    return after if commented else between
