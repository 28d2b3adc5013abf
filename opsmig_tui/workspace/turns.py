"""One reading of each part at a time, shared by everybody who asked before it began."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from opsmig_tui.workspace.state import Part


class Turns:
    """Keeps an older answer from arriving after a newer one, and a burst of wishes to one reading.

    Two threads asking git at once may end in either order; ten files saved in a second want one
    answer, not ten.
    """

    def __init__(self) -> None:
        self._locks: defaultdict[Part, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._asked: Counter[Part] = Counter()
        self._answered: Counter[Part] = Counter()

    @asynccontextmanager
    async def turn(self, part: Part) -> AsyncIterator[bool]:
        """Waits for the reading under way. True: read it now; False: a reading that began after
        this was asked for has answered already."""
        self._asked[part] += 1
        mine = self._asked[part]
        async with self._locks[part]:
            if self._answered[part] >= mine:
                yield False
                return
            covered = self._asked[part]
            yield True
            self._answered[part] = covered
