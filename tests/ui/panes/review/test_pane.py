"""The review pane: flags and notes at their lines, folds, diffs, details."""

from __future__ import annotations

from dataclasses import replace

import pytest

from opsmig_tui.changes.model import FileChange
from opsmig_tui.history.model import History
from opsmig_tui.review.model import Finding, NotChecked, Review, Summary
from opsmig_tui.ui.messages import CopyRequested, EditRequested
from opsmig_tui.ui.panes.review import ReviewPane
from opsmig_tui.workspace.state import WorkspaceState
from tests.ui.dump import check_golden, screen_text, until
from tests.ui.panes.host import Host

HEAD = "a7c3f15d8e92"


def history(state: WorkspaceState) -> History:
    view = state.history.value
    assert view is not None
    return view.history


@pytest.fixture
def review(history_state: WorkspaceState) -> Review:
    """The sample's head with findings chosen to show each shape."""
    item = history(history_state).by_id[HEAD]
    source = item.path.read_text(encoding="utf-8")
    column = line_of(source, "op.add_column(")
    index = line_of(source, "op.create_index(")
    return Review(
        item.path,
        item.revision,
        source,
        Summary(
            ("adds column ops.work_order.priority", "creates index ix_work_order_priority"),
            ("drops index ix_work_order_priority", "drops column ops.work_order.priority"),
        ),
        (
            Finding(
                "not-null-no-default",
                "error",
                column,
                "Adds NOT NULL column priority to ops.work_order, which holds 1,204 rows.",
                "It fails on any table with rows; the Python-side default does not count.",
                "Give it a server_default, or add it nullable, backfill and alter.",
                evidence="live",
            ),
            Finding(
                "index-not-concurrent",
                "warning",
                index,
                "Builds an index on an existing table.",
                "SHARE: blocks writes for the build.",
                "postgresql_concurrently=True in autocommit_block().",
            ),
            Finding("no-existence-guard", "note", index, "The index has no guard.", "", ""),
        ),
        (
            NotChecked("enum-value-missing", "no database"),
            NotChecked("constraint-renamed", "no database"),
        ),
        "",
        item.message,
    )


def line_of(source: str, text: str) -> int:
    return next(n for n, line in enumerate(source.splitlines(), 1) if text in line)


def loaded(pane: ReviewPane) -> bool:
    """The coloured lines are in."""
    return any(ink == "code_keyword" for row in pane.list.rows for _, ink in row.pieces)


async def test_a_new_file(history_state: WorkspaceState, review: Review) -> None:
    pane = ReviewPane()
    app = Host(pane)
    async with app.run_test(size=(100, 90)) as pilot:
        app.give(history_state)
        pane.show_review(review)
        await until(pilot, lambda: loaded(pane))
        await check_golden(pilot, "review_new")


async def test_notes_are_wrapped_to_a_narrow_pane(
    history_state: WorkspaceState, review: Review
) -> None:
    pane = ReviewPane()
    app = Host(pane)
    async with app.run_test(size=(56, 22)) as pilot:
        app.give(history_state)
        pane.show_review(review)
        await until(pilot, lambda: loaded(pane))
        pane.focus()
        await pilot.press("right_square_bracket")
        await pilot.pause()
        await check_golden(pilot, "review_narrow")


async def test_an_edited_file_shows_what_changed_and_folds_the_rest(
    history_state: WorkspaceState, review: Review
) -> None:
    base = review.source
    edited = base.replace("add work order priority", "add the priority", 1)
    pane = ReviewPane()
    app = Host(pane)
    async with app.run_test(size=(100, 40)) as pilot:
        app.give(history_state)
        pane.show_review(replace(review, source=edited, diff_base=base))
        await until(pilot, lambda: loaded(pane))
        await check_golden(pilot, "review_edited")
        fold = next(i for i, row in enumerate(pane.list.rows) if row.kind == "fold")
        pane.focus()
        pane.list.cursor = fold
        await pilot.press("enter")
        await pilot.pause()
        assert all(row.kind != "fold" for row in pane.list.rows[: fold + 5])
        assert "import sqlalchemy as sa" in screen_text(app)


