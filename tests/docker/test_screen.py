"""The Database pane and what it does, on a real engine, through the keyboard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject, populate
from opsmig_tui.project.model import OpenOptions, Project
from opsmig_tui.project.open import open_project
from opsmig_tui.ui.app import OpsmigApp
from opsmig_tui.ui.screens.confirm import ConfirmScreen
from opsmig_tui.ui.screens.logs import LogsScreen
from opsmig_tui.ui.screens.main import MainScreen
from opsmig_tui.ui.screens.trust import TrustScreen
from opsmig_tui.workspace.workspace import Workspace
from tests.docker.project import CHECK, READY, Shop
from tests.support.projects import write_project
from tests.ui.dump import until
from tests.ui.flows.conftest import Driver

HEAD = "a7c3f15d8e92"
FOREVER = '\n    entrypoint: ["/bin/sleep", "1000"]'
Opener = Callable[..., AbstractAsyncContextManager[Driver]]


@pytest.fixture
def opened(docker_environment: Path) -> Opener:
    """`async with opened(folder, trusted=…, size=…) as driver`, the Database pane in focus."""

    @asynccontextmanager
    async def opener(
        folder: Path, *, trusted: bool = True, size: tuple[int, int] = (120, 44)
    ) -> AsyncIterator[Driver]:
        found = open_project(OpenOptions(directory=folder), run_tools=False)
        assert isinstance(found, Project)
        workspace = Workspace(found, trusted=trusted)
        workspace.read_history()
        app = OpsmigApp(workspace)
        async with app.run_test(size=size, notifications=True) as pilot:
            await until(pilot, lambda: isinstance(app.screen_stack[-1], MainScreen) or not trusted)
            driver = Driver(app, pilot)
            await driver.until(lambda: driver.state.container.phase == "ready")
            yield driver

    return opener


@pytest.fixture
def plain(shop: Shop) -> Path:
    """A project beside the shop's compose file."""
    write_project(shop.folder / "backend")
    return shop.folder / "backend"


def database_lines(driver: Driver) -> list[tuple[tuple[str, str], ...]]:
    """All lines of the pane, in sight or not."""
    return driver.main.board.database.list.lines


async def answer(driver: Driver, key: str) -> None:
    """Answers a dialog once it takes keys."""
    await driver.until(lambda: isinstance(driver.app.screen, ConfirmScreen | TrustScreen))
    dialog = driver.app.screen
    assert isinstance(dialog, ConfirmScreen | TrustScreen)
    await driver.until(lambda: not dialog.deaf)
    await driver.press(key)
    await driver.until(lambda: driver.app.screen is not dialog)


async def test_s_starts_it_and_it_is_healthy(plain: Path, opened: Opener, shop: Shop) -> None:
    async with opened(plain, trusted=False) as driver:
        await driver.press("1")
        await driver.sees("no container yet")
        await driver.press("s")
        await answer(driver, "y")  # its containers are the project's code, too
        await driver.sees("✓ db is healthy")
        await driver.press("1")
        await driver.sees("● db  healthy")
        await driver.sees("cpu")  # measured while the pane is looked at
        said = " ".join(text.strip() for row in database_lines(driver) for text, _ in row)
        assert "none holds" in said
        await driver.press("s")
        await driver.told("db runs already.")
        await driver.press("2")
        await driver.until(lambda: driver.state.usage == ())


async def test_one_that_is_outdated_is_asked_about(plain: Path, opened: Opener, shop: Shop) -> None:
    shop.compose("up", "-d", "--wait", "db")
    shop.container.stop(timeout=0)
    before = shop.container.id
    shop.write(CHECK.format(check=READY) + "\n    labels: {changed: 'yes'}")
    async with opened(plain) as driver:
        await driver.press("1", "s")
        await driver.confirm()
        assert "THE DATABASE GOES" in driver.text
        assert "Start it as it is" in driver.text
        await driver.press("escape")
        await driver.back()
        await driver.until(lambda: not driver.main.job)
        await driver.press("s")
        question = await driver.confirm()
        await driver.pilot.click("#instead")
        await driver.until(lambda: driver.app.screen is not question)
        await driver.sees("✓ db is healthy")
        assert shop.container.id == before
        await driver.until(lambda: not driver.main.job)
        await driver.press("1", "s")
        question = await driver.confirm()
        assert "Start it as it is" not in driver.text  # it runs
        await driver.agree()
        await driver.until(lambda: driver.state.run and "anew" in driver.state.run.title)
        await driver.until(lambda: not driver.main.job)
        assert shop.container.id != before


