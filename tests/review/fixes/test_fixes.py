"""What holds for every fix of every case that the rules are tested with."""

from __future__ import annotations

import subprocess
import sys

import pytest

from opsmig_tui.review.fixes import Fix, FixRefused, plans
from opsmig_tui.review.fixes.checked import fixed
from opsmig_tui.review.fixes.planners import RULES, refusal
from opsmig_tui.review.migration import read_migration
from opsmig_tui.review.model import Facts
from opsmig_tui.review.rules import ALL
from opsmig_tui.review.subject import Subject
from tests.review.case import HEADER, Case
from tests.review.fixes.pair import PATH, findings, fix
from tests.review.fixes.pairs_rebuilt import REFUSED, VENDOR, there
from tests.review.fixes.test_pairs import PAIRS
from tests.review.test_cases import CASES

VALUE = "'a'"


def test_no_rename_is_offered_where_another_takes_the_old_name() -> None:
    up = """
    op.drop_index("ix", "a")
    op.create_index("ix", "a", ["b", "c"])
    op.create_index("ix_old", "a", ["b"])
    """
    down = """
    op.drop_index("ix", "a")
    op.drop_index("ix_old", "a")
    op.create_index("ix", "a", ["b"])
    """
    (found,) = findings(Case("", up, down).source, "constraint-renamed")
    assert not found.fixable


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_called_fixable_can_be_fixed(case: Case) -> None:
    for finding in case.review().findings:
        if not finding.fixable:  # nor need it be Python, with conflict markers in it
            continue
        subject = Subject(read_migration(PATH, case.source), case.facts)
        for way in plans(subject, finding):
            # Raises where the text does not parse, another revision comes of it, the finding
            # stays or an error comes along.
            new = fixed(PATH, case.source, case.facts, finding, way, VALUE if way.ask else "")
            assert new.endswith("\n")
            assert not set(comments(case.source)) - set(comments(new))


def comments(source: str) -> list[str]:
    return [line.split("#", 1)[1] for line in source.split("\n") if line.strip().startswith("#")]


def test_every_fix_has_its_rule_and_a_pair() -> None:
    assert {pair.rule for pair in PAIRS} >= RULES & set(ALL)


def test_a_review_does_without_libcst() -> None:
    code = (
        "import sys; from opsmig_tui.review.engine import review_source\n"
        "from opsmig_tui.review.model import Facts; from pathlib import Path\n"
        f"found = review_source(Path('a.py'), {PAIRS[0].source(PAIRS[0].before)!r}, Facts())\n"
        "assert any(f.fixable for f in found.findings)\n"
        "sys.exit('libcst' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize(
    "body",
    [
        "for name in NAMES:\n        op.create_index(name, 'a', ['b'])",
        "for name in ['b', 'c']:\n        op.create_index(name, 'a', [name])",
        "[op.create_index(name, 'a', [name]) for name in ['b']]",
        "x = op.create_index('ix', 'a', ['b'])",
        "pass; op.create_index('ix', 'a', ['b'])",
        "if ASKED: op.create_index('ix', 'a', ['b'])",
        "build('ix')",
    ],
)
def test_nothing_is_offered_where_one_text_stands_for_several_things(body: str) -> None:
    helper = "def build(name):\n    op.create_index(name, 'a', ['b'])\n"
    source = f"{HEADER}{helper}\n\ndef upgrade():\n    {body}\n\n\ndef downgrade():\n    down()\n"
    found = findings(source, "index-not-concurrent")
    assert found
    assert not any(item.fixable for item in found)


@pytest.mark.parametrize("value", ["", "  ", "1; DROP TABLE a", "(1", "1)", "'a", "1 -- x", "a\nb"])
def test_a_value_is_one_expression(value: str) -> None:
    pair = next(pair for pair in PAIRS if pair.rule == "not-null-no-default")
    with pytest.raises(FixRefused):
        fix(pair.source(pair.before), pair.rule, value)


class Written(Fix):
    """A fix that writes what its title says."""

    def apply(self, source: str, value: str = "", *, guards: bool = True) -> str:
        return self.title


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("", "", "would change nothing"),
        ("op.add_column(", "op.add_column (", "would not mend it"),
        ("def upgrade():", "def upgrade(:", "does not parse"),
        ('down_revision = "a0"', 'down_revision = "a2"', "place in the history"),
        (
            "nullable=False))",
            "server_default='x')); op.drop_column('b', 'c')",
            "downgrade-asymmetric",
        ),
    ],
)
def test_what_a_fix_must_not_do(old: str, new: str, why: str) -> None:
    pair = next(pair for pair in PAIRS if pair.rule == "not-null-no-default")
    source = pair.source(pair.before)
    finding = findings(source, pair.rule)[0]
    way = Written(pair.rule, source.replace(old, new, 1), lambda sheet, value: None)
    with pytest.raises(FixRefused, match=why):
        fixed(PATH, source, Facts(), finding, way)


@pytest.mark.parametrize(("call", "why"), REFUSED)
def test_an_inverse_that_is_not_known_is_refused_in_a_sentence(call: str, why: str) -> None:
    source = f"{HEADER}\n\ndef upgrade():\n    {call}\n\n\ndef downgrade():\n    pass\n"
    facts = there(VENDOR)
    finding = findings(source, "downgrade-empty", facts)[0]
    assert not finding.fixable
    sentence = refusal(Subject(read_migration(PATH, source), facts), finding)
    assert why in sentence
    assert sentence.startswith("upgrade() drops ")
    assert sentence.endswith(": no inverse can be written.")


def test_an_alembic_without_guards_is_not_given_any() -> None:
    old = Facts(alembic=(1, 11, 3))
    pair = next(pair for pair in PAIRS if pair.name == "index: both directions")
    with pytest.raises(FixRefused, match="no if_exists"):
        fix(pair.source(pair.before), pair.rule, facts=old)
    pair = next(pair for pair in PAIRS if pair.name.startswith("empty: tables"))
    text = fix(pair.source(pair.before), pair.rule, facts=old)
    assert 'op.drop_index("ix", table_name="a", postgresql_concurrently=True)' in text
    assert "if_exists" not in text
