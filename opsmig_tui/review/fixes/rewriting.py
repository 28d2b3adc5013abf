"""Making the changes noted on a sheet, block by block, so that comments find their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import libcst as cst

GENERATED = "# ###"  # alembic's frame around generated commands


@dataclass
class BlockEdit:
    """The changes of one block. Statements are those of the text as it was."""

    first: list[Any] = field(default_factory=list)
    last: list[Any] = field(default_factory=list)
    before: dict[cst.CSTNode, list[Any]] = field(default_factory=dict)
    after: dict[cst.CSTNode, list[Any]] = field(default_factory=dict)
    instead: dict[cst.CSTNode, list[Any]] = field(default_factory=dict)
    wraps: dict[cst.CSTNode, tuple[cst.With, list[Any]]] = field(default_factory=dict)
    gone: set[cst.CSTNode] = field(default_factory=set)


class Rewriting(cst.CSTTransformer):
    def __init__(
        self,
        blocks: Mapping[cst.CSTNode, BlockEdit],
        changes: Mapping[cst.CSTNode, Sequence[Callable[[cst.CSTNode], cst.CSTNode]]],
    ) -> None:
        super().__init__()
        self._blocks, self._changes = blocks, changes
        self._emptied: set[cst.CSTNode] = set()

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        node: Any = super().on_leave(original_node, updated_node)
        for change in self._changes.get(original_node, ()):
            node = change(node)
        edit = self._blocks.get(original_node)
        if isinstance(original_node, cst.Module | cst.IndentedBlock) and (
            edit is not None or self._emptied.intersection(original_node.body)
        ):
            node = self._block(original_node, node, edit or BlockEdit())
        if isinstance(original_node, cst.With) and original_node.body in self._emptied:
            self._emptied.add(original_node)
        return node

    def _block(self, original: Any, updated: Any, edit: BlockEdit) -> Any:
        """The block with its statements inserted, replaced and wrapped."""
        body: list[Any] = []
        carried: list[cst.EmptyLine] = []
        pairs = list(zip(original.body, updated.body, strict=True))
        at = _after_docstring(original.body) if edit.first else 0
        for index, (old, new) in enumerate(pairs):
            if edit.first and index == at:
                above, new = _above(new) if isinstance(original, cst.IndentedBlock) else ([], new)
                body += _led(edit.first, [*carried, *above])
                carried = []
            done, carried = self._statement(old, new, edit, carried)
            body += done
        if edit.first and at >= len(pairs):
            body += edit.first
        body += edit.last
        idle = [node for node in body if _is_pass(node)]
        if idle and (edit.first or edit.last) and len(body) > len(idle):
            body, left = _without(body, idle)
            carried += left
        footer = [*carried, *updated.footer]
        if not body and isinstance(original, cst.IndentedBlock):
            self._emptied.add(original)
            body = [cst.SimpleStatementLine([cst.Pass()])]
        return updated.with_changes(body=body, footer=footer)

    def _statement(
        self, old: cst.CSTNode, new: Any, edit: BlockEdit, carried: list[cst.EmptyLine]
    ) -> tuple[list[Any], list[cst.EmptyLine]]:
        """What stands in place of one statement, and comments left over for the next."""
        own = list(new.leading_lines)
        new = new.with_changes(leading_lines=())
        before, after = edit.before.get(old, []), edit.after.get(old, [])
        if old in edit.gone:
            return [*before, *after], [*carried, *_comments(_split(own)[0])]
        if old in self._emptied or edit.instead.get(old) == []:
            left = [*carried, *_comments(own), *_comments_within(new)]
            return [*before, *after], left
        done: list[Any] = [new]
        if old in edit.instead:
            done = [*edit.instead[old]]
            done[-1] = _with_trailing(done[-1], new)
        elif old in edit.wraps:
            wrapper, first = edit.wraps[old]
            own, inside = _split(own)
            new = new.with_changes(leading_lines=inside)
            done = [wrapper.with_changes(body=cst.IndentedBlock([*first, new]))]
        if before:
            above, own = _split(own)
            before = _led(before, [*carried, *above])
            carried = []
        return [*before, *_led(done, [*carried, *own]), *after], []


def _led(statements: Sequence[Any], lines: Sequence[cst.EmptyLine]) -> list[Any]:
    """The statements, with these lines above the first."""
    first, *rest = statements
    return [first.with_changes(leading_lines=[*lines, *first.leading_lines]), *rest]


def _split(lines: Sequence[cst.EmptyLine]) -> tuple[list[cst.EmptyLine], list[cst.EmptyLine]]:
    """Lines that stay above what is inserted, and those that belong to the statement below: its
    comments. Blank lines before it and alembic's own comment stay above."""
    last = max((at for at, line in enumerate(lines) if _stays(line)), default=-1)
    return list(lines[: last + 1]), list(lines[last + 1 :])


def own_lines(statement: Any) -> list[cst.EmptyLine]:
    """The comments above a statement that are about it."""
    return _split(statement.leading_lines)[1]


def _stays(line: cst.EmptyLine) -> bool:
    return line.comment is None or line.comment.value.startswith(GENERATED)


def _above(statement: Any) -> tuple[list[cst.EmptyLine], Any]:
    above, rest = _split(statement.leading_lines)
    return above, statement.with_changes(leading_lines=rest)


def _comments(lines: Sequence[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """The lines, unless they are only blank."""
    return list(lines) if any(line.comment is not None for line in lines) else []


def _comments_within(statement: Any) -> list[cst.EmptyLine]:
    """The comments of a statement that goes, as lines of their own."""
    if isinstance(statement, cst.With):
        return _comments(getattr(statement.body, "footer", ()))
    comment = getattr(getattr(statement, "trailing_whitespace", None), "comment", None)
    return [] if comment is None else [cst.EmptyLine(comment=comment)]


def _with_trailing(statement: Any, old: Any) -> Any:
    both = (statement, old)
    if all(isinstance(item, cst.SimpleStatementLine) for item in both):
        return statement.with_changes(trailing_whitespace=old.trailing_whitespace)
    return statement


def _after_docstring(body: Sequence[cst.CSTNode]) -> int:
    first = body[0] if body else None
    if not isinstance(first, cst.SimpleStatementLine) or len(first.body) != 1:
        return 0
    node = first.body[0]
    is_text = isinstance(node, cst.Expr) and isinstance(
        node.value, cst.SimpleString | cst.ConcatenatedString
    )
    return int(is_text)


def _is_pass(node: cst.CSTNode) -> bool:
    return (
        isinstance(node, cst.SimpleStatementLine)
        and len(node.body) == 1
        and isinstance(node.body[0], cst.Pass)
    )


def _without(body: Sequence[Any], idle: Sequence[Any]) -> tuple[list[Any], list[cst.EmptyLine]]:
    """The statements but a ``pass`` that is no longer needed; its comments go to the next, or are
    left over."""
    kept: list[Any] = []
    lines: list[cst.EmptyLine] = []
    for node in body:
        if node in idle:
            lines += [*node.leading_lines, *_comments_within(node)]
        else:
            kept.append(node.with_changes(leading_lines=[*lines, *node.leading_lines]))
            lines = []
    return kept, lines