async def test_stop_and_restart_are_in_the_palette_and_ask(
    plain: Path, opened: Opener, shop: Shop
) -> None:
    shop.write(FOREVER)
    shop.compose("up", "-d", "db")
    async with opened(plain) as driver:
        await driver.press("ctrl+p")
        await driver.press(*"stop the data")
        await driver.sees("Stop its compose service; asks first")
        await driver.press("enter")
        await driver.confirm()
        assert "How many other sessions are connected is not known" in driver.text
        await driver.press("n")
        await driver.back()
        assert shop.container.status == "running"
        await driver.app.run_action("stop_database", driver.main)
        await answer(driver, "y")
        await driver.sees("db is stopped")
        assert shop.container.status == "exited"


async def test_the_log_is_followed_filtered_and_wrapped(
    plain: Path, opened: Opener, shop: Shop
) -> None:
    text = "for n in $$(seq 1 60); do echo line $$n; done; echo ERROR: broken; "
    shop.write(f'\n    entrypoint: ["/bin/sh", "-c", "{text}echo {"wide " * 60}; sleep 99"]')
    shop.compose("up", "-d", "db")
    async with opened(plain) as driver:
        await driver.press("1", "l")
        await driver.until(lambda: isinstance(driver.app.screen, LogsScreen))
        await driver.sees("ERROR: broken")
        assert "following" in driver.text
        assert driver.text.count("wide") > 50
        await driver.press("w")
        await driver.until(lambda: 0 < driver.text.count("wide") < 30)
        await driver.press("slash", *"line", "space", "5", "enter")
        await driver.until(lambda: "line 59" in driver.text and "line 60" not in driver.text)
        await driver.press("escape")  # ends the filter, not the screen
        await driver.sees("ERROR: broken")
        await driver.press("g")
        await driver.sees("looking back")
        await driver.sees("line 1 ")
        await driver.press("f")
        await driver.sees("following")
        shop.container.kill()
        await driver.sees("── db is exited (exit status 137 (killed))")
        await driver.press("escape")
        await driver.back()


async def test_the_wrong_port_is_on_the_screen(
    sample_backend: SampleProject, opened: Opener, shop: Shop
) -> None:
    shop.compose("up", "-d", "--wait", "db")
    wrong = shop.url.replace(str(shop.port), "1")
    (sample_backend.backend / ".env").write_text(f"DATABASE_URL={wrong}\n")
    async with opened(sample_backend.backend) as driver:
        await driver.until(lambda: driver.state.status.phase == "failed")
        await driver.press("1")
        await driver.sees("▲ 127.0.0.1:1 is not db: that")


async def test_psql_needs_a_container_that_runs(plain: Path, opened: Opener, shop: Shop) -> None:
    shop.compose("create", "db")
    async with opened(plain) as driver:
        await driver.press("1", "x")
        await driver.told("psql needs a running container; db is created.")


async def test_the_whole_job_in_the_container(
    sample_backend: SampleProject, opened: Opener, shop: Shop
) -> None:
    """Create, review, upgrade, downgrade: as against any database."""
    shop.compose("up", "-d", "--wait", "db")
    populate(sample_backend)
    versions = sample_backend.backend / "alembic" / "versions"
    before = set(versions.glob("*.py"))
    async with opened(sample_backend.backend) as driver:
        await driver.position()
        assert driver.state.locality is not None
        assert driver.state.locality.kind == "container"
        await driver.press("5", "u")
        await driver.agree()
        await driver.until(lambda: driver.state.current == (HEAD,) and not driver.main.job)
        await driver.press("c")
        await driver.sees("What does it change?")
        assert "db is healthy" in driver.text
        await driver.press(*"onboard", "enter")
        await driver.until(lambda: driver.main.board.question.asks("k"))
        (new,) = set(versions.glob("*.py")) - before
        await driver.until(lambda: driver.main.board.review.review is not None)
        await driver.press("x")
        await driver.until(lambda: not new.exists() and not driver.main.job)
        await driver.press("5", "d")
        await driver.agree()
        await driver.until(lambda: driver.state.current == ("b8c9d0a41e6f",))
