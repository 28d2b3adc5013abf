"""The project's own commands from the palette."""

from __future__ import annotations

from pathlib import Path

from opsmig_tui.ui.palette import commands
from opsmig_tui.ui.screens.main import MainScreen
from tests.ui.flows.conftest import Opener


def offered(screen: MainScreen, name: str) -> str:
    return next(one.text for one in commands(screen) if one.name == name)


async def test_asked_first_then_streamed(bare: Opener, sample_files: Path) -> None:
    folder = sample_files / "backend"
    (folder / "opsmig.toml").write_text("[commands]\nseed = 'sh -c \"echo 3 vendors; exit 2\"'\n")
    async with bare(size=(80, 24)) as driver:
        assert offered(driver.main, "Run seed").endswith("asks first")
        next(one for one in commands(driver.main) if one.name == "Run seed").run()
        question = await driver.confirm()
        assert question.confirmation.title == "Run seed"
        assert driver.state.run is None
        await driver.agree()
        await driver.back()
        await driver.told("seed ended with status 2.")
        await driver.sees("3 vendors")
    async with bare(read_only=True) as driver:
        assert offered(driver.main, "Run seed").startswith("Not now: Read-only")
