"""Another Python for the project, chosen on the screen."""

from __future__ import annotations

import sys
from pathlib import Path

from opsmig_tui.project.chosen import chosen_python
from opsmig_tui.ui.screens.ask import AskScreen
from opsmig_tui.ui.screens.trust import TrustScreen
from tests.support.projects import write_project
from tests.ui.flows.conftest import Opener, opener


async def test_the_choice_is_used_and_remembered(bare: Opener) -> None:
    async with bare() as driver:
        config = driver.state.project.config.path

        async def answer(text: str) -> None:
            await driver.app.run_action("interpreter", driver.main)
            await driver.until(lambda: isinstance(driver.app.screen, AskScreen))
            await driver.until(
                lambda: driver.app.focused is not None and driver.app.focused.id == "message"
            )
            await driver.press("ctrl+u", *text, "enter")

        await answer("nowhere")
        await driver.told("names 'nowhere', which is no Python, folder or command here")
        assert driver.state.project.interpreter is None
        await driver.back()
        await answer(sys.executable)
        await driver.told("named by the choice made under Interpreter")
        found = driver.state.project.interpreter
        assert found is not None
        assert found.path == Path(sys.executable)
        await driver.until(lambda: driver.state.status.phase == "failed")
        assert driver.state.database is None
    assert chosen_python(config) == sys.executable


async def test_trust_is_asked_for_what_runs_in_a_container(tmp_path: Path) -> None:
    root = write_project(tmp_path / "backend").root
    (root / "compose.yaml").write_text("services: {web: {volumes: ['.:/app']}}")
    async with opener(root, interpreter=None)(trusted=False) as driver:
        await driver.until(lambda: isinstance(driver.app.screen, TrustScreen))
        await driver.sees("or else python in the container of web")
