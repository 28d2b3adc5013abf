"""Creating a revision: pre-flight and message in a dialog, then the review with its question."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.ui.failures import show_error
from opsmig_tui.ui.flows.apply import migrate
from opsmig_tui.ui.flows.container import start
from opsmig_tui.ui.flows.edit import edit
from opsmig_tui.ui.flows.test import test_revision
from opsmig_tui.ui.flows.trust import trusted
from opsmig_tui.ui.screens.ask import AskScreen
from opsmig_tui.ui.screens.create import CreateScreen, Outcome
from opsmig_tui.ui.screens.diff import DiffScreen
from opsmig_tui.ui.screens.question import Answer
from opsmig_tui.ui.screens.wait import waiting
from opsmig_tui.worker.protocol import AT_HEAD, Placing
from opsmig_tui.workspace.create import create as write
from opsmig_tui.workspace.create import discard, plan_create, why_not_discard

if TYPE_CHECKING:
    from opsmig_tui.ui.screens.main import MainScreen


async def create(screen: MainScreen) -> None:
    """The whole way, with the detours of the pre-flight. Raises OpsmigError, WorkerFailed."""
    if not await trusted(screen):
        return
    message = ""
    while True:
        outcome = await screen.app.push_screen_wait(CreateScreen(screen.workspace, message))
        if outcome is None:
            return
        if outcome.error is not None:
            raise outcome.error
        message = outcome.message
        if outcome.offer == "start":
            if not await start(screen):
                return
        elif outcome.offer == "upgrade":
            if not await migrate(screen, "upgrade", "head"):
                return
        else:
            await generate(screen, outcome)
            return


async def create_empty(screen: MainScreen, selected: str | None) -> None:
    """A revision to be written by hand: nothing is compared, so nothing has to be up.

    On the selected revision where there are several heads and it is one. Raises OpsmigError,
    WorkerFailed.
    """
    if not await trusted(screen):
        return
    view = screen.workspace.state.history.value
    heads = view.history.heads if view is not None else ()
    placing = Placing(selected) if selected and len(heads) > 1 and selected in heads else AT_HEAD
    ask = AskScreen(
        "Empty revision", "What will it change, in a few words?", take="Show what is written"
    )
    message = await screen.app.push_screen_wait(ask)
    if message is None:
        return
    planning = plan_create(screen.workspace, message, autogenerate=False, placing=placing)
    plan = await waiting(screen.app, "asking alembic for the file name …", planning)
    told = [f"Writes {Path(plan.directory) / plan.file_name}", f"$ {plan.command}"]
    if await screen.app.push_screen_wait(DiffScreen("Empty revision", "", told)):
        await generate(screen, Outcome(message, plan))


async def generate(screen: MainScreen, outcome: Outcome) -> None:
    """Lets alembic write the file; an empty result is told and leaves none."""
    plan = outcome.plan
    if plan is None:
        asking = "asking alembic for the file name …"
        plan = await waiting(screen.app, asking, plan_create(screen.workspace, outcome.message))
    writing = f"alembic writes {plan.file_name} …"
    # Not to be given up half-way: ctrl+c cancels it in the worker instead.
    path = await waiting(screen.app, writing, write(screen.workspace, plan), may_give_up=False)
    if path is None:
        screen.tell("Nothing to generate: the models match the database. No file was written.")
        return
    await decide(screen, path)


async def decide(screen: MainScreen, path: Path) -> None:
    """Shows the new file and asks whether it looks right, until it was kept or discarded."""
    generated = text_of(path)
    screen.board.go("review")
    screen.review(path)
    while True:
        answer = await screen.board.question.ask(
            "Looks right?",
            Answer("k", "keep"),
            Answer("e", "edit"),
            Answer("x", "discard", why_not_discard(screen.workspace, path)),
        )
        try:
            if answer == "e":
                edit(screen.host, path, 1)
                screen.review(path)
            elif answer == "x":
                if text_of(path) != generated and not await thrown_away(screen):
                    continue
                await discard(screen.workspace, path)
                screen.tell(f"Discarded {path.name}.")
                screen.review(None)
                return
            else:
                break
        except OpsmigError as error:
            show_error(screen.host, error)  # the file stands as it was: asked again
    if answer == "k":
        await offer_test(screen, path)


def text_of(path: Path) -> bytes | None:
    """What the file holds; None where it cannot be read (discarding then says why)."""
    try:
        return path.read_bytes()
    except OSError:
        return None


async def thrown_away(screen: MainScreen) -> bool:
    """Whether work put into the file since may go with it: no undo brings that back."""
    question = "It was changed since it was generated. Discard it with the changes?"
    return await screen.board.question.ask(question, Answer("y", "yes"), Answer("n", "no")) == "y"


async def offer_test(screen: MainScreen, path: Path) -> None:
    """A revision that was kept can be tried at once: up, down and up again."""
    view = screen.workspace.state.history.value
    revisions = view.history.revisions if view is not None else ()
    own = next((one for one in revisions if one.path == path), None)
    if own is None:
        return
    answer = await screen.board.question.ask(
        f"Kept. Test {own.revision} now: upgrade, downgrade, upgrade?",
        Answer("y", "test"),
        Answer("n", "later"),
    )
    if answer == "y":
        await test_revision(screen, own.revision)
