"""The changes pane on the sample's real work tree and chosen drift."""

from __future__ import annotations

from dataclasses import replace

from opsmig_tui.demo.model import BEFORE_PENDING
from opsmig_tui.ui.messages import CopyRequested, DiffRequested, EditRequested
from opsmig_tui.ui.panes.changes import ChangesPane
from opsmig_tui.worker.protocol import DriftOperation, DriftResult, Failed
from opsmig_tui.workspace.state import (
    Answered,
    Began,
    GitView,
    Staled,
    Unanswered,
    WorkspaceState,
)
from tests.ui.dump import check_golden, screen_text
from tests.ui.panes.host import Host, after, standing_at

DRIFT = DriftResult(
    (
        DriftOperation("+", "ops.agreement", "add column nick_name VARCHAR(80)", "A()", "add"),
        DriftOperation("-", "ops.agreement", "drop column nickname", "B()", "drop"),
        DriftOperation("~", "ops.asset", "alter column odometer_m: type BIGINT", "C()", "alter"),
    )
)


def drifted(state: WorkspaceState) -> WorkspaceState:
    return after(standing_at(state, BEFORE_PENDING), Answered("drift", DRIFT))


async def test_files_models_and_drift(state: WorkspaceState) -> None:
    app = Host(ChangesPane())
    async with app.run_test(size=(76, 32)) as pilot:
        app.give(drifted(state))
        await pilot.pause()
        await check_golden(pilot, "changes")


async def test_fits_a_narrow_column(state: WorkspaceState) -> None:
    app = Host(ChangesPane())
    async with app.run_test(size=(34, 26)) as pilot:
        app.give(drifted(state))
        await pilot.pause()
        await check_golden(pilot, "changes_narrow")


async def test_enter_shows_the_diff_and_e_edits_at_the_change(state: WorkspaceState) -> None:
    pane = ChangesPane()
    app = Host(pane)
    async with app.run_test(size=(80, 30)) as pilot:
        app.give(drifted(state))
        pane.focus()
        assert state.git.value is not None
        agreement = next(c for c in state.git.value.changes if c.path.name == "agreement.py")
        await pilot.press("j", "enter", "j", "e", "G", "y")
        await pilot.pause()
        assert app.heard == [
            DiffRequested(agreement),
            EditRequested(agreement.path, agreement.models[0].line),
            CopyRequested("C()", "operation"),
        ]


async def test_the_cursor_stays_on_its_file(state: WorkspaceState) -> None:
    pane = ChangesPane()
    app = Host(pane)
    async with app.run_test(size=(80, 30)) as pilot:
        app.give(state)
        pane.focus()
        await pilot.press("j", "j", "j")
        before = pane.list.rows[pane.list.cursor].file
        assert state.git.value is not None
        fewer = replace(state.git.value, changes=state.git.value.changes[1:])
        app.give(after(state, Answered("git", fewer)))
        await pilot.pause()
        assert pane.list.rows[pane.list.cursor].file == before


async def test_stale_and_failed_drift(state: WorkspaceState) -> None:
    app = Host(ChangesPane())
    async with app.run_test(size=(76, 34)) as pilot:
        app.give(after(drifted(state), Staled(("drift",))))
        await pilot.pause()
        assert "stale, comparing …" in screen_text(app)
        assert "column nick_name" in screen_text(app)
        failed = Failed("project", "NameError: name 'sa' is not defined", hint="See env.py line 3.")
        app.give(after(state, Began("drift"), Unanswered("drift", failed.message, failed)))
        await pilot.pause()
        shown = screen_text(app)
        assert "✖ NameError: name 'sa' is not defined" in shown
        assert "See env.py line 3." in shown
        after_success = after(drifted(state), Began("drift"))
        app.give(after(after_success, Unanswered("drift", failed.message, failed)))
        await pilot.pause()
        assert "drift ✖" in screen_text(app)


async def test_no_drift(state: WorkspaceState) -> None:
    app = Host(ChangesPane())
    async with app.run_test(size=(76, 34)) as pilot:
        app.give(after(state, Answered("drift", DriftResult(()))))
        await pilot.pause()
        assert "✓ The models match the database." in screen_text(app)
        assert "✓ no drift" in screen_text(app)


async def test_not_trusted_and_no_git(state: WorkspaceState) -> None:
    pane = ChangesPane()
    app = Host(pane)
    async with app.run_test(size=(60, 12)) as pilot:
        untrusted = after(
            replace(state, trusted=False), Answered("git", GitView(problem="not a git repository"))
        )
        app.give(untrusted)
        pane.focus()
        await pilot.press("j", "G", "enter", "e")
        await pilot.pause()
        await check_golden(pilot, "changes_untrusted")
        assert app.heard == []


async def test_search(state: WorkspaceState) -> None:
    pane = ChangesPane()
    app = Host(pane)
    async with app.run_test(size=(60, 30)) as pilot:
        app.give(drifted(state))
        pane.focus()
        await pilot.press("slash", *"odometer", "enter")
        await pilot.pause()
        first = pane.list.cursor
        assert "2 matches" in screen_text(app)
        await pilot.press("n")
        assert pane.list.cursor > first
        await pilot.press("n")
        assert pane.list.cursor == first
        await pilot.press("escape")
        await pilot.pause()
        assert "matches" not in screen_text(app)
