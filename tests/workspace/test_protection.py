"""Databases that the settings protect."""

from __future__ import annotations

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.project.model import Settings
from opsmig_tui.worker.protocol import Identity
from opsmig_tui.workspace import apply
from opsmig_tui.workspace.protection import protection
from tests.workspace.conftest import MIDDLE, Open


async def test_a_protected_database_wants_its_name(
    open_workspace: Open, sample: SampleProject
) -> None:
    """Also where the settings say so only since the screen is open."""
    ws = open_workspace(sample.backend)
    assert apply.confirmation(ws, await apply.plan(ws, "upgrade", MIDDLE)).typed is None
    (sample.backend / "opsmig.toml").write_text('protected = ["sample_*"]\n')
    question = apply.confirmation(ws, await apply.plan(ws, "upgrade", MIDDLE))
    assert question.local
    assert question.typed == sample.database
    assert "sample_*" in question.warnings[0]


@pytest.mark.parametrize(
    ("patterns", "found"),
    [
        (("prod", "db.*"), "db.*"),
        (("APP*",), "APP*"),
        (("app",), ""),
        ((), ""),
    ],
)
def test_a_name_or_a_host_is_protected(patterns: tuple[str, ...], found: str) -> None:
    databases = [Identity("sqlite", "", ""), Identity("postgresql", "app_1", "u", "DB.example.org")]
    assert protection(Settings(protected=patterns), databases) == found
