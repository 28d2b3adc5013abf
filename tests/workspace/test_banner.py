"""What is said while database and branch do not belong together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from opsmig_tui.history.ghosts import Ghost, GhostFile
from opsmig_tui.history.model import History, Revision
from opsmig_tui.services.git import Branch
from opsmig_tui.worker.protocol import DatabaseStatus, Identity, StatusResult
from opsmig_tui.workspace.banner import banner
from opsmig_tui.workspace.state import (
    Answered,
    GitView,
    HistoryView,
    StateEvent,
    WorkspaceState,
    apply,
)

HERE = History(
    (
        Revision("c3", ("b2",), Path("c3.py")),
        Revision("b2", ("a1",), Path("b2.py")),
        Revision("a1", (), Path("a1.py")),
    )
)


def status(*current: str, pending: tuple[str, ...] = (), unknown: tuple[str, ...] = ()) -> Answered:
    one = DatabaseStatus(Identity("postgresql", "ops", "ops"), "16", current)
    return Answered("status", StatusResult((one,), ("c3",), pending, unknown))


def on(branch: str) -> Answered:
    return Answered("git", GitView(Branch(branch, "c0ffee")))


def ghosts(*ids: str, down: str = "a1") -> Answered:
    found = []
    for at, name in enumerate(ids):
        below = (*ids[at + 1 :], down)[0]
        file = GhostFile(
            Revision(name, (below,), Path(f"{name}.py")), b"", where="branch", branches=("tags",)
        )
        found.append(Ghost(name, (file,), current=at == 0))
    return Answered("ghosts", tuple(found))


@pytest.fixture
def state() -> WorkspaceState:
    project: Any = None
    return after(WorkspaceState(project), Answered("history", HistoryView(HERE, ())), on("main"))


def after(state: WorkspaceState, *events: StateEvent) -> WorkspaceState:
    for event in events:
        state = apply(state, event)
    return state


def test_nothing_before_the_database_answered_nor_for_what_only_waits(state: WorkspaceState):
    assert banner(state) == ""
    assert banner(after(state, status("a1", pending=("b2", "c3")))) == ""


def test_both_sides_of_a_ghost(state: WorkspaceState):
    lost = after(state, status("x9", unknown=("x9",)))
    assert banner(lost) == "The database has 1 revision that main has not: x9."
    assert banner(after(lost, ghosts("x9", "x8"))) == (
        "The database has 2 revisions that main has not: x9, x8 (of tags); "
        "main has 2 that it lacks."
    )
    assert banner(after(lost, ghosts("x9", down="c3"))).endswith("has not: x9 (of tags).")
    failed = replace(lost, status=replace(lost.status, phase="failed"))
    assert banner(failed) == ""


def test_pending_revisions_are_news_after_a_switch_until_the_database_has_them(
    state: WorkspaceState,
):
    waiting = status("a1", pending=("b2", "c3"))
    switched = after(state, status("c3"), on("colours"), waiting)
    assert banner(switched) == (
        "Switched from main: colours has 2 revisions that the database lacks: b2, c3."
    )
    applied = after(switched, status("c3"))
    assert banner(applied) == ""
    assert banner(after(applied, waiting)) == ""


def test_a_rebase_is_no_switch(state: WorkspaceState):
    waiting = status("a1", pending=("b2", "c3"))
    under_way = after(state, waiting, on("(detached c0ffee)"), on("(detached beef)"))
    assert "Switched from main" in banner(under_way)
    assert banner(after(under_way, on("main"))) == ""
