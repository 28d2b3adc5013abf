"""Textual without long breaths, sheets parsed anew for each app, and paint that nobody sees."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest
import textual.app
import textual.pilot
from textual._compositor import Compositor
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet


async def settled(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Return once the event loop has nothing left that it could do at once.

    Stands for Textual's `wait_for_idle`, which takes the process for idle when it uses less than
    5 % of a core: beside other tests that is up to two seconds for each key.
    """
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    end = time.monotonic() + max_sleep
    await asyncio.sleep(min_sleep)
    while ready and time.monotonic() < end:
        await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def pilot_that_settles() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(textual.app, "wait_for_idle", settled)
        patch.setattr(textual.pilot, "wait_for_idle", settled)
        yield


_parse_rules = Stylesheet._parse_rules
_parsed: dict[object, list[RuleSet]] = {}


def parsed_once(self: Stylesheet, css: str, *given: object, **more: object) -> list[RuleSet]:
    """Stands for a style sheet's own cache, which ends with its app: a tenth of a test's time."""
    key = (css, given, *sorted(more.items()), frozenset(self._variables.items()))
    if key not in _parsed:
        _parsed[key] = _parse_rules(self, css, *given, **more)  # type: ignore[arg-type]
    return _parsed[key]


def unpainted(self: Compositor, *given: object, **more: object) -> None:
    """Stands for what Textual paints for a terminal that is not there, a quarter of a test's time.

    What a test looks at is painted by screen_text, and what it leaves by painted_last.
    """
    self._dirty_regions.clear()


_shutdown = App._shutdown


async def painted_last(self: App[object]) -> None:
    """Stands for the end of an app: a screen that nobody looked at must be paintable, too."""
    if self._exception is None and self._screen_stacks[self._current_mode]:
        self.screen._compositor.render_strips()
    await _shutdown(self)


@pytest.fixture(autouse=True, scope="package")
def cheap_screen() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parsed_once)
        patch.setattr(Compositor, "render_update", unpainted)
        patch.setattr(App, "_shutdown", painted_last)
        yield
