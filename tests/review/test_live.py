"""What live data adds to findings, which questions are raised, and what is said when none is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from opsmig_tui.review.amounts import amount
from opsmig_tui.review.engine import questions
from opsmig_tui.review.migration import read_migration
from opsmig_tui.review.model import Facts, Finding
from opsmig_tui.review.probes import MOST, TOO_MANY
from opsmig_tui.review.rules.base import flag
from opsmig_tui.review.subject import Subject
from opsmig_tui.review.told import told
from opsmig_tui.worker.protocol import LiveObject, Probe, ProbeAnswer
from tests.review.case import Case
from tests.review.cases_live import ADD_X, DROP_X, UNIQUE, live, used

PATH = Path("versions/a1_add.py")
VALUES = Probe("values", "t", columns=("x",))


def found(rule: str, up: str, facts: Facts, down: str = "op.execute('SELECT 1')") -> Finding:
    (one,) = [
        item for item in Case("", up, down, facts=facts).review().findings if item.rule == rule
    ]
    return one


def asked(up: str, down: str = "op.execute(UNDO)", facts: Facts | None = None) -> set[Probe]:
    facts = facts if facts is not None else Facts(applied=False)
    return set(questions(PATH, Case("", up, down).source, facts))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"number": 0}, "no row"),
        ({"number": 1}, "1 row"),
        ({"number": 1204}, "1,204 rows"),
        ({"number": 1, "at_least": True}, "at least 1 row"),
        ({"number": 1204, "at_least": True}, "at least 1,204 rows"),
        ({"number": 60_744, "estimated": True}, "about 61,000 rows"),
        ({"number": 3_000_000, "estimated": True}, "about 3 million rows"),
        ({"number": 3_249_000, "estimated": True}, "about 3.2 million rows"),
        ({"number": 9_960_000, "estimated": True}, "about 10 million rows"),
        ({"number": 1_234_567_890, "estimated": True}, "about 1,200 million rows"),
    ],
)
def test_amounts(answer: dict[str, int], words: str) -> None:
    assert amount(ProbeAnswer(VALUES, **answer)) == words  # type: ignore[arg-type]


def test_the_numbers_stand_in_the_live_sentence_alone() -> None:
    one = found("drop-column", DROP_X, live(ProbeAnswer(VALUES, 1204)), ADD_X)
    assert one.live == "1,204 rows hold a value in this database."
    assert (one.evidence, one.probe) == ("live", VALUES)
    assert "1,204" not in one.message + one.why + one.remedy


def test_an_empty_table_says_so_and_changes_nothing() -> None:
    one = found("drop-column", DROP_X, live(ProbeAnswer(VALUES, 0)), ADD_X)
    assert one.live == "No row holds a value in this database, which tells nothing of production."
    assert (one.severity, one.evidence, one.probe) == ("error", "static", None)


@pytest.mark.parametrize(
    "facts",
    [
        Facts(),
        live(),
        live(ProbeAnswer(VALUES, 5, problem="the table is locked by another session")),
        live(ProbeAnswer(VALUES, 5, absent=True)),
        replace(live(ProbeAnswer(VALUES, 5)), applied=True),
    ],
)
def test_without_an_answer_nothing_is_said(facts: Facts) -> None:
    assert found("drop-column", DROP_X, facts, ADD_X).live == ""


def test_a_column_takes_its_indexes_along() -> None:
    index = LiveObject("index", "ix_lower_x", "ops", "t", blocks=False)
    using = used(Probe("dependents", "t", columns=("x",)), index)
    one = found("drop-column", DROP_X, live(ProbeAnswer(VALUES, 1), using), ADD_X)
    assert one.live == (
        "1 row holds a value in this database. It takes along index ix_lower_x of ops.t."
    )


def test_nulls_are_counted() -> None:
    up = 'op.alter_column("t", "x", nullable=False, existing_type=sa.Integer())'
    probe = Probe("nulls", "t", columns=("x",))
    one = found("not-null-no-backfill", up, live(ProbeAnswer(probe, 3)))
    assert one.live == "3 rows with NULL in this database: it fails here."
    assert one.evidence == "live"
    none = found("not-null-no-backfill", up, live(ProbeAnswer(probe)))
    assert none.live.startswith("No row holds NULL in this database,")
    assert none.severity == "error"


def test_a_lock_tells_how_long() -> None:
    up = 'op.create_index("ix", "t", ["x"])'
    rows = Probe("rows", "t")
    many = found("index-not-concurrent", up, live(ProbeAnswer(rows, 3_000_000, estimated=True)))
    assert many.live == "About 3 million rows in this database."
    assert (many.evidence, many.probe) == ("live", None)
    few = found("index-not-concurrent", up, live(ProbeAnswer(rows, 12)))
    assert few.live == "Only 12 rows in this database, which tells nothing of production."
    assert (few.evidence, few.severity) == ("static", many.severity)


def retyped(type_: str, *answers: ProbeAnswer) -> Finding:
    """What is told of a column's new type, whichever rule flags it as narrower."""
    case = Case("", f'op.alter_column("t", "x", type_={type_}, existing_type=sa.Text())')
    subject = Subject(read_migration(PATH, case.source), live(*answers))
    return told(subject, flag("narrowing-type", "error", subject.migration.upgrade[0], "", "", ""))


