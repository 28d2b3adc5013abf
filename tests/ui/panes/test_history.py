"""The history pane on the sample's twenty revisions, its branch and its merge."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from opsmig_tui.demo.model import BEFORE_PENDING
from opsmig_tui.history.ghosts import Ghost, GhostFile
from opsmig_tui.history.lanes import layout
from opsmig_tui.history.model import History, HistoryProblem, Revision
from opsmig_tui.project.model import Project
from opsmig_tui.services.git import Mark
from opsmig_tui.ui.messages import CopyRequested, DetailsRequested, EditRequested, ReviewRequested
from opsmig_tui.ui.panes import history_rows
from opsmig_tui.ui.panes.history import HistoryPane
from opsmig_tui.workspace.state import Answered, Edited, HistoryView, Loaded, WorkspaceState
from tests.ui.dump import check_golden, screen_text
from tests.ui.panes.conftest import read
from tests.ui.panes.host import Host, after, standing_at

CYCLE: tuple[Mark, ...] = ("unstaged", "staged", "branch", "branch", "ignored")
HEAD = "a7c3f15d8e92"
NEXT = "b8c9d0a41e6f"


def uncommitted(project: Project, name: str = "zz_mine.py") -> Path:
    """A revision file on top of the head, known to nobody but the work tree."""
    path = project.config.version_locations[0] / name
    path.write_text(
        f'"""mine"""\nrevision = "c0ffee000001"\ndown_revision = "{HEAD}"\n', encoding="utf-8"
    )
    return path


async def test_shows_lanes_marks_and_where_the_database_stands(state: WorkspaceState) -> None:
    app = Host(HistoryPane())
    async with app.run_test(size=(100, 24)) as pilot:
        app.give(standing_at(state, BEFORE_PENDING))
        await pilot.pause()
        await check_golden(pilot, "history")


async def test_fits_a_narrow_column(state: WorkspaceState) -> None:
    app = Host(HistoryPane())
    async with app.run_test(size=(36, 14)) as pilot:
        app.give(standing_at(state, BEFORE_PENDING))
        await pilot.pause()
        await check_golden(pilot, "history_narrow")


async def test_is_readable_before_the_database_was_asked(history_state: WorkspaceState) -> None:
    pane = HistoryPane()
    app = Host(pane)
    async with app.run_test(size=(100, 24)) as pilot:
        app.give(history_state)
        await pilot.pause()
        assert pane.selected == HEAD
        shown = screen_text(app)
        assert "•  a7c3f1 add work order priority" in shown
        assert "○" not in shown
        assert "pending" not in shown


async def test_starts_at_the_next_to_apply(state: WorkspaceState) -> None:
    pane = HistoryPane()
    async with Host(pane).run_test(size=(80, 24)):
        pane.show(state)
        assert pane.selected == HEAD
        pane.show(standing_at(state, BEFORE_PENDING))
        assert pane.selected == NEXT


async def test_starts_at_the_uncommitted_file(project: Project) -> None:
    path = uncommitted(project)
    pane = HistoryPane()
    app = Host(pane)
    async with app.run_test(size=(80, 24)) as pilot:
        pane.show(standing_at(await read(project), BEFORE_PENDING))
        await pilot.pause()
        assert pane.selected == "c0ffee000001"
        assert pane.selected_path == path
        assert "○ ?c0ffee mine" in screen_text(app)


async def test_each_standing_has_a_sign_that_help_explains(project: Project) -> None:
    uncommitted(project)
    state = standing_at(await read(project), BEFORE_PENDING)
    git, view = state.git.value, state.history.value
    assert git is not None
    assert view is not None
    items = view.history.revisions
    given = dict(zip((one.path for one in items[1:6]), CYCLE, strict=True))
    changed = {items[4].path: "main"}
    state = replace(
        state,
        git=Loaded(replace(git, marks={**git.marks, **given}, changed=changed), "ready"),
        edited={items[6].revision: Edited("git", "it differs from main")},
    )
    facts = history_rows.gather(state)
    assert facts is not None
    signs = [facts.sign(item) for item in items[:7]]
    assert signs == ["?", "*", "✓", "+", "~", "!", "≠"]
    assert {sign for sign, _ in HistoryPane.signs} == set(signs)
    rows = history_rows.build(facts, branch_only=False, words="edited after", width=36)
    assert [row.revision for row in rows] == [items[6]]
    branch = history_rows.build(facts, branch_only=True, words="", width=36)
    assert [row.revision for row in branch] == list(items[:6])


async def test_keeps_the_selection_when_revisions_come(project: Project) -> None:
    pane = HistoryPane()
    app = Host(pane)
    async with app.run_test(size=(80, 24)) as pilot:
        pane.show(standing_at(await read(project), BEFORE_PENDING))
        pane.focus()
        await pilot.press("j", "j")
        before = pane.selected
        uncommitted(project)
        pane.show(standing_at(await read(project), BEFORE_PENDING))
        await pilot.pause()
        assert pane.selected == before
        assert pane.list.cursor == 4


async def test_enter_reviews_and_v_shows_details(state: WorkspaceState) -> None:
    pane = HistoryPane()
    app = Host(pane)
    async with app.run_test(size=(80, 24)) as pilot:
        pane.show(standing_at(state, BEFORE_PENDING))
        pane.focus()
        await pilot.press("g", "enter", "v", "e", "y")
        await pilot.pause()
        path = pane.selected_path
        assert path is not None
        assert app.heard == [
            ReviewRequested(HEAD),
            DetailsRequested(HEAD),
            EditRequested(path, 1),
            CopyRequested(HEAD, "revision id"),
        ]


async def test_double_click_reviews(state: WorkspaceState) -> None:
    pane = HistoryPane()
    app = Host(pane)
    async with app.run_test(size=(80, 24)) as pilot:
        pane.show(state)
        await pilot.pause()
        await pilot.click(pane.list, offset=(10, 2), times=2)
        await pilot.pause()
        assert pane.selected == BEFORE_PENDING
        assert ReviewRequested(BEFORE_PENDING) in app.heard


async def test_filter_leaves_what_matches_and_esc_brings_all_back(state: WorkspaceState) -> None:
    pane = HistoryPane()
    app = Host(pane)
    async with app.run_test(size=(80, 24)) as pilot:
        pane.show(standing_at(state, BEFORE_PENDING))
        pane.focus()
        await pilot.press("slash", *"vendor")
        await pilot.pause()
        await check_golden(pilot, "history_filter")
        first = pane.list.cursor
        await pilot.press("enter", "n")
        await pilot.pause()
        assert pane.list.has_focus
        assert pane.list.cursor != first
        kept = pane.selected
        await pilot.press("escape")
        await pilot.pause()
        assert pane.list.line_count == 20
        assert pane.selected == kept


async def test_b_shows_only_this_branch(project: Project) -> None:
    uncommitted(project)
    pane = HistoryPane()
    app = Host(pane)
    async with app.run_test(size=(80, 24)) as pilot:
        pane.show(standing_at(await read(project), BEFORE_PENDING))
        pane.focus()
        await pilot.press("b")
        await pilot.pause()
        assert [row.short for row in pane.list.rows] == ["c0ffee"]
        assert "this branch" in screen_text(app)
        await pilot.press("b")
        assert pane.list.line_count == 21


async def test_what_the_base_branch_got_meanwhile_stands_above(project: Project) -> None:
    uncommitted(project)
    state = standing_at(await read(project), BEFORE_PENDING)
    git = state.git.value
    assert git is not None
    newer = Revision("beef00000001", ("c0ffee",), Path("v/beef.py"), "newer")
    view = replace(git, ahead=(newer,), ahead_of="origin/main")
    pane = HistoryPane()
    async with Host(pane).run_test(size=(100, 24)) as pilot:
        pane.show(replace(state, git=replace(state.git, value=view)))
        await pilot.pause()
        text = "▲ origin/main is 1 revision ahead of your parent: beef00000001 newer."
        assert text in screen_text(pilot.app)


async def test_b_says_so_when_nothing_is_new(state: WorkspaceState) -> None:
    pane = HistoryPane()
    app = Host(pane)
    async with app.run_test(size=(80, 24)) as pilot:
        pane.show(state)
        pane.focus()
        await pilot.press("b")
        await pilot.pause()
        assert "No revision is new on this branch." in screen_text(app)
        pane.show(standing_at(state, BEFORE_PENDING))  # what is read later leaves that be
        await pilot.pause()
        assert "No revision is new on this branch." in screen_text(app)


async def test_problems_stand_above_everything(history_state: WorkspaceState) -> None:
    view = history_state.history.value
    assert view is not None
    problem = HistoryProblem("multiple-heads", "Two heads: a1 and b2")
    history = replace(view.history, problems=(problem,))
    broken = after(history_state, Answered("history", HistoryView(history, view.rows)))
    pane = HistoryPane()
    app = Host(pane)
    async with app.run_test(size=(60, 20)) as pilot:
        pane.show(standing_at(broken, "deadbeef0000", unknown=("deadbeef0000",)))
        pane.focus()
        await pilot.press("g", "k", "k")
        await pilot.pause()
        await check_golden(pilot, "history_problems")
        assert pane.selected is None  # the ghost, which may be stood on
        await pilot.press("j")
        assert pane.selected == HEAD


async def test_an_empty_history_says_what_to_do(history_state: WorkspaceState) -> None:
    empty = after(history_state, Answered("history", HistoryView(History(), ())))
    pane = HistoryPane()
    app = Host(pane)
    async with app.run_test(size=(60, 10)) as pilot:
        pane.show(empty)
        pane.focus()
        await pilot.press("j", "G", "enter", "y", "e")
        await pilot.pause()
        assert "Press c to create the first one" in screen_text(app)
        assert pane.selected is None
        assert app.heard == []


async def test_an_id_that_could_not_be_read_is_reviewed_by_its_file(
    history_state: WorkspaceState,
) -> None:
    item = Revision("?0007_dyn", (), Path("/x/0007_dyn.py"), "computed one", computed=True)
    history = History((item,))
    pane = HistoryPane()
    app = Host(pane)
    async with app.run_test(size=(60, 10)) as pilot:
        pane.show(after(history_state, Answered("history", HistoryView(history, layout(history)))))
        pane.focus()
        await pilot.press("enter")
        await pilot.pause()
        assert app.heard == [ReviewRequested(item.path)]
        assert "computed" in screen_text(app)


async def test_themes_can_be_switched(state: WorkspaceState) -> None:
    pane = HistoryPane()
    app = Host(pane)
    async with app.run_test(size=(80, 24)) as pilot:
        pane.show(standing_at(state, BEFORE_PENDING))
        await pilot.pause()
        before = screen_text(app)
        dark = pane.list.render_line(0)
        app.theme = "opsmig-light"
        await pilot.pause()
        assert screen_text(app) == before
        assert pane.list.render_line(0) != dark


async def test_a_ghost_has_a_line_with_the_branch_that_holds_it(
    history_state: WorkspaceState,
) -> None:
    lost = standing_at(history_state, "deadbeef0000", unknown=("deadbeef0000",))
    pane = HistoryPane()
    app = Host(pane)
    async with app.run_test(size=(90, 20)) as pilot:
        app.give(lost)
        pane.focus()
        await pilot.press("g")
        await pilot.pause()
        assert "?  deadbe looked for in git …" in screen_text(app)
        revision = Revision("deadbeef0000", (HEAD,), Path("v/deadbeef0000.py"), "add tags")
        file = GhostFile(revision, b"", "c0ffee", "Ada", "2026-02-03T10", "branch", ("tags", "x"))
        app.give(after(lost, Answered("ghosts", (Ghost("deadbeef0000", (file,)),))))
        await pilot.pause()
        (shown,) = [line for line in screen_text(app).splitlines() if "deadbe add" in line]
        assert "?  deadbe add tags" in shown
        assert "[tags] Ada 2026-02-03 ghost" in shown
        assert "? 1 ghost" in screen_text(app)
        await pilot.press("b")
        await pilot.pause()
        assert "?  deadbe add tags" in screen_text(app)
        await pilot.press("b")
        app.give(after(lost, Answered("ghosts", (Ghost("deadbeef0000"),))))
        await pilot.pause()
        assert "deadbe not in git either" in screen_text(app)
