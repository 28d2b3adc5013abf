"""The first line at every width, in every state."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmig_tui.project.model import AlembicConfig, Project, Settings
from opsmig_tui.services.git import Branch
from opsmig_tui.services.locality import Locality
from opsmig_tui.ui.screens.header import header
from opsmig_tui.worker.protocol import (
    DatabaseStatus,
    DriftOperation,
    DriftResult,
    Failed,
    Identity,
    StatusResult,
)
from opsmig_tui.workspace.state import GitView, Loaded, WorkspaceState

ROOT = Path("/srv/backend")
CONFIG = AlembicConfig(ROOT / "alembic.ini", "ini", "alembic", ROOT, ROOT / "a", (ROOT / "v",))
BEFORE = WorkspaceState(Project(CONFIG, Settings(), None), trusted=True)
STATUS = StatusResult(
    (
        DatabaseStatus(
            Identity("postgresql", "ops", "app", "db.example.org", 5432), "18.4", ("b8c9d0a41e6f",)
        ),
    ),
    heads=("b8c9d0a41e6f",),
)
OPERATION = DriftOperation("+", "t", "add column x", "op.add_column(…)", "AddColumnOp")
READY = replace(
    BEFORE,
    git=Loaded(GitView(Branch("feature/vendor-onboarding", None, None, None, "")), "ready"),
    status=Loaded(STATUS, "ready"),
    drift=Loaded(DriftResult((OPERATION, OPERATION)), "ready"),
    locality=Locality("remote", False, "db.example.org is another machine"),
)


def text(state: WorkspaceState, width: int = 140) -> str:
    return header(state, width).plain


def test_with_room_it_tells_everything() -> None:
    shown = text(READY)
    assert shown.startswith(" opsmig ── backend · feature/vendor-onboarding ─")
    assert shown.endswith(
        " app@db.example.org:5432/ops · ▲ remote · b8c9d0a41e6f ✓ head · 2 drift "
    )
    assert len(shown) == 140


def test_a_narrow_one_keeps_the_position_and_the_warning() -> None:
    shown = text(READY, 80)
    assert "▲ remote" in shown
    assert "b8c9d0 ✓ head" in shown
    assert "example" not in shown


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (BEFORE, "asking the database …"),
        (replace(BEFORE, trusted=False), "not trusted: t"),
        (replace(BEFORE, status=Loaded(None, "failed", "boom")), "✖ no answer"),
        (
            replace(BEFORE, status=Loaded(None, "failed", "x", Failed("project", "SyntaxError"))),
            "✖ the project's code failed",
        ),
        (replace(READY, drift=Loaded(READY.drift.value, "failed", "boom")), "✖ 2 drift before"),
        (replace(READY, drift=Loaded(READY.drift.value, "stale")), "2 drift …"),
        (replace(READY, drift=Loaded(None, "failed", "boom")), "✖ drift"),
        (replace(READY, status=Loaded(replace(STATUS, pending=("x",)), "ready")), "○ 1 pending"),
        (replace(READY, status=Loaded(replace(STATUS, unknown=("x",)), "ready")), "✖ unknown"),
        (replace(READY, project=replace(READY.project, read_only=True)), "READ-ONLY"),
        (
            replace(READY, project=replace(READY.project, settings=Settings(protected=("op*",)))),
            " PROTECTED ",
        ),
    ],
)
def test_each_state_has_its_words(state: WorkspaceState, said: str) -> None:
    assert said in text(state)


@given(st.integers(0, 220))
def test_it_never_gets_wider_than_the_terminal(width: int) -> None:
    assert header(READY, width).cell_length <= width


def test_read_only_is_the_last_to_go() -> None:
    state = replace(READY, project=replace(READY.project, read_only=True))
    assert "READ-ONLY" in text(state, 50)
    assert "▲ remote" in text(state, 50)
