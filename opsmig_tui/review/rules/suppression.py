"""Rules about the comments that keep findings from being shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Span
from opsmig_tui.review.rules.base import Example, Rule, flag
from opsmig_tui.review.subject import Subject
from opsmig_tui.review.suppress import Suppression

UNUSED, UNKNOWN, REASON = "ignore-unused", "ignore-unknown-rule", "ignore-without-reason"


def _place(item: Suppression) -> Span:
    return Span(item.line, item.column, item.line, 0)


def _without_reason(subject: Subject) -> Iterator[Finding]:
    for item in subject.migration.suppressions:
        if not item.reason:
            yield flag(
                REASON,
                "warning",
                _place(item),
                f"Ignores {', '.join(item.rules) or 'nothing'} without a reason.",
                "Whoever reads this in a year cannot tell whether it still holds.",
                "Write the reason after the brackets.",
            )


def unknown(items: Iterable[Suppression], rules: Iterable[str]) -> Iterator[Finding]:
    """What names a rule that is none of `rules`."""
    import difflib

    known = tuple(rules)
    for item in items:
        for name in item.rules:
            if name in known:
                continue
            near = difflib.get_close_matches(name, known, n=1)
            yield flag(
                UNKNOWN,
                "warning",
                _place(item),
                f"Ignores {name}, which is no rule.",
                "It keeps nothing from being shown.",
                f"Write {near[0]}, or take it away."
                if near
                else "Take it away; opsmig rules lists what there is.",
            )


# Whether these find something can rest on the models, the database or git: without a database their
# silence proves nothing.
NEEDS_FACTS = frozenset(
    {
        *("enum-value-missing", "enum-type-missing", "enum-type-exists", "constraint-renamed"),
        *("check-missed", "server-default-missed", "unique-on-duplicates", "fk-orphans"),
        *("check-on-violations", "dependent-objects", "downgrade-data-loss"),
        *("rename-as-drop-add-column", "missing-import", "downgrade-residue"),
        *("rename-as-drop-add-table", "narrowing-type", "companion-table-missing"),
        *("companion-column-missing", "edited-after-apply", "wrong-parent", "multiple-heads"),
    }
)


def unused(items: Iterable[tuple[Suppression, str]]) -> Iterator[Finding]:
    """Of rules that were checked and found nothing where the comment stands."""
    for item, name in items:
        yield flag(
            UNUSED,
            "warning",
            _place(item),
            f"Ignores {name}, which finds nothing here.",
            "It would hide the finding if the statement were changed so that there is one.",
            "Take it away.",
        )


def _later(subject: Subject) -> Iterable[Finding]:
    """The engine judges it when the other rules have spoken: see `unknown` and `unused`."""
    return ()


_FIRES = """
# opsmig: ignore[{}]{}
op.add_column("a", sa.Column("b", sa.Integer()))
"""
_RIGHT = Example(
    """
    # opsmig: ignore[drop-column] unused since the release of March
    op.drop_column("a", "b")
    """
)
_SOURCE = "What people ask of linters: a reason, and a warning when an ignore is no longer needed"

RULES = (
    Rule(
        REASON,
        "warning",
        "suppression",
        "An `# opsmig: ignore[...]` says nothing after its brackets. The reason is what makes an "
        "ignored hazard a decision; without it the next reader has to find out anew.",
        _without_reason,
        fires=Example('op.drop_column("a", "b")  # opsmig: ignore[drop-column] #!'),
        silent=_RIGHT,
        source=_SOURCE,
    ),
    Rule(
        UNKNOWN,
        "warning",
        "suppression",
        "An `# opsmig: ignore[...]` names an id that no rule has, by a slip or because the rule "
        "went: it keeps nothing from being shown.",
        _later,
        fires=Example(_FIRES.format("drop-colum", " because  #!")),
        silent=_RIGHT,
        source=_SOURCE,
    ),
    Rule(
        UNUSED,
        "warning",
        "suppression",
        "An `# opsmig: ignore[...]` whose rule finds nothing there. Not said of a rule that could "
        "not be checked, is switched off, or whose statement could not be read.",
        _later,
        fires=Example(_FIRES.format("drop-column", " because  #!")),
        silent=_RIGHT,
        source=_SOURCE,
    ),
)
