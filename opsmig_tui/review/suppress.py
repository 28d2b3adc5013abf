"""``# opsmig: ignore[rule-id] reason``: findings that somebody looked at and means to keep.

The comment stands on a line of the statement, or on the lines right above it; of a `with`, `if`,
`for` or `def` it covers the head. ``ignore-file[...]`` anywhere in the file covers all of it.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from opsmig_tui.review.comments import comments
from opsmig_tui.review.nodes import statements

if TYPE_CHECKING:
    from opsmig_tui.review.model import Finding

_COMMENT = re.compile(r"#\s*opsmig:\s*ignore(?P<file>-file)?\s*\[(?P<rules>[^\]]*)\]\s*(?P<why>.*)")
# Another comment behind it (a linter's) is not part of the reason; "see #123" is.
_NEXT = re.compile(r"\s*#(?=[\s!])")
_COMPOUND = (
    *(ast.With, ast.AsyncWith, ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar),
    *(ast.Match, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
)
_BODIES = ("body", "orelse", "handlers", "finalbody", "cases", "decorator_list")


@dataclass(frozen=True)
class Suppression:
    """One comment at `line` (from 1), `column` (from 0). It covers `first` to `last`, a whole file
    where `last` is 0."""

    line: int
    column: int
    rules: tuple[str, ...]
    reason: str
    first: int = 1
    last: int = 0

    def covers(self, finding: Finding) -> bool:
        return finding.rule in self.rules and self.touches(finding.line, finding.line)

    def touches(self, first: int, last: int) -> bool:
        """One of these lines is covered."""
        return self.last == 0 or (self.first <= max(first, last) and first <= self.last)


@dataclass(frozen=True)
class Suppressed:
    """A finding that is not shown, and why."""

    finding: Finding
    reason: str


def suppressions(source: str, tree: ast.Module) -> tuple[Suppression, ...]:
    """The comments of a file, in order."""
    if "opsmig:" not in source:
        return ()
    found = [item for place in comments(source) if (item := _read(*place)) is not None]
    if not found:
        return ()
    heads = sorted(_heads(tree))
    return tuple(item if item.last == 0 else _placed(item, heads) for item in found)


def _read(line: int, column: int, comment: str) -> Suppression | None:
    match = _COMMENT.search(comment)
    if match is None:
        return None
    rules = tuple(name.strip() for name in match["rules"].split(",") if name.strip())
    last = 0 if match["file"] else line
    return Suppression(
        line, column, rules, _NEXT.split(match["why"])[0].strip(), line if last else 1, last
    )


def _heads(tree: ast.Module) -> Iterator[tuple[int, int]]:
    """First and last line of each simple statement, and of the head of each compound one."""
    for node in statements(tree):
        if isinstance(node, _COMPOUND):
            inside = {id(item) for name in _BODIES for item in getattr(node, name, ())}
            yield node.lineno, _head_end(node, inside)
        else:
            yield node.lineno, node.end_lineno or node.lineno


def _head_end(node: ast.AST, inside: set[int]) -> int:
    """The last line of what stands before a block's colon."""
    last: int = getattr(node, "lineno", 1)
    for child in ast.iter_child_nodes(node):
        if id(child) not in inside:
            parts = (child,) if isinstance(child, ast.expr) else ast.walk(child)
            last = max(last, *(getattr(part, "end_lineno", None) or 0 for part in parts))
    return last


def _placed(item: Suppression, heads: list[tuple[int, int]]) -> Suppression:
    """With the lines of the statement it stands on, else of the next one below."""
    # The last that begins on its line or above: heads may share a line, they do not nest.
    at = bisect_right(heads, item.line, key=lambda head: head[0])
    if at and heads[at - 1][1] >= item.line:
        at -= 1
    if at == len(heads):
        return item
    return replace(item, first=heads[at][0], last=heads[at][1])


def split(
    findings: Iterable[Finding], comments: Iterable[Suppression]
) -> tuple[list[Finding], list[Suppressed], set[tuple[Suppression, str]]]:
    """What is shown, what is not, and which rule of which comment took something away."""
    shown: list[Finding] = []
    hidden: list[Suppressed] = []
    used: set[tuple[Suppression, str]] = set()
    by_rule: dict[str, list[Suppression]] = {}
    for item in comments:
        for rule in item.rules:
            by_rule.setdefault(rule, []).append(item)
    for finding in findings:
        covering = [item for item in by_rule.get(finding.rule, ()) if item.covers(finding)]
        used |= {(item, finding.rule) for item in covering}
        if covering:
            hidden.append(Suppressed(finding, covering[0].reason))
        else:
            shown.append(finding)
    return shown, hidden, used


def with_suppression(source: str, finding: Finding, reason: str) -> str:
    """The text with a comment above the finding's statement; one that is there takes the rule in.

    A finding of no statement (the file's name) is ignored for the file, below the docstring.
    Raises ValueError without a reason, SyntaxError when the text does not parse.
    """
    words = " ".join(reason.split())
    if not words:
        raise ValueError("an ignore wants a reason")
    tree = ast.parse(source)
    # Not splitlines(): to Python a form feed or U+2028 ends no line.
    lines = re.findall(r"[^\n]*\n|[^\n]+", source)
    head = max((h for h in _heads(tree) if h[0] <= finding.line <= h[1]), default=None)
    own = [
        item
        for item in suppressions(source, tree)
        if item.last and head is not None and (item.first, item.last) == head
    ]
    if own:
        return _joined(lines, own[0], finding.rule, words)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if head is None:
        at = (tree.body[0].end_lineno or 0) if ast.get_docstring(tree) is not None else 0
        lines.insert(at, f"# opsmig: ignore-file[{finding.rule}] {words}{end}")
        return "".join(lines)
    first = lines[head[0] - 1]
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    lines.insert(head[0] - 1, f"{indent}# opsmig: ignore[{finding.rule}] {words}{end}")
    return "".join(lines)


def _joined(lines: list[str], item: Suppression, rule: str, reason: str) -> str:
    line = lines[item.line - 1]
    rules = ", ".join(dict.fromkeys((*item.rules, rule)))
    why = item.reason if reason in item.reason else "; ".join(filter(None, (item.reason, reason)))
    start = line[: item.column]
    rest = line[item.column :]
    comment, end = rest.rstrip("\r\n"), rest[len(rest.rstrip("\r\n")) :]
    match = _COMMENT.search(comment)
    before = comment[: match.start()] if match is not None else ""
    lines[item.line - 1] = f"{start}{before}# opsmig: ignore[{rules}] {why}{end}"
    return "".join(lines)
