"""Creating a revision: what must be so first, what will be generated, and its message."""

from __future__ import annotations

import time
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from opsmig_tui.history.file_names import create_date
from opsmig_tui.ui.file_name import likely_file_name
from opsmig_tui.ui.keys import key
from opsmig_tui.ui.screens.choice import Choice
from opsmig_tui.ui.screens.dialog import Dialog
from opsmig_tui.ui.screens.lines import Line
from opsmig_tui.ui.screens.wait import FRAMES
from opsmig_tui.worker.protocol import CreatePlan, DriftOperation
from opsmig_tui.workspace.create import plan_create
from opsmig_tui.workspace.preflight import Check, preflight

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace

# Asking alembic for the name costs one comparison of the models: not for every letter.
DEBOUNCE_SECONDS = 0.3
SIGNS = {
    "ok": ("✓", "$applied"),
    "warning": ("▲", "$warning"),
    "failed": ("✖", "$error"),
    "running": ("○", "$dim"),
}
OFFERS = {"start": ("s", "Start the database"), "upgrade": ("u", "Upgrade to head first")}


@dataclass(frozen=True)
class Outcome:
    """What the dialog ended with: a message to create with (and alembic's plan for exactly that
    message, when it was known), a detour that was chosen, or an error for the caller to raise."""

    message: str = ""
    plan: CreatePlan | None = None
    offer: str = ""
    error: Exception | None = None


class CreateScreen(Dialog[Outcome | None]):
    """Results in an Outcome, or None when the person left."""

    DEAF = True
    BINDINGS: ClassVar[list[BindingType]] = [
        key("dialog.start", "s", "offer('start')", "start", "Start the database"),
        key("dialog.upgrade", "u", "offer('upgrade')", "upgrade", "Upgrade to head, then create"),
    ]

    def __init__(self, workspace: Workspace, message: str = "") -> None:
        super().__init__("Create a revision", classes="-wide")
        self.workspace = workspace
        self.message = message
        self.checks: dict[str, Check] = {}
        self._lines: dict[str, Line] = {}
        self.plan: CreatePlan | None = None
        self.ready = False
        self._frame = 0

    def body(self) -> ComposeResult:
        yield Vertical(id="checks")
        yield Static(id="operations", classes="text")

    def below(self) -> ComposeResult:
        yield Input(self.message, placeholder="What does it change?", id="message")
        yield Static(id="file-name", classes="text")
        with Horizontal(classes="choices"):
            yield Choice("esc", "Leave", "close", id="leave")
            for offer, (letter, text) in OFFERS.items():
                yield Choice(letter, text, f"offer('{offer}')", id=f"offer-{offer}")
            yield Choice("enter", "Create", "create", id="create", focusable=False)

    def on_mount(self) -> None:
        super().on_mount()
        for later in self.query("#message, #file-name, #offer-start, #offer-upgrade, #create"):
            later.display = False
        self.query_one("#leave").focus()
        self.set_interval(0.12, self._turn)
        self._work(self._check())
        self._show_name()

    def _work(self, work: Coroutine[Any, Any, None], group: str = "checks") -> None:
        self.run_worker(self._or_end(work), group=group, exclusive=True, exit_on_error=False)

    async def _or_end(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            self.dismiss(Outcome(self.message, error=error))

    # ------------------------------------------------------------------------------- pre-flight

    async def _check(self) -> None:
        async for check in preflight(self.workspace):
            await self._show_check(check)
        offers = {check.offer for check in self.checks.values() if check.offer}
        self.ready = all(check.state != "failed" for check in self.checks.values())
        for offer in offers:
            self.query_one(f"#offer-{offer}").display = True
        if offers:  # Deaf again: keys on their way were not meant for them.
            self._opened = time.monotonic()
        if self.ready:
            self._ask_message()
        self._show_operations()

    def _ask_message(self) -> None:
        for now in self.query("#message, #file-name, #create"):
            now.display = True
        self.query_one("#message", Input).focus()
        self._plan_soon()

    def _turn(self) -> None:
        self._frame += 1
        for check in self.checks.values():
            if check.state == "running":
                self._lines[check.name].turn(_sign(check, self._frame))

    async def _show_check(self, check: Check) -> None:
        if check.name in self._lines:
            self._lines[check.name].update(_sign(check, 0), check.text)
        else:
            self._lines[check.name] = Line(_sign(check, 0), check.text)
            await self.query_one("#checks").mount(self._lines[check.name])
        self.checks[check.name] = check
        self.call_after_refresh(self.fit)

    def _show_operations(self) -> None:
        drift = self.workspace.state.drift.value
        text = operations(drift.operations) if self.ready and drift is not None else Content("")
        shown = self.query_one("#operations", Static)
        shown.update(text)
        shown.display = bool(text.plain)
        self.call_after_refresh(self.fit)

    # ---------------------------------------------------------------------------------- message

    @on(Input.Changed, "#message")
    def _message_changed(self, event: Input.Changed) -> None:
        self.message = event.value
        self._show_name()
        self._plan_soon()

    def _plan_soon(self) -> None:
        if self.ready and self.message.strip():
            self._work(self._plan(self.message), group="plan")

    async def _plan(self, message: str) -> None:
        import asyncio

        await asyncio.sleep(DEBOUNCE_SECONDS)
        plan = await plan_create(self.workspace, message)
        if message == self.message:
            self.plan = replace(plan, message=message.strip())
            self._show_name()

    @property
    def plan_of_message(self) -> CreatePlan | None:
        """alembic's answer, when it is the answer for what stands in the prompt now."""
        same = self.plan is not None and self.plan.message == self.message.strip()
        return self.plan if same else None

    def _show_name(self) -> None:
        plan = self.plan_of_message
        known = self.plan.revision if self.plan is not None else "…"
        config = self.workspace.project.config
        now = create_date(config.timezone)
        guess = likely_file_name(config.file_template, self.message, known, now)
        name = Content.styled(guess or "the file name will stand here", "$dim")
        if plan is not None:
            name = Content.assemble(("→ ", "$accent"), plan.file_name)
        self.query_one("#file-name", Static).update(name)

    @on(Input.Submitted, "#message")
    def action_create(self) -> None:
        if not self.message.strip():
            self.notify("Say in a few words what it changes.", severity="warning")
        elif self.ready:
            self.dismiss(Outcome(self.message, self.plan_of_message))

    def action_offer(self, offer: str) -> None:
        if not self.deaf and any(check.offer == offer for check in self.checks.values()):
            self.dismiss(Outcome(self.message, offer=offer))


def _sign(check: Check, frame: int) -> Content:
    sign, style = SIGNS[check.state]
    if check.state == "running":
        sign = FRAMES[frame % len(FRAMES)][:2]
    return Content.assemble((f"{sign:<2} ", style), (f"{check.name:<14}", "bold"))


def operations(found: tuple[DriftOperation, ...]) -> Content:
    """What autogenerate would write, one line an operation, under the table it belongs to."""
    lines: list[Content] = []
    tables: dict[str, list[DriftOperation]] = {}
    for one in found:
        tables.setdefault(one.table, []).append(one)
    for table, ones in tables.items():
        lines.append(Content.styled(table, "bold"))
        lines += [
            Content.assemble((f"  {_minus(one.sign)} ", _colour(one.sign)), one.text)
            for one in ones
        ]
    return Content("\n").join(lines)


def _minus(sign: str) -> str:
    return "−" if sign == "-" else sign


def _colour(sign: str) -> str:
    return {"+": "$added", "-": "$removed"}.get(sign, "$changed")
