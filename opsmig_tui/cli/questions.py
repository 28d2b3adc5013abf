"""Questions at a terminal. The loop goes on while one stands, so that ctrl+c always ends it and
what is being prepared gets ready meanwhile."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence

import click

from opsmig_tui.cli.say import say

# Far more than a terminal lets one type into a line.
_MOST_BYTES = 1 << 16


def at_terminal() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty() and sys.stdout.isatty()


async def confirm(text: str) -> bool:
    """A question that enter alone answers with no. Raises click.Abort at the end of the input."""
    while True:
        answer = (await typed(f"{text} [y/N]")).lower()
        if answer in ("y", "yes"):
            return True
        if answer in ("", "n", "no"):
            return False


async def choose(text: str, choices: Sequence[str]) -> str:
    """One of the words, or the unique beginning of one; enter takes the first."""
    while True:
        answer = (await typed(f"{text} ({', '.join(choices)}) [{choices[0]}]")).lower()
        found = [one for one in choices if one.startswith(answer)] if answer else [choices[0]]
        if len(found) == 1:
            return found[0]


async def typed(text: str) -> str:
    """The line that is typed after `text`. Raises click.Abort at the end of the input."""
    say(f"{text}: ", nl=False)
    sys.stdout.flush()
    loop, there = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), there.set)
    try:
        await there.wait()
        data = os.read(sys.stdin.fileno(), _MOST_BYTES)
    except asyncio.CancelledError:
        say("")
        raise
    finally:
        loop.remove_reader(sys.stdin.fileno())
    if not data:
        raise click.Abort
    return data.decode(sys.stdin.encoding, "replace").strip()