def test_values_that_do_not_fit() -> None:
    unfit = Probe("unfit", "t", columns=("x",), value="character varying(20)")
    longest = ProbeAnswer(Probe("longest", "t", columns=("x",)), 87)
    one = retyped("sa.String(20)", ProbeAnswer(unfit, 12), longest)
    assert one.live == ("12 rows would not fit in this database. The longest has 87 characters.")
    assert (one.evidence, one.probe) == ("live", unfit)
    none = retyped("sa.String(20)", ProbeAnswer(unfit), replace(longest, number=9, at_least=True))
    assert none.live == (
        "Every value fits in this database, which tells nothing of production. "
        "The longest has at least 9 characters."
    )
    number = Probe("unfit", "t", columns=("x",), value="numeric(8,2)")
    assert retyped("sa.Numeric(8, 2)", ProbeAnswer(number, 1)).live == (
        "1 row would not fit in this database."
    )
    assert retyped("sa.SmallInteger()", ProbeAnswer(number, 1)).live == ""
    assert retyped("sa.Text()").live == ""


def test_enum_values_in_use() -> None:
    up = """op.execute("ALTER TYPE ops.state RENAME TO state_old")
op.execute("CREATE TYPE ops.state AS ENUM ('open', 'closed')")"""
    probe = Probe("enum_used", "state", "ops", value="on hold")
    column = LiveObject("column", "state", "ops", "asset", rows=3)
    facts = live(ProbeAnswer(probe, 3, objects=(column,)))
    subject = Subject(read_migration(PATH, Case("", up).source), facts)
    made = next(item for item in subject.migration.upgrade if item.kind == "create_enum")
    one = told(subject, flag("enum-rename-or-remove", "warning", made, "", "", ""))
    assert one.live == "3 rows hold 'on hold' in this database, in ops.asset.state."
    assert one.probe == probe

    up = "op.execute(\"ALTER TYPE ops.state RENAME VALUE 'on hold' TO 'waiting'\")"
    subject = Subject(read_migration(PATH, Case("", up).source), facts)
    renames = subject.migration.upgrade[0]
    assert (
        told(subject, flag("enum-rename-or-remove", "warning", renames, "", "", "")).live
        == one.live
    )


def test_cascade_names_what_goes_along() -> None:
    up = 'op.execute("ALTER TABLE t DROP COLUMN x CASCADE")'
    using = used(Probe("dependents", "t", columns=("x",)), LiveObject("view", "named", "ops"))
    subject = Subject(read_migration(PATH, Case("", up).source), live(using))
    one = told(subject, flag("drop-cascade", "error", subject.migration.upgrade[0], "", "", ""))
    assert one.live == "It takes along view ops.named in this database."


def test_what_is_asked() -> None:
    assert asked(UNIQUE) >= {Probe("duplicates", "t", columns=("a", "b"))}
    assert asked('op.drop_table("t", schema="ops")') == {
        Probe("rows", "t", "ops"),
        Probe("dependents", "t", "ops"),
    }
    column = {VALUES, Probe("dependents", "t", columns=("x",))}
    assert asked(DROP_X, ADD_X) == column
    # What is applied already is asked about the way back, and what is not about the way there.
    assert asked(ADD_X, DROP_X) == set()
    assert asked(ADD_X, DROP_X, Facts(applied=True)) == {VALUES}
    assert asked(DROP_X, ADD_X, Facts(applied=True)) == set()


def test_nothing_is_asked_about_what_the_revision_makes() -> None:
    up = 'op.create_table("t", sa.Column("x", sa.Integer()))\n' + UNIQUE + "\n" + DROP_X
    assert asked(up) == set()


def test_no_more_is_asked_than_the_limit() -> None:
    up = "\n".join(f'op.drop_column("t", "x{n}")' for n in range(MOST))
    case = Case("", up, facts=live())
    assert len(questions(PATH, case.source, Facts(applied=False))) == MOST
    reasons = {one.rule: one.reason for one in case.review().not_checked}
    assert reasons["dependent-objects"] == TOO_MANY


def test_it_says_why_a_rule_could_not_be_judged() -> None:
    facts = Facts(no_live_reason="no database: it does not answer")
    reasons = {one.rule: one.reason for one in Case("", UNIQUE, facts=facts).review().not_checked}
    assert reasons["unique-on-duplicates"] == "no database: it does not answer"
    slow = live(ProbeAnswer(Probe("duplicates", "t", columns=("a", "b")), problem="too slow"))
    reasons = {one.rule: one.reason for one in Case("", UNIQUE, facts=slow).review().not_checked}
    assert reasons["unique-on-duplicates"] == "too slow"
