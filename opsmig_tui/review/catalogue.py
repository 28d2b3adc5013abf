"""The rules for people: a list, one explained, the README's table."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from opsmig_tui.review.fixes.planners import RULES as FIXED
from opsmig_tui.review.model import GLYPHS
from opsmig_tui.review.rules import ALL
from opsmig_tui.review.rules.base import Example, Rule

SCHEMA_VERSION = 1
# Up to a full stop or colon, but not to one within `code`.
_FIRST = re.compile(r"(?:`[^`]*`|[^`])*?(?=[.:] |$)")


def headline(rule: Rule) -> str:
    """The first sentence of its explanation."""
    text = " ".join(rule.explanation.split())
    found = _FIRST.match(text)
    return (found[0] if found is not None else text).rstrip(".")


def versions(rule: Rule) -> str:
    """Which PostgreSQL versions it is about, in words; "" for all."""
    if rule.since is not None and rule.until is not None:
        return f"PostgreSQL {rule.since} to {rule.until}"
    if rule.since is not None:
        return f"PostgreSQL {rule.since} and newer"
    return f"PostgreSQL {rule.until} and older" if rule.until is not None else ""


def ordered() -> list[Rule]:
    """By category, in the order of the catalogue."""
    categories = list(dict.fromkeys(rule.category for rule in ALL.values()))
    return sorted(ALL.values(), key=lambda rule: categories.index(rule.category))


def listed() -> str:
    """A line a rule, under its category."""
    width = max(map(len, ALL))
    lines: list[str] = []
    for category, rules in groupby(ordered(), key=lambda rule: rule.category):
        lines += ["", category] if lines else [category]
        lines += (f"  {GLYPHS[one.severity]} {one.id:<{width}}  {headline(one)}" for one in rules)
    return "\n".join(lines)


def explained(rule: Rule, width: int = 100) -> str:
    """All there is to say about one rule."""
    kind = f"{GLYPHS[rule.severity]} {rule.severity}, {rule.category}"
    lines = [f"{rule.id}  {kind}", ""]
    lines += textwrap.wrap(" ".join(rule.explanation.split()), width)
    if about := versions(rule):
        lines += ["", f"Only on {about}."]
    if rule.id in FIXED:
        lines += ["", "opsmig can mend it in the file."]
    lines += _example("Flagged:", rule.fires)
    lines += _example("Not flagged:", rule.silent)
    if rule.source:
        lines += ["", *textwrap.wrap(f"Source: {rule.source}", width, break_long_words=False)]
    ignore = f"# opsmig: ignore[{rule.id}] why it is right here"
    return "\n".join(
        [*lines, "", "To keep one from being shown, above its statement:", f"  {ignore}"]
    )


def _example(title: str, example: Example) -> list[str]:
    return ["", title, *(f"  {line}" for line in code(example).split("\n"))]


def code(example: Example) -> str:
    """The example as a migration's functions, or as a whole file, without the marks."""
    if example.whole:
        lines = textwrap.dedent(example.whole).strip("\n").split("\n")
        return "\n".join(map(_unmarked, lines))
    parts = [example.top] if example.top else []
    parts.append("def upgrade():\n" + _body(example.up))
    if example.down:
        parts.append("def downgrade():\n" + _body(example.down))
    return "\n".join(textwrap.dedent(part).strip("\n") for part in parts)


def _body(text: str) -> str:
    lines = textwrap.dedent(text).strip("\n").split("\n")
    return textwrap.indent("\n".join(_unmarked(line) for line in lines), "    ")


def _unmarked(line: str) -> str:
    return line.rstrip().removesuffix("#!").rstrip()


def to_json(rules: Iterable[Rule]) -> dict[str, Any]:
    """The documented shape of `opsmig rules --json`."""
    return {"schema_version": SCHEMA_VERSION, "rules": [_rule(rule) for rule in rules]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "severity": rule.severity,
        "category": rule.category,
        "summary": headline(rule),
        "explanation": " ".join(rule.explanation.split()),
        "since": rule.since,
        "until": rule.until,
        "fix": rule.id in FIXED,
        "fires": code(rule.fires),
        "silent": code(rule.silent),
        "source": rule.source,
    }


def table() -> str:
    """The README's table."""
    rows = ["| rule | category | severity | about |", "|---|---|---|---|"]
    for rule in ordered():
        about = headline(rule).replace("|", "\\|")
        rows.append(
            f"| `{rule.id}` | {rule.category} | {GLYPHS[rule.severity]} {rule.severity} | {about} |"
        )
    return "\n".join(rows)
