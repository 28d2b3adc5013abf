"""The question before anything changes: nothing but a meant yes is one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from opsmig_tui.ui.screens.confirm import ConfirmScreen
from opsmig_tui.workspace.confirm import Confirmation, ConfirmationStep
from tests.ui.dump import screen_text, until
from tests.ui.screens.host import NOT_YET, DialogHost

PLAIN = Confirmation(
    title="Upgrade 1 revision",
    database="ops@socket/ops",
    command="alembic upgrade head",
    steps=(ConfirmationStep("b8c9d0", "add vendor type", "adds column vendor.type"),),
)
DANGER = Confirmation(
    title="Downgrade 1 revision",
    database="ops@db.example.org:5432/ops",
    command="alembic downgrade -1",
    steps=(
        ConfirmationStep(
            "b8c9d0",
            "add vendor type",
            "drops column vendor.type",
            losses=("column vendor.type: 1,204 values",),
            commits="autocommit_block: commits before it",
        ),
    ),
    warnings=("remote: db.example.org is another machine",),
    typed="ops",
    typed_what="the database's name",
    destructive=True,
    local=False,
)


@asynccontextmanager
async def shown(
    question: Confirmation, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[DialogHost, Pilot[Any]]]:
    """The question, past the time in which it takes no key."""
    app = DialogHost(ConfirmScreen(question))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.screen is app.dialog and not app.dialog.deaf)
        if question.typed is not None:
            await until(pilot, lambda: isinstance(app.focused, Input))
        yield app, pilot


async def test_it_says_what_where_and_which_command() -> None:
    async with shown(DANGER) as (app, _):
        text = screen_text(app)
    for said in (
        "Downgrade 1 revision",
        "ops@db.example.org:5432/ops",
        "▲ remote: db.example.org is another machine",
        "b8c9d0  add vendor type",
        "drops column vendor.type",
        "✖ column vendor.type: 1,204 values",
        "▲ autocommit_block: commits before it",
        "$ alembic downgrade -1",
        "Type ops (the database's name), then y.",
    ):
        assert said in text


async def test_y_says_yes() -> None:
    async with shown(PLAIN) as (app, pilot):
        await pilot.press("y")
        await until(pilot, lambda: app.result is True)


@pytest.mark.parametrize("key", ["n", "escape", "enter"])
async def test_no_has_the_focus_and_closes(key: str) -> None:
    async with shown(PLAIN) as (app, pilot):
        assert app.focused is not None
        assert app.focused.id == "no"
        await pilot.press(key)
        await until(pilot, lambda: app.result is False)


async def test_keys_on_their_way_when_it_comes_up_do_nothing() -> None:
    app = DialogHost(ConfirmScreen(PLAIN))
    async with app.run_test(size=(80, 24)) as pilot:
        app.dialog._opened += 3600  # As if it had come up just now, however slow this machine is.
        await pilot.press("y", "n", "escape", "enter")
        await pilot.pause()
        assert app.result is NOT_YET
        app.dialog._opened -= 7200
        await pilot.press("y")
        await until(pilot, lambda: app.result is True)


async def test_tab_does_not_reach_yes() -> None:
    async with shown(PLAIN) as (app, pilot):
        await pilot.press("tab", "enter")
        await until(pilot, lambda: app.result is False)


async def test_what_must_be_typed_must_be_right_and_then_y() -> None:
    async with shown(DANGER) as (app, pilot):
        await pilot.press(*"opz")
        assert app.screen.query_one("#typed").has_class("-wrong")
        await pilot.press("enter")
        await pilot.press("backspace", *"s")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "no")
        assert app.result is NOT_YET
        await pilot.press("y")
        await until(pilot, lambda: app.result is True)


async def test_y_is_a_letter_until_the_text_is_right() -> None:
    async with shown(DANGER) as (app, pilot):
        await pilot.press("y", "enter")
        await pilot.pause()
        assert app.result is NOT_YET
        assert app.screen.query_one("#typed", Input).value == "y"


async def test_letters_typed_on_too_fast_can_be_taken_back() -> None:
    async with shown(DANGER) as (app, pilot):
        typed = app.screen.query_one("#typed", Input)
        typed.value = "ops"
        typed.value = "opsy"  # before the screen has heard of the first
        await pilot.pause()
        assert app.result is NOT_YET
        assert not app.dialog.typed_right
        await pilot.press("end", "backspace")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "no")
        await pilot.press("y")
        await until(pilot, lambda: app.result is True)


async def test_n_is_a_letter_of_what_is_typed_and_escape_still_closes() -> None:
    async with shown(DANGER) as (app, pilot):
        await pilot.press("n")
        await pilot.pause()
        assert app.result is NOT_YET
        await pilot.press("escape")
        await until(pilot, lambda: app.result is False)


async def test_the_mouse_cannot_say_yes_before_the_text_is_right() -> None:
    async with shown(DANGER) as (app, pilot):
        await pilot.click("#yes")
        await pilot.pause()
        assert app.result is NOT_YET
        await pilot.press(*"ops")
        await pilot.click("#yes")
        await until(pilot, lambda: app.result is True)


async def test_the_mouse_says_no() -> None:
    async with shown(PLAIN) as (app, pilot):
        await pilot.click("#no")
        await until(pilot, lambda: app.result is False)


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (20, 8)])
async def test_a_long_plan_scrolls_and_the_answers_stay(size: tuple[int, int]) -> None:
    steps = tuple(ConfirmationStep(f"rev{n:03}", f"step {n}") for n in range(60))
    question = Confirmation("Upgrade 60 revisions", "ops", "alembic upgrade head", steps)
    async with shown(question, size) as (app, pilot):
        answers = app.screen.query_one("#no").region
        assert answers.height == 1
        assert answers.bottom < size[1]
        body = app.screen.query_one("#body")
        for _ in range(20):
            await pilot.press("pagedown")
        await until(pilot, lambda: body.scroll_offset.y == body.max_scroll_y > 0)