async def test_an_unchanged_file_is_plain_code(
    history_state: WorkspaceState, review: Review
) -> None:
    pane = ReviewPane()
    async with Host(pane).run_test(size=(100, 40)) as pilot:
        pane.show_review(replace(review, diff_base=review.source, findings=()))
        await until(pilot, lambda: loaded(pane))
        pane.focus()
        await pilot.press("o")
        code = [row for row in pane.list.rows if row.kind == "code"]
        assert [row.number for row in code] == list(range(1, len(review.source.splitlines()) + 1))
        assert {row.sign for row in code} == {" "}


async def test_flags_are_walked_around(history_state: WorkspaceState, review: Review) -> None:
    pane = ReviewPane()
    app = Host(pane)
    async with app.run_test(size=(90, 24)) as pilot:
        pane.show_review(review)
        await until(pilot, lambda: loaded(pane))
        pane.focus()
        seen = []
        for key in ("right_square_bracket",) * 3 + ("left_square_bracket",):
            await pilot.press(key)
            seen.append(pane.list.file_line())
        first, second = review.findings[0].line, review.findings[1].line
        assert seen == [first, second, first, second]
        assert "index-not-concurrent" in screen_text(app)
        assert "no-existence-guard" in screen_text(app)


async def test_a_flag_is_shown_with_the_note_under_its_last_line(review: Review) -> None:
    index = review.findings[1]
    long = replace(index, end_line=index.line + 5)
    pane = ReviewPane()
    app = Host(pane)
    async with app.run_test(size=(90, 18)) as pilot:
        pane.show_review(replace(review, findings=(review.findings[0], long)))
        await until(pilot, lambda: loaded(pane))
        pane.focus()
        await pilot.press("right_square_bracket", "right_square_bracket")
        await until(pilot, lambda: "→ postgresql_concurrently=True" in screen_text(app))
        assert pane.list.file_line() == index.line
        assert "op.create_index(" in screen_text(app)


async def test_edit_at_the_line_and_copy_the_finding(review: Review) -> None:
    pane = ReviewPane()
    app = Host(pane)
    async with app.run_test(size=(90, 24)) as pilot:
        pane.show_review(review)
        await until(pilot, lambda: loaded(pane))
        pane.focus()
        await pilot.press("right_square_bracket", "e", "y", "j", "y")
        await pilot.pause()
        edit, code, finding = app.heard
        line = review.findings[0].line
        assert edit == EditRequested(review.path, line)
        assert code == CopyRequested("    op.add_column(", "line")
        assert isinstance(finding, CopyRequested)
        assert finding.what == "finding"
        assert finding.text.startswith(f"{review.path.name}:{line}: not-null-no-default: Adds")


async def test_the_same_file_again_keeps_the_place(review: Review) -> None:
    pane = ReviewPane()
    async with Host(pane).run_test(size=(90, 20)) as pilot:
        pane.show_review(replace(review, findings=()))
        await until(pilot, lambda: loaded(pane))
        pane.focus()
        await pilot.press("G", "k", "k", "k", "k", "k", "k", "k")
        before = pane.list.file_line(), pane.list.cursor - pane.list.scroll_offset.y
        pane.show_review(review)
        await until(pilot, lambda: any(row.kind == "note" for row in pane.list.rows))
        assert (pane.list.file_line(), pane.list.cursor - pane.list.scroll_offset.y) == before


async def test_another_file_starts_at_its_head(
    history_state: WorkspaceState, review: Review
) -> None:
    other = history(history_state).revisions[3]
    pane = ReviewPane()
    async with Host(pane).run_test(size=(90, 20)) as pilot:
        pane.show_review(review)
        await until(pilot, lambda: loaded(pane))
        pane.focus()
        await pilot.press("G")
        source = other.path.read_text(encoding="utf-8")
        pane.show_review(Review(other.path, other.revision, source, Summary(), message="another"))
        await until(pilot, lambda: pane.list.scroll_offset.y == 0)
        assert pane.list.cursor == 0


