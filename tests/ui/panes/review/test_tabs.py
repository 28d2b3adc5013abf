"""Tabs, folds, the level and `/` in the pane, by its keys and the mouse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from textual.pilot import Pilot

from opsmig_tui.review.model import Review
from opsmig_tui.ui.messages import (
    EditRequested,
    FixRequested,
    IgnoreRequested,
    PeekRequested,
    UndoRequested,
)
from opsmig_tui.ui.panes.review import ReviewPane, sql
from opsmig_tui.ui.panes.review.tab_bar import TabBar
from opsmig_tui.ui.panes.review.tabs import TABS
from opsmig_tui.worker.protocol import Probe, RenderedDirection
from tests.ui.dump import check_golden, screen_text, until
from tests.ui.panes.host import Host
from tests.ui.panes.review.conftest import RENDERED, SOURCE

NEXT, BEFORE = "right_curly_bracket", "left_curly_bracket"


@asynccontextmanager
async def showing(
    review: Review, size: tuple[int, int] = (90, 24)
) -> AsyncIterator[tuple[ReviewPane, Host, Pilot[Any]]]:
    pane = ReviewPane()
    app = Host(pane)
    async with app.run_test(size=size) as pilot:
        pane.show_review(review)
        await until(pilot, lambda: any(
            ink == "code_keyword" for row in pane.list.rows for _, ink in row.pieces
        ))  # fmt: skip
        pane.focus()
        yield pane, app, pilot


def here(pane: ReviewPane) -> str:
    return pane.list.rows[pane.list.cursor].text.strip()


async def test_the_sql(review: Review) -> None:
    async with showing(review) as (_, _, pilot):
        await pilot.press(NEXT)
        await check_golden(pilot, "review_sql")


async def test_the_findings(review: Review) -> None:
    async with showing(review) as (_, _, pilot):
        await pilot.press(NEXT, NEXT)
        await check_golden(pilot, "review_findings")


async def test_moving_in_one_tab_moves_the_others(review: Review) -> None:
    async with showing(review) as (pane, app, pilot):
        await pilot.press("right_square_bracket", "right_square_bracket", NEXT)
        assert here(pane) == "UPDATE asset SET state = 'idle';"
        await pilot.press("j", NEXT)
        assert here(pane) == "update-all-rows  Updates every row of asset."
        await pilot.press("g", BEFORE, BEFORE)
        assert pane.tab.name == "code"
        assert here(pane) == 'op.drop_column("asset", "state")'
        await pilot.press(NEXT, "e")
        assert here(pane) == "ALTER TABLE asset DROP COLUMN state;"
        await pilot.pause()
        assert app.heard == [EditRequested(review.path, 26)]


async def test_who_looks_in_and_comes_back_finds_all_as_it_was(review: Review) -> None:
    async with showing(review, (90, 14)) as (pane, _, pilot):
        await pilot.press("G", "k", "k", "k", "k")
        before = pane.list.cursor, pane.list.scroll_offset.y
        await pilot.press(*[NEXT] * len(TABS))
        assert (pane.list.cursor, pane.list.scroll_offset.y) == before


async def test_enter_goes_from_a_finding_and_from_a_statement_to_the_code(review: Review) -> None:
    async with showing(review) as (pane, _, pilot):
        await pilot.press(NEXT, NEXT, "right_square_bracket", "enter")
        await until(pilot, lambda: pane.tab.name == "code")
        assert here(pane) == "op.execute(\"UPDATE asset SET state = 'idle'\")"
        await pilot.press(NEXT, "j", "enter")
        await until(pilot, lambda: pane.tab.name == "code")
        assert pane.list.file_line() == 22


async def test_the_mouse_takes_a_tab_and_opens_a_fold(review: Review) -> None:
    async with showing(review) as (pane, app, pilot):
        await pilot.click(TabBar, offset=(7, 0))
        assert "CREATE INDEX CONCURRENTLY" in screen_text(app)
        assert pane.list.has_focus
        await pilot.click(TabBar, offset=(1, 0))
        row = next(i for i, one in enumerate(pane.list.rows) if one.kind == "fold")
        assert "import sqlalchemy" not in screen_text(app)
        await pilot.click("#review-list", offset=(10, row))
        assert "import sqlalchemy" in screen_text(app)


async def test_space_opens_a_fold_and_closes_it_and_o_does_so_to_all(review: Review) -> None:
    async with showing(review) as (pane, _, pilot):
        fold = next(i for i, one in enumerate(pane.list.rows) if one.kind == "fold")
        few = len(pane.list.rows)
        pane.list.cursor = fold
        await pilot.press("space", "j", "j")
        assert pane.list.file_line() == 3
        await pilot.press("space")
        assert (len(pane.list.rows), pane.list.cursor) == (few, fold)
        await pilot.press("o")
        assert len(pane.list.rows) > few
        await pilot.press("o")
        assert len(pane.list.rows) == few


async def test_what_is_looked_for_is_found_in_a_fold_too(review: Review) -> None:
    async with showing(review) as (pane, app, pilot):
        await pilot.press("slash", *"sqlalchemy", "enter")
        assert here(pane) == "import sqlalchemy as sa"
        await until(pilot, lambda: "1 match" in screen_text(app))
        await pilot.press("escape")
        assert any(one.kind == "fold" for one in pane.list.rows)


async def test_the_findings_are_filtered_by_words(review: Review) -> None:
    async with showing(review) as (pane, app, pilot):
        await pilot.press(NEXT, NEXT, "slash", *"every", "enter")
        assert [one.finding for one in pane.list.rows if one.kind == "finding"] == [1, 1]
        await until(pilot, lambda: "1 match" in screen_text(app))
        await pilot.press("escape")
        assert {one.finding for one in pane.list.rows if one.kind == "finding"} == {0, 1, 2}


async def test_v_leaves_the_less_severe_out_everywhere(review: Review) -> None:
    async with showing(review) as (pane, app, pilot):
        await pilot.press("v")
        assert "without notes  ✖ 1  ▲ 1" in screen_text(app).splitlines()[0]
        await pilot.press("v", "right_square_bracket")
        assert pane.list.file_line() == 26
        await pilot.press("right_square_bracket")
        assert pane.list.file_line() == 26
        shown = screen_text(app)
        assert "errors only  ✖ 1" in shown.splitlines()[0]
        assert "Findings 1" in shown
        assert "update-all-rows" not in shown
        await pilot.press("v")
        assert "update-all-rows" in screen_text(app)


async def test_a_level_that_shows_nothing_says_so(review: Review) -> None:
    only_note = replace(review, findings=review.findings[:1])
    async with showing(only_note) as (_, app, pilot):
        await pilot.press("v", "right_square_bracket")
        await pilot.pause()
        assert "without notes  none" in screen_text(app).splitlines()[0]
        assert [note.message for note in app._notifications] == [
            "Only less severe flags here: v shows them."
        ]


async def test_a_review_that_comes_anew_leaves_the_tab_open(review: Review) -> None:
    async with showing(replace(review, rendered=None)) as (pane, app, pilot):
        await pilot.press(NEXT)
        assert "The SQL of this revision was not rendered." in screen_text(app)
        pane.show_review(review, waiting=False)
        await until(pilot, lambda: "ALTER TABLE asset ADD COLUMN" in screen_text(app))
        assert pane.tab.name == "sql"


async def test_changed_words_are_marked(review: Review) -> None:
    edited = replace(review, source=SOURCE.replace('"idle"', '"off"').replace("Text()", "String()"),
                     diff_base=SOURCE)  # fmt: skip
    async with showing(edited) as (pane, _, _):
        marked = [
            (row.sign, row.text[start:end]) for row in pane.list.rows for start, end in row.marks
        ]
        assert marked == [("-", "Text"), ("+", "String")]


async def test_a_tiny_pane_is_still_of_use(review: Review) -> None:
    async with showing(review, (24, 8)) as (_, app, pilot):
        await pilot.press(NEXT, NEXT, "right_square_bracket")
        await pilot.pause()
        assert "Updates every" in screen_text(app)
        assert "Fi  Sc  Re" in screen_text(app)


async def test_details_and_diffs_have_no_tabs(review: Review) -> None:
    async with showing(review) as (pane, app, pilot):
        await pilot.press(NEXT)
        pane.show_hint("Nothing here.")
        await pilot.pause()
        assert "SQL" not in screen_text(app)
        await pilot.press(NEXT, "v")
        pane.show_review(review)
        await until(pilot, lambda: "def upgrade" in screen_text(app))
        assert pane.tab.name == "code"


async def test_p_asks_for_the_rows_of_a_live_finding_and_else_says_why_not(review: Review) -> None:
    probe = Probe("values", "asset", columns=("state",))
    findings = (*review.findings[:1], replace(review.findings[1], probe=probe))
    async with showing(replace(review, findings=findings)) as (_, app, pilot):
        await pilot.press("p", "right_square_bracket", "p", "right_square_bracket", "p")
        await pilot.press(NEXT, "p")
        await pilot.pause()
        assert [note.message for note in app._notifications] == [
            "No flag stands at this line. ] goes to the next one.",
            "No rows stand behind note-rule: it was read from the file.",
        ]
        assert app.heard == [PeekRequested(findings[1])] * 2


async def test_f_i_and_z_ask_for_what_they_do_and_else_say_why_not(review: Review) -> None:
    fixable = replace(review.findings[1], fixable=True)
    shown = replace(review, findings=(review.findings[0], fixable))
    async with showing(shown) as (_, app, pilot):
        await pilot.press("f", "i", "right_square_bracket", "f", "i", "right_square_bracket", "f")
        await pilot.press(NEXT, "i", "z")
        await pilot.pause()
        assert [note.message for note in app._notifications] == [
            "No flag stands at this line. ] goes to the next one.",
            "No flag stands at this line. ] goes to the next one.",
            "note-rule has no fix that opsmig could make.",
        ]
        assert app.heard == [
            IgnoreRequested(shown, shown.findings[0]),
            FixRequested(shown, fixable),
            IgnoreRequested(shown, fixable),
            UndoRequested(),
        ]


async def test_locks_that_are_too_many_to_work_out_are_told(review: Review) -> None:
    many = RenderedDirection(RENDERED.upgrade.statements[:1] * (sql.MOST_LOCKED + 1))
    long = replace(review, rendered=replace(RENDERED, upgrade=many))
    async with showing(long) as (_, app, pilot):
        await pilot.press(NEXT, "g")
        await until(pilot, lambda: "too many to show their locks" in screen_text(app))
        assert "ACCESS EXCLUSIVE" not in screen_text(app)
