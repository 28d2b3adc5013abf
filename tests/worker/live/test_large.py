"""Large tables, which are sampled instead of counted."""

from __future__ import annotations

import pytest

from tests.worker.live.asker import ABOVE, LARGE, Asker


def test_a_large_table_is_estimated_and_says_so(db: Asker) -> None:
    rows = db.ask("rows", "large")
    assert rows.estimated
    assert rows.number == pytest.approx(LARGE, rel=0.05)
    nulls = db.ask("nulls", "large", "twice")
    assert nulls.estimated
    assert nulls.number == pytest.approx(LARGE / 4, rel=0.1)
    orphans = db.ask("orphans", "large", "vendor_id", referent="vendor", referent_schema="ops")
    assert orphans.estimated
    assert orphans.number == pytest.approx(LARGE / 4, rel=0.1)
    longest = db.ask("longest", "large", "code")
    assert 9 <= longest.number <= 10
    assert longest.at_least


def test_one_row_in_a_large_table_is_found_all_the_same(db: Asker) -> None:
    rare = [db.ask("values", "large", f"rare{n}") for n in range(1, 7)]
    assert all(answer.number > 0 for answer in rare)
    # Some of them are in the sample, which is a third of the table; the others are looked for.
    assert {(answer.number, answer.at_least) for answer in rare if answer.at_least} == {(1, True)}
    assert any(answer.at_least for answer in rare)
    none = db.ask("nulls", "large", "id")
    assert (none.number, none.at_least, none.estimated) == (0, False, False)


def test_duplicates_in_a_large_table(db: Asker) -> None:
    assert db.ask("duplicates", "large", "id").number == 0
    some = db.ask("duplicates", "large", "vendor_id")
    assert some.at_least
    assert some.number >= 2


def test_the_same_sample_each_time(db: Asker) -> None:
    first = db.ask("nulls", "large", "twice")
    assert db.ask("nulls", "large", "twice") == first


def test_partitions_are_one_table(db: Asker) -> None:
    assert db.ask("values", "parted", "code", sample_above=10 * LARGE).number == LARGE // 2
    sampled = db.ask("values", "parted", "code")
    assert sampled.estimated
    assert sampled.number == pytest.approx(LARGE / 2, rel=0.2)
    assert db.ask("dependents", "parted").number == 0


def test_rows_are_estimated_only_above_the_limit(db: Asker) -> None:
    assert ABOVE < LARGE
    exact = db.ask("rows", "large", sample_above=10 * LARGE)
    assert (exact.number, exact.estimated) == (LARGE, False)