async def test_findings_outside_the_file_are_shown_too(review: Review) -> None:
    lost = [replace(review.findings[2], line=line) for line in (0, 9_999)]
    pane = ReviewPane()
    async with Host(pane).run_test(size=(90, 20)) as pilot:
        pane.show_review(replace(review, findings=tuple(lost)))
        await until(pilot, lambda: loaded(pane))
        assert [row.finding for row in pane.list.rows if row.kind == "note"] == [0, 1]


async def test_no_flags(review: Review) -> None:
    pane = ReviewPane()
    app = Host(pane)
    async with app.run_test(size=(90, 20)) as pilot:
        pane.show_review(replace(review, findings=(), summary=Summary()))
        await until(pilot, lambda: loaded(pane))
        shown = screen_text(app)
        assert "✓ no flags" in shown.splitlines()[0]
        assert "upgrade    does nothing" in shown
        pane.focus()
        await pilot.press("right_square_bracket")
        await pilot.pause()
        assert pane.list.cursor == 0


async def test_a_model_files_diff(state: WorkspaceState) -> None:
    assert state.git.value is not None
    change = next(c for c in state.git.value.changes if c.path.name == "vendor.py")
    pane = ReviewPane()
    app = Host(pane)
    async with app.run_test(size=(90, 34)) as pilot:
        app.give(state)
        pane.show_diff(change)
        await until(pilot, lambda: loaded(pane))
        await check_golden(pilot, "review_diff")
        pane.focus()
        await pilot.press("G", "e")
        await pilot.pause()
        (edit,) = app.heard
        assert isinstance(edit, EditRequested)
        assert edit.path == change.path
        assert edit.line > 1


async def test_a_diff_without_text(state: WorkspaceState) -> None:
    pane = ReviewPane()
    app = Host(pane)
    async with app.run_test(size=(90, 12)) as pilot:
        pane.show_diff(FileChange(history(state).revisions[0].path, "models/x.bin", "M"))
        await until(pilot, lambda: "No text to compare" in screen_text(app))


async def test_details(history_state: WorkspaceState) -> None:
    merge = next(item for item in history(history_state).revisions if item.is_merge)
    pane = ReviewPane()
    app = Host(pane)
    async with app.run_test(size=(90, 18)) as pilot:
        app.give(history_state)
        pane.show_details(merge)
        await pilot.pause()
        await check_golden(pilot, "review_details")


async def test_hint_and_busy(review: Review) -> None:
    pane = ReviewPane()
    app = Host(pane)
    async with app.run_test(size=(90, 12)) as pilot:
        await pilot.pause()
        assert "Press enter on a revision" in screen_text(app)
        pane.show_busy("Reviewing …")
        await pilot.pause()
        assert "Reviewing …" in screen_text(app)
        pane.show_review(review)
        await until(pilot, lambda: loaded(pane))
        pane.show_busy("Asking the database …")
        await pilot.pause()
        shown = screen_text(app)
        assert "Asking the database …" in shown.splitlines()[-1]
        assert HEAD in shown
        pane.show_hint("The file is not a migration.")
        await pilot.pause()
        shown = screen_text(app)
        assert "The file is not a migration." in shown
        assert HEAD not in shown


async def test_what_was_not_checked_stands_at_the_end(review: Review) -> None:
    pane = ReviewPane()
    app = Host(pane)
    async with app.run_test(size=(90, 20)) as pilot:
        pane.show_review(review)
        await until(pilot, lambda: loaded(pane))
        pane.focus()
        await pilot.press("G")
        await pilot.pause()
        last = [line.strip("│ ") for line in screen_text(app).splitlines()][-4:-1]
        assert last[0].startswith("Not checked ─")
        assert last[1:] == ["no database", "enum-value-missing, constraint-renamed"]
