"""Of two rules that would tell one hazard at one place, the one that says more speaks."""

from __future__ import annotations

from collections.abc import Iterable

from opsmig_tui.review.model import Finding

# A narrower type is rewritten too, and its finding says so; without USING nothing is rewritten.
GIVES_WAY_TO = {"type-change-rewrite": frozenset({"narrowing-type", "cast-without-using"})}


def one_voice(findings: Iterable[Finding]) -> list[Finding]:
    """Without findings whose rule gives way to another one's at the same place."""
    found = list(findings)
    said: dict[tuple[int, int, int], set[str]] = {}
    for item in found:
        said.setdefault(_place(item), set()).add(item.rule)
    return [
        item for item in found if not GIVES_WAY_TO.get(item.rule, frozenset()) & said[_place(item)]
    ]


def _place(item: Finding) -> tuple[int, int, int]:
    return item.line, item.column, item.operation.order if item.operation is not None else -1
