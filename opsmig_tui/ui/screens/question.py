"""The bar under a review that asks something about it: keep, edit, discard; test now or later.

The focus stays in the review, so that one can move about in it while deciding: the answers are
priority bindings of the main screen that act only while the bar asks.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static


@dataclass(frozen=True)
class Answer:
    """A letter, its word, and why it cannot be given now ("" when it can)."""

    letter: str
    word: str
    why_not: str = ""


class AnswerChip(Static):
    """One answer, for the mouse."""

    def __init__(self, answer: Answer) -> None:
        text = Content.assemble((answer.letter, "bold $accent"), f" {answer.word}")
        super().__init__(text, classes="-off" if answer.why_not else "")
        self.answer = answer

    async def on_click(self) -> None:
        await self.run_action(f"screen.answer('{self.answer.letter}')")


class QuestionBar(Horizontal):
    """Hidden until `ask`."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.answers: tuple[Answer, ...] = ()
        self._waiting: asyncio.Future[str] | None = None
        self.display = False

    def compose(self) -> ComposeResult:
        yield Static(id="question-text")
        yield Horizontal(id="question-answers")

    async def ask(self, text: str, *answers: Answer) -> str:
        """The letter that was chosen; "" when the bar was closed, or another question came."""
        self.close()
        waiting: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting = waiting
        self.answers = answers
        self.query_one("#question-text", Static).update(Content(text))
        chips = self.query_one("#question-answers")
        await chips.remove_children()
        await chips.mount(*(AnswerChip(answer) for answer in answers))
        self.display = True
        self.screen.refresh_bindings()
        try:
            return await waiting
        finally:
            if self._waiting is waiting:
                self.answers = ()
                self.display = False
                self.screen.refresh_bindings()

    def asks(self, letter: str) -> bool:
        """Whether `letter` is an answer right now."""
        return any(answer.letter == letter for answer in self.answers)

    def answer(self, letter: str) -> None:
        """Gives the answer, or says why it cannot be given."""
        found = next((answer for answer in self.answers if answer.letter == letter), None)
        if found is not None and found.why_not:
            self.notify(f"Cannot {found.word}: {found.why_not}.", markup=False)
        elif found is not None and self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(letter)

    def close(self) -> bool:
        """Answers "". False when nothing was asked."""
        if self._waiting is None or self._waiting.done():
            return False
        self._waiting.set_result("")
        return True
