"""Every rule fires where it must, at the line, and nowhere else."""

from __future__ import annotations

import pytest

from opsmig_tui.review.rules import ALL
from tests.review import (
    cases_by_hand,
    cases_chain,
    cases_code,
    cases_compared,
    cases_correctness,
    cases_data_loss,
    cases_everyday,
    cases_facts,
    cases_facts_weighed,
    cases_live,
    cases_locking,
    cases_locks,
    cases_pitfalls,
    cases_reversibility,
    cases_rows,
    cases_suppression,
    cases_validated,
)
from tests.review.case import Case

MODULES = (
    *(cases_data_loss, cases_locking, cases_locks, cases_correctness, cases_reversibility),
    *(cases_suppression, cases_chain, cases_facts, cases_everyday, cases_pitfalls, cases_live),
    *(cases_validated, cases_compared),
    *(cases_rows, cases_code, cases_by_hand, cases_facts_weighed),
)
CASES = [case for module in MODULES for case in module.CASES]


# Notes that nearly every migration of an existing table gets: cases_locks judges them at each line,
# the other modules only where they mark them.
OF_MOST = {"no-lock-timeout", "multi-table-ax", "fk-new-table", "index-drop-not-concurrent"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_findings(case: Case) -> None:
    found = {(item.rule, item.line) for item in case.review().findings}
    assert {item for item in found if item[0] not in OF_MOST or item in case.expected} == (
        case.expected
    )


@pytest.mark.parametrize("case", cases_locks.CASES, ids=lambda case: case.name)
def test_notes_of_locks(case: Case) -> None:
    found = {(item.rule, item.line) for item in case.review().findings}
    assert found == case.expected


def test_names_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


def test_every_rule_fires_somewhere() -> None:
    assert {rule for case in CASES for rule, _ in case.expected} == set(ALL)
