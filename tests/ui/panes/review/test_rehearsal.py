"""The tabs Schema and Rehearsal, from what a rehearsal told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from opsmig_tui.review.model import Facts, Review
from opsmig_tui.ui.panes.review import ReviewPane, rehearsal_tab, schema_tab
from opsmig_tui.worker.protocol import (
    DriftOperation,
    Failed,
    Loss,
    RehearsedLeg,
    RehearsedStatement,
    RehearseResult,
    Retyped,
    RoundTrip,
    SchemaDelta,
    SchemaObject,
    TableWork,
    TakenLock,
)
from tests.ui.dump import check_golden, until
from tests.ui.panes.host import Host
from tests.ui.panes.review.conftest import content_of

LOCK = TakenLock("public.asset", "table", "ACCESS EXCLUSIVE", 1204, 81920, 31.0)
ADD = RehearsedStatement("ALTER TABLE asset ADD COLUMN state TEXT", "b2.py", 16, 2.0, None, (LOCK,))
UPDATE = RehearsedStatement(
    "UPDATE asset SET state = 'idle'", "b2.py", 20, 9.0, 1204,
    work=(TableWork("public.asset", updated=1204, scanned=1204),),
)  # fmt: skip
MADE = SchemaDelta(
    (
        SchemaObject("enum", "public.kind", "", "'a'", "8"),
        SchemaObject("column", "public.asset", "name", "character varying(9)", "5.2"),
    ),
    (
        SchemaObject("enum", "public.kind", "", "'a', 'b'", "8"),
        SchemaObject("column", "public.asset", "name", "text NOT NULL", "5.2"),
        SchemaObject("column", "public.asset", "state", "text", "5.3"),
        SchemaObject("index", "public.asset", "ix_asset_state", "USING btree (state)", "6"),
    ),
)
LEFT = SchemaDelta((), (SchemaObject("column", "public.asset", "state", "text", "5.3"),))
UP = RehearsedLeg("b2", "upgrade", "b2.py", "ok", 31.0, (ADD, UPDATE), (), MADE)
DOWN = RehearsedLeg("b2", "downgrade", "b2.py", "ok", 4.0, (), (Loss("rows of asset", 0),))
AGAIN = replace(
    UP,
    outcome="failed",
    statements=(ADD,),
    failed=Failed(
        "database", 'column "state" of relation "asset" already exists', hint="Drop it.", line=16
    ),
)
RESULT = RehearseResult(
    (UP, DOWN, AGAIN),
    (RoundTrip("b2", "b2.py", LEFT),),
    current=("a1",),
    unchanged=True,
    drift=(DriftOperation("+", "asset", "add column note TEXT", "", "add-column"),),
)


def told(rows: list[object]) -> str:
    return " ".join(" ".join(row.text for row in rows).split())  # type: ignore[attr-defined]


@pytest.mark.parametrize("tab", ["schema", "rehearsal"])
async def test_the_tab(review: Review, tab: str) -> None:
    pane = ReviewPane()
    async with Host(pane).run_test(size=(80, 30)) as pilot:
        known = replace(review, facts=Facts(residue=()))
        pane.show_review(known, rehearsal=RESULT, tab=tab)
        await until(pilot, lambda: pane.tab.name == tab and pane.list.rows)
        await check_golden(pilot, f"review_{tab}")


@pytest.mark.parametrize("tab", [schema_tab, rehearsal_tab])
def test_where_nothing_was_rehearsed_the_tab_names_the_key(review: Review, tab: object) -> None:
    rows = tab.rows(content_of(review), 80)  # type: ignore[attr-defined]
    assert "Press r" in told(rows)


def test_a_refusal_says_why(review: Review) -> None:
    refused = RehearseResult(refused="The connection commits each statement by itself.")
    rows = rehearsal_tab.rows(replace(content_of(review), rehearsal=refused), 80)
    assert "Not rehearsed: The connection commits each statement by itself." in told(rows)


def test_a_chain_that_ended_elsewhere_names_the_revision(review: Review) -> None:
    elsewhere = replace(AGAIN, revision="a9")
    content = replace(content_of(review), rehearsal=replace(RESULT, legs=(elsewhere,)))
    assert "The chain ended at a9: its upgrade failed." in told(rehearsal_tab.rows(content, 80))
    assert rehearsal_tab.count(content) == "▲"


def test_values_that_a_new_type_changes_are_a_flag_at_their_line(review: Review) -> None:
    cut = Retyped("public.asset", "name", "text", "character varying(3)", 1204, 31)
    kept = replace(cut, column="code", changed=0)
    leg = replace(UP, statements=(replace(ADD, retyped=(cut, kept)),))
    rows = rehearsal_tab.rows(
        replace(content_of(review), rehearsal=replace(RESULT, legs=(leg,))), 80
    )
    assert "Lost: public.asset.name: 31 of 1,204 values are not the same" in told(rows)
    assert "╰ public.asset.code: all 1,204 values are the same as" in told(rows)
    (flag,) = [row for row in rows if "Lost:" in row.text]
    assert (flag.number, flag.severity) == (16, "error")


def test_nothing_is_wider_than_a_narrow_pane(review: Review) -> None:
    content = replace(content_of(review), rehearsal=RESULT)
    for tab in (schema_tab, rehearsal_tab):
        for row in tab.rows(content, 40):  # type: ignore[attr-defined]
            assert len(row.text) <= 40
