from dataclasses import replace
from pathlib import Path

import pytest

from opsmig_tui.history.ghosts import Ghost, GhostFile
from opsmig_tui.history.model import History, Revision
from opsmig_tui.project.model import AlembicConfig, Project, Settings
from opsmig_tui.worker.protocol import DatabaseStatus, Identity, StatusResult
from opsmig_tui.workspace.state import (
    MOST_COMMANDS,
    Answered,
    Began,
    CommandLogged,
    HistoryView,
    LoggedCommand,
    RunChanged,
    RunView,
    Staled,
    Trusted,
    Unanswered,
    WorkspaceState,
    apply,
)


@pytest.fixture
def state() -> WorkspaceState:
    root = Path("/nowhere")
    config = AlembicConfig(root / "alembic.ini", "ini", "alembic", root, root / "a", (root / "v",))
    return WorkspaceState(Project(config, Settings(), None))


STATUS = StatusResult(
    (DatabaseStatus(Identity("postgresql", "ops", "ops"), "18.0", ("b",)),), heads=("c",)
)
HISTORY = History(
    (
        Revision("c", ("b",), Path("c.py")),
        Revision("b", ("a",), Path("b.py")),
        Revision("a", (), Path("a.py")),
    )
)


def test_a_first_reading_is_loading_and_a_later_one_stale(state: WorkspaceState):
    state = apply(state, Began("status"))
    assert state.status.phase == "loading"
    state = apply(state, Answered("status", STATUS))
    assert state.status.phase == "ready"
    state = apply(state, Began("status"))
    assert (state.status.phase, state.status.value) == ("stale", STATUS)


def test_a_failure_keeps_the_old_answer_and_says_why(state: WorkspaceState):
    state = apply(state, Answered("status", STATUS))
    state = apply(state, Unanswered("status", "the server is gone"))
    assert state.status.phase == "failed"
    assert state.status.value == STATUS
    assert state.status.problem == "the server is gone"


def test_only_what_was_ready_becomes_stale(state: WorkspaceState):
    state = apply(state, Answered("status", STATUS))
    state = apply(state, Staled(("status", "drift")))
    assert (state.status.phase, state.drift.phase) == ("stale", "idle")


def test_applied_is_everything_at_or_below_the_current_revision(state: WorkspaceState):
    assert state.applied is None
    state = apply(state, Answered("history", HistoryView(HISTORY, ())))
    assert state.applied is None
    state = apply(state, Answered("status", STATUS))
    assert state.current == ("b",)
    assert state.applied == {"a", "b"}


def test_the_command_log_is_bounded_and_keeps_the_newest(state: WorkspaceState):
    for number in range(MOST_COMMANDS + 10):
        state = apply(state, CommandLogged(LoggedCommand("12:00:00", str(number))))
    assert len(state.commands) == MOST_COMMANDS
    assert state.commands[-1].command == str(MOST_COMMANDS + 9)


def test_a_command_given_again_stands_once_with_its_last_time(state: WorkspaceState):
    for at, command in (("12:00:00", "git status"), ("12:00:01", "alembic check")):
        state = apply(state, CommandLogged(LoggedCommand(at, command)))
    state = apply(state, CommandLogged(LoggedCommand("12:00:02", "git status")))
    assert [(one.at, one.command) for one in state.commands] == [
        ("12:00:01", "alembic check"),
        ("12:00:02", "git status"),
    ]


def test_a_run_is_active_until_it_ends(state: WorkspaceState):
    assert not state.running
    run = RunView("upgrade", "alembic upgrade head")
    assert apply(state, RunChanged(run)).running
    ended = RunView("upgrade", "alembic upgrade head", phase="failed")
    assert not apply(state, RunChanged(ended)).running


def test_trust_is_remembered(state: WorkspaceState):
    assert apply(state, Trusted()).trusted


def test_what_a_ghost_stands_on_counts_once_git_has_told(state: WorkspaceState):
    def ghost(down: str, *more: GhostFile) -> Answered:
        file = GhostFile(Revision("x", (down,), Path("x.py")), b"1", where="branch")
        return Answered("ghosts", (Ghost("x", (file, *more)),))

    def standing(at: str) -> WorkspaceState:
        (one,) = STATUS.databases
        answer = replace(STATUS, databases=(replace(one, current=(at,)),))
        known = apply(state, Answered("history", HistoryView(HISTORY, ())))
        return apply(known, Answered("status", answer))

    lost = standing("x")
    assert lost.applied is None
    assert apply(lost, ghost("b")).applied == {"a", "b"}
    assert apply(lost, ghost("nowhere")).applied is None
    other = GhostFile(Revision("x", ("a",), Path("x.py")), b"2", where="branch")
    assert apply(lost, ghost("b", other)).applied is None
    assert apply(standing("a"), ghost("b")).applied == {"a"}
