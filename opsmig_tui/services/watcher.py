"""Told when files change: model files, revisions, env.py, .env and what git has checked out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from pathlib import Path

from opsmig_tui.project.errors import OpsmigError

from .watch_filter import is_news, split_paths

OnChange = Callable[[frozenset[Path]], Awaitable[None] | None]

# How long changes are collected into one report, and how often the disk is asked for new ones.
_DEBOUNCE_MS = 100
_STEP_MS = 50
# How often watched folders are looked at for having been deleted or made anew.
_CHECK_MS = 500


async def watch(
    paths: Sequence[Path],
    on_change: OnChange,
    stop: asyncio.Event,
    notice: Callable[[str], None] | None = None,
) -> None:
    """Report changed paths until `stop` is set, some 150 ms after they were saved.

    Folders are watched with all below them; a file by its folder, so that editors which replace it
    are followed; a git directory for the branch, refs and index only (see `git_paths`). A path that
    does not exist (any more) is reported when it appears. One report at a time: what happens
    meanwhile is in the next. `notice` is told once when the system's watches are used up and the
    files are looked at every half second instead. Raises OpsmigError when that fails too, and what
    `on_change` raises.
    """
    await asyncio.to_thread(_import_watchfiles)
    lock = asyncio.Lock()

    async def report(found: set[Path]) -> None:
        async with lock:
            answer = on_change(frozenset(found))
            if answer is not None:
                await answer

    deep, flat = split_paths(paths)
    said = _Once(notice)
    async with asyncio.TaskGroup() as tasks:
        if deep:
            tasks.create_task(_follow(deep, True, report, stop, said))
        if flat:
            tasks.create_task(_follow(tuple(flat), False, _only(flat, report), stop, said))


def _import_watchfiles() -> None:
    """Takes some 0.1 s with the event loop's backend, which the screen need not wait for."""
    import anyio._backends._asyncio  # noqa: F401
    import watchfiles  # noqa: F401


class _Once:
    """Passes the first message on and keeps the rest to itself."""

    def __init__(self, notice: Callable[[str], None] | None) -> None:
        self.notice = notice

    def __call__(self, text: str) -> None:
        notice, self.notice = self.notice, None
        if notice is not None:
            notice(text)


Report = Callable[[set[Path]], Awaitable[None]]


def _only(flat: dict[Path, set[str] | None], report: Report) -> Report:
    """Pass on the names asked for in each folder (None: all of them)."""

    async def passed_on(found: set[Path]) -> None:
        wanted = {
            path
            for path in found
            if path in flat or (names := flat.get(path.parent, set())) is None or path.name in names
        }
        if wanted:
            await report(wanted)

    return passed_on


async def _follow(
    folders: Sequence[Path], recursive: bool, report: Report, stop: asyncio.Event, said: _Once
) -> None:
    """Watch the folders that exist; begin anew whenever one of them goes or comes."""
    polling = False
    before: dict[Path, tuple[int, int]] | None = None
    while not stop.is_set():
        there = _identities(folders)
        if before is not None:
            appeared = {path for path in there if there[path] != before.get(path)}
            gone = before.keys() - there.keys()
            if appeared or gone:
                await report({*appeared, *gone})
        before = there
        if not there:
            await _wait(stop, _CHECK_MS / 1000)
            continue
        try:
            async for found, deleted in _changes(there, recursive, polling, stop):
                # Polling also tells that the folder's own list of names is another.
                if news := found - (there.keys() - deleted):
                    await report(news)
                if _identities(folders) != there or not deleted.isdisjoint(there):
                    break
        except _CannotWatch as error:
            if not all(path.exists() for path in there):
                continue  # gone between looking and watching
            if polling:
                raise OpsmigError(f"Files cannot be watched: {error}.") from error
            polling = True
            said(f"The system cannot watch files ({error}): looking at them every half second.")


class _CannotWatch(Exception):
    """The system refuses a watch: out of watches, out of descriptors, no support."""


def _identities(folders: Sequence[Path]) -> dict[Path, tuple[int, int]]:
    found = {}
    for path in folders:
        try:
            stat = path.stat()
        except OSError:
            continue
        found[path] = (stat.st_dev, stat.st_ino)
    return found


async def _changes(
    folders: dict[Path, tuple[int, int]], recursive: bool, polling: bool, stop: asyncio.Event
) -> AsyncGenerator[tuple[set[Path], set[Path]], None]:
    """Batches of changed paths and, of those, the deleted; an empty batch every half second."""
    from watchfiles import Change, awatch

    # awatch sets the event it is given when it is cancelled: that must not be everybody's.
    own_stop = asyncio.Event()
    relay = asyncio.create_task(_relay(stop, own_stop))
    try:
        async for batch in awatch(
            *folders,
            watch_filter=lambda _change, path: is_news(path),
            debounce=_DEBOUNCE_MS,
            step=_STEP_MS,
            stop_event=own_stop,
            rust_timeout=_CHECK_MS,
            yield_on_timeout=True,
            force_polling=polling or None,
            poll_delay_ms=_CHECK_MS,
            recursive=recursive,
            ignore_permission_denied=True,
        ):
            deleted = {Path(path) for change, path in batch if change is Change.deleted}
            yield {Path(path) for _, path in batch}, deleted
    except (OSError, RuntimeError) as error:
        # watchfiles raises either one, with the reason in the text only.
        raise _CannotWatch(str(error).split(" about [")[0].rstrip(". ")) from error
    finally:
        relay.cancel()


async def _relay(stop: asyncio.Event, own_stop: asyncio.Event) -> None:
    await stop.wait()
    own_stop.set()


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
