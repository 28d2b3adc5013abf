"""What the commands print of a run."""

import pytest

from opsmig_tui.cli import show
from opsmig_tui.demo import SampleProject
from opsmig_tui.workspace.workspace import Workspace
from tests.workspace.conftest import opened


async def test_a_long_statement_is_told_of_again(
    sample: SampleProject, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace(opened(sample.backend), trusted=False)
    with show.Printer(workspace) as printer:
        line = workspace.output.append("sql", "CREATE INDEX", state="running")
        for note, every in (("a", 1e9), ("b", 0.0), ("c", 1e9)):
            monkeypatch.setattr(show, "STILL_SECONDS", every)
            workspace.output.replace(line.number, note=f"building, part {note}")
            printer.drain()
        workspace.output.replace(line.number, state="done", elapsed_ms=7_000.0)
    await workspace.close()
    first, second = capsys.readouterr().out.splitlines()
    assert first.strip() == "CREATE INDEX"
    assert second.startswith("    … ")
    assert second.endswith(" ms  building, part b  7.0 s")
