"""Rows of the three tabs, folds and filters: functions of a review, without a screen."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from opsmig_tui.review.model import Finding, Review, Summary
from opsmig_tui.review.suppress import Suppressed
from opsmig_tui.ui.panes.review import code_tab, findings_tab, folds, sql, sql_tab
from opsmig_tui.ui.panes.review.levels import next_level, visible
from opsmig_tui.ui.panes.review.linked import by_line, counterpart
from opsmig_tui.ui.panes.review.place import Place, find, place_at
from opsmig_tui.ui.panes.review.rows import Row, paint
from opsmig_tui.ui.panes.review.tabs import TABS, titles
from opsmig_tui.ui.theme import inks
from opsmig_tui.ui.widgets import code
from opsmig_tui.worker.protocol import RenderedDirection, RenderedStatement
from tests.ui.panes.review.conftest import FINDINGS, RENDERED, content_of

PATH = Path("versions/b2_add_state.py")
NO_SUMMARY = Summary()
LONG_BODY = "def upgrade():\n" + "".join(f"    op.execute({n})\n" for n in range(40))
HEADER = '"""words"""\n' + "import x\n" * 9 + "\n\n"


def code_rows(source: str, *flagged: int, base: str = "") -> list[Row]:
    findings = tuple(Finding("rule", "warning", line, "m", "", "") for line in flagged)
    review = Review(PATH, "b2", source, NO_SUMMARY, findings, diff_base=base)
    return code_tab.code_rows(content_of(review), 80)


def hidden(rows: list[Row]) -> list[tuple[int | None, int | None]]:
    return [(r.hidden[0].number, r.hidden[-1].number) for r in rows if r.kind == "fold"]


def texts(rows: list[Row]) -> list[str]:
    return [row.text.strip() for row in rows]


# ------------------------------------------------------------------------------------------ folds


def test_what_stands_above_the_first_function_is_folded() -> None:
    assert hidden(code_rows(HEADER + LONG_BODY)) == [(1, 10)]


def test_a_short_head_is_not_worth_a_fold() -> None:
    assert hidden(code_rows('"""words"""\nimport x\n\n' + LONG_BODY)) == []


def test_a_flag_keeps_the_lines_around_it_open() -> None:
    rows = code_rows(HEADER + LONG_BODY, 20)
    assert hidden(rows) == [(1, 10), (25, 53)]
    assert [row.number for row in rows if row.kind == "code"] == list(range(11, 25))


def test_a_flag_in_the_head_is_seen() -> None:
    assert hidden(code_rows(HEADER + LONG_BODY, 2)) == [(14, 53)]


def test_a_function_without_a_flag_is_its_first_line_when_another_has_one() -> None:
    both = LONG_BODY + "\n\n" + LONG_BODY.replace("upgrade", "downgrade")
    assert hidden(code_rows(both, 1)) == [(6, 41), (45, 84)]


def test_of_an_edited_file_the_unchanged_lines_are_folded() -> None:
    base = HEADER + LONG_BODY
    rows = code_rows(base.replace("execute(30)", "execute(99)"), base=base)
    assert hidden(rows) == [(1, 39), (48, 53)][:1]
    assert [row.marks for row in rows if row.sign == "-"] == [((15, 17),)]


def test_folds_open_one_by_one_and_all_at_once() -> None:
    rows = code_rows(HEADER + LONG_BODY, 20)
    some, inside = folds.opened(rows, frozenset({25}))
    assert hidden(some) == [(1, 10)]
    assert {some[at].number for at in inside} == set(range(25, 54))
    assert set(inside.values()) == {25}
    every, _ = folds.opened(rows, None)
    assert hidden(every) == []
    assert folds.holding(rows, 30) == 25
    assert folds.holding(rows, 20) is None


# ----------------------------------------------------------------------------------------- levels


def test_one_key_goes_through_the_levels() -> None:
    assert [next_level("note"), next_level("warning"), next_level("error")] == [
        "warning", "error", "note",
    ]  # fmt: skip
    assert [at for at, _ in visible(FINDINGS, "note")] == [0, 1, 2]
    assert [at for at, _ in visible(FINDINGS, "warning")] == [1, 2]
    assert [at for at, _ in visible(FINDINGS, "error")] == [2]


@pytest.mark.parametrize("tab", TABS[:3], ids=lambda tab: tab.name)
def test_every_tab_of_findings_goes_by_the_level(review: Review, tab: object) -> None:
    content = content_of(review)
    shown = [
        {row.severity for row in tab.rows(replace(content, level=level), 80)}  # type: ignore[attr-defined]
        for level in ("warning", "error")
    ]
    assert shown == [{None, "warning", "error"}, {None, "error"}]


# -------------------------------------------------------------------------------------------- sql


def test_statements_stand_at_their_lines_with_their_flags(review: Review) -> None:
    rows = sql_tab.rows(content_of(review), 80)
    leads = [row for row in rows if row.kind == "sql" and row.leads]
    assert [(row.number, row.severity, row.text) for row in leads] == [
        (16, "note", "ALTER TABLE asset ADD COLUMN state TEXT;"),
        (20, "warning", "UPDATE asset SET state = 'idle';"),
        (22, None, "CREATE INDEX CONCURRENTLY ix_asset_state"),
        (26, "error", "ALTER TABLE asset DROP COLUMN state;"),
    ]
    assert [row.statement for row in leads] == [0, 1, 2, 3]
    assert texts(rows)[0].startswith("Upgrade: 3 statements ─")
    assert "Downgrade: 1 statement " in "".join(texts(rows))
    after_index = texts(rows)[texts(rows).index("ON asset (state);") + 1]
    assert after_index == "╰ outside the transaction: committed at once"


def test_a_long_statement_is_wrapped_and_a_very_long_one_folded(review: Review) -> None:
    names = ", ".join(f"column_{n}" for n in range(500))
    one = RenderedStatement(f"SELECT {names}", (16,))
    rendered = replace(RENDERED, upgrade=RenderedDirection((one,)))
    rows = sql_tab.rows(content_of(replace(review, rendered=rendered)), 80)
    parts = [row for row in rows if row.statement == 0]
    assert [row.kind for row in parts] == ["sql"] * 12 + ["fold"]
    assert {row.number for row in parts} == {16}
    assert max(len(row.text) for row in parts) <= 80 - 9
    whole, inside = folds.opened(rows, frozenset({-1}))
    body = [row.text for row in whole if row.statement == 0]
    assert "".join(text.strip() + " " for text in body).split() == f"SELECT {names};".split()
    assert set(inside.values()) == {-1}


def test_why_rendering_stopped_and_where(review: Review) -> None:
    some = RenderedDirection(RENDERED.upgrade.statements[:1], "it reads rows", 20)
    nothing = RenderedDirection()
    rendered = replace(RENDERED, upgrade=some, downgrade=nothing)
    rows = sql_tab.rows(content_of(replace(review, rendered=rendered)), 100)
    told = texts(rows)
    assert (
        "▲ Rendering stopped at line 20: it reads rows. What would come after is not known." in told
    )
    assert told[-1] == "It sends nothing."
    stopped = next(row for row in rows if "stopped" in row.text)
    assert stopped.number == 20


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("rendering is off in the settings", "▲ Rendering is off in the settings."),
        ("", "▲ No worker was asked."),
    ],
)
def test_without_sql_the_reason_is_told(review: Review, reason: str, told: str) -> None:
    without = content_of(replace(review, rendered=None, not_rendered=reason))
    assert texts(sql_tab.rows(without, 80))[-1] == told
    waiting = texts(sql_tab.rows(replace(without, waiting=True), 80))
    assert waiting[-1] == "The SQL is being rendered …"


def test_the_locks_of_each_statement_stand_below_it(review: Review) -> None:
    content = replace(content_of(review), sql=asyncio.run(sql.coloured(RENDERED)))
    told = texts(sql_tab.rows(content, 80))
    assert told[2] == "╰ ACCESS EXCLUSIVE  reads and writes of asset wait"
    assert told[4] == "╰ ROW EXCLUSIVE  reads and writes of asset go on, save for the same rows"
    narrow = texts(sql_tab.rows(content, 34))
    at = narrow.index("╰ ACCESS EXCLUSIVE")
    assert narrow[at + 1 : at + 3] == ["reads and writes of", "asset wait"]


def test_sql_in_colours_is_the_same_sql() -> None:
    coloured = asyncio.run(sql.coloured(RENDERED))
    plain = sql.plain(RENDERED)
    assert [
        [code.text_of(line) for line in statement.code] for statement in coloured.statements
    ] == [[code.text_of(line) for line in statement.code] for statement in plain.statements]
    inks_used = {ink for one in coloured.statements for line in one.code for _, ink in line}
    assert {"code_keyword", "code_decorator", "code_string"} <= inks_used


# --------------------------------------------------------------------------------------- findings


def test_findings_by_severity_with_what_the_database_says(review: Review) -> None:
    told = texts(findings_tab.rows(content_of(review), 90))
    assert [text.split(" ─")[0] for text in told if "─" in text] == [
        "✖ Errors: 1", "▲ Warnings: 1", "● Notes: 1", "Not checked",
    ]  # fmt: skip
    warning = told.index("update-all-rows  Updates every row of asset.")
    assert told[warning + 1] == "asset has 1,204 rows."
    assert told[-2:] == ["no database", "enum-value-missing"]


def test_looking_for_words_leaves_the_other_findings_out(review: Review) -> None:
    content = content_of(review)
    found = findings_tab.rows(replace(content, words="1,204"), 90)
    assert {row.finding for row in found} == {None, 1}
    none = texts(findings_tab.rows(replace(content, words="nowhere"), 90))
    assert 'No finding has "nowhere" in it.' in none


def test_what_the_level_leaves_out_is_counted(review: Review) -> None:
    content = replace(content_of(review), level="error")
    assert "2 less severe not shown: v shows them." in texts(findings_tab.rows(content, 90))


def test_what_is_ignored_is_counted_with_its_reason(review: Review) -> None:
    ignored = replace(review, suppressed=(Suppressed(FINDINGS[1], "the table is small"),))
    rows = findings_tab.rows(content_of(ignored), 90)
    told = texts(rows)
    at = next(n for n, text in enumerate(told) if text.startswith("Ignored: 1 "))
    assert told[at + 1] == (
        "update-all-rows  Updates every row of asset. Ignored: the table is small"
    )
    assert rows[find(rows, Place(20))].finding == 1
    old = texts(findings_tab.rows(content_of(replace(review, left_alone="a1")), 90))
    assert "The setting start-after names a1: older ones are not judged." in old


# ------------------------------------------------------------------------------------------ places


def test_a_place_in_one_tab_is_found_in_the_others(review: Review) -> None:
    content = content_of(review)
    rows = {tab.name: tab.rows(content, 80) for tab in TABS}
    # Above all findings, the list's first is as near as any.
    expected = {
        1: (16, "drop-column"),
        18: (16, "note-rule"),
        20: (20, "update-all-rows"),
        22: (22, "update-all-rows"),
        24: (22, "update-all-rows"),
        26: (26, "drop-column"),
    }
    for line, (statement, rule) in expected.items():
        at = find(rows["sql"], Place(line))
        assert rows["sql"][at].number == statement, line
        at = find(rows["findings"], Place(line))
        assert rows["findings"][at].text.startswith(rule), line
    for index, row in enumerate(rows["sql"]):
        if row.kind == "sql":
            back = find(rows["code"], place_at(rows["sql"], index))
            assert rows["code"][back].number == row.number


def test_a_helpers_statement_is_found_from_both_its_lines(review: Review) -> None:
    one = RenderedStatement("SELECT 1", (9, 20))
    rendered = replace(RENDERED, upgrade=RenderedDirection((one,)))
    rows = sql_tab.rows(content_of(replace(review, rendered=rendered)), 80)
    assert [rows[find(rows, Place(line))].text for line in (9, 20)] == ["SELECT 1;"] * 2
    assert rows[find(rows, Place(20))].number == 20


def test_code_names_its_sql_and_sql_its_code(review: Review) -> None:
    content = content_of(review)
    source, sent = content.source, by_line(RENDERED)
    told = {row.number: counterpart(row, source, sent) for row in code_tab.rows(content, 80)}
    assert {line: words for line, words in told.items() if words} == {
        16: "SQL: ALTER TABLE asset ADD COLUMN state TEXT",
        20: "SQL: UPDATE asset SET state = 'idle'",
        22: "SQL: CREATE INDEX CONCURRENTLY ix_asset_state ON asset (state)",
        26: "SQL: ALTER TABLE asset DROP COLUMN state;",
    }
    statement = next(row for row in sql_tab.rows(content, 80) if row.kind == "sql")
    assert counterpart(statement, source, sent) == "16: op.add_column("


# -------------------------------------------------------------------------------------- the rest


def test_titles_of_tabs_shorten_until_they_fit(review: Review) -> None:
    content = content_of(review)
    assert titles(content, 60) == [" Code ", " SQL ", " Findings 3 ", " Schema ", " Rehearsal "]
    assert titles(content, 30) == [" Code ", " SQL ", " Find ", " Sch ", " Reh "]
    assert titles(content, 20) == [" Co ", " SQ ", " Fi ", " Sc ", " Re "]


def test_marks_are_painted_within_the_pieces() -> None:
    ink = inks(True)
    row = Row("code", (("x = ", "text"), ("40", "code_number"), (",", "text")), 3, "+",
              marks=((4, 6),))  # fmt: skip
    strip = paint(row, ink, 40, 3)
    assert strip.text == "   3   + x = 40,"
    marked = [segment.text for segment in strip if segment.style and segment.style.underline]
    assert marked == ["40"]


def test_rows_of_ten_thousand_lines() -> None:
    body = "".join(f'    op.execute("UPDATE t SET a = {n}")\n' for n in range(10_000))
    rows = code_rows("def upgrade():\n" + body, 2, 5_000)
    assert len(hidden(rows)) == 2
    assert len(folds.opened(rows, None)[0]) == 10_001 + 2
