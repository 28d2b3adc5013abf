"""How a fix is tested: a migration's functions before, and after the fix of a finding."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

from opsmig_tui.review.engine import review_source
from opsmig_tui.review.fixes import plans
from opsmig_tui.review.fixes.checked import fixed
from opsmig_tui.review.migration import read_migration
from opsmig_tui.review.model import Facts, Finding
from opsmig_tui.review.subject import Subject
from tests.review.case import HEADER

PATH = Path("versions/a1_add.py")


@dataclass(frozen=True)
class Pair:
    """`before` and `after` are what follows the header, or whole files where they begin with a
    docstring or an import. `way` chooses among several fixes, `at` among several findings."""

    name: str
    rule: str
    before: str
    after: str
    value: str = ""
    way: int = 0
    at: int = 0
    facts: Facts = field(default_factory=Facts)

    def source(self, text: str) -> str:
        body = dedent(text).strip("\n") + "\n"
        whole = body.startswith(('"""', "'''", "from ", "import "))
        return body if whole else f"{HEADER}\n{body}"

    @property
    def wanted(self) -> str:
        return self.source(self.after)

    def fixed(self) -> str:
        return fix(self.source(self.before), self.rule, self.value, self.way, self.at, self.facts)


def findings(source: str, rule: str, facts: Facts | None = None) -> list[Finding]:
    review = review_source(PATH, source, facts or Facts())
    return [item for item in review.findings if item.rule == rule]


def fix(
    source: str,
    rule: str,
    value: str = "",
    way: int = 0,
    at: int = 0,
    facts: Facts | None = None,
) -> str:
    """The text after the fix of the rule's finding, checked as the tool checks it."""
    known = facts or Facts()
    finding = findings(source, rule, known)[at]
    assert finding.fixable
    subject = Subject(read_migration(PATH, source), known)
    chosen = plans(subject, finding)[way]
    return fixed(PATH, source, known, finding, chosen, value)
