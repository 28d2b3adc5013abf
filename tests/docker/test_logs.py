"""A container's log, across its ends and beginnings, and faster than anybody reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from opsmig_tui.workspace.logs import MOST_LINES, LogFeed
from opsmig_tui.workspace.workspace import Workspace
from tests.docker.project import PASSWORD, Shop
from tests.support.projects import write_project
from tests.workspace.conftest import Open, until


def script(text: str) -> str:
    """The service runs these lines of shell; compose fills in no variable of them."""
    quoted = text.replace("'", "''").replace("$", "$$")
    return f"\n    entrypoint: [/bin/sh, -c, '{quoted}']"


@pytest.fixture
def ws(shop: Shop, open_workspace: Open) -> Workspace:
    write_project(shop.folder / "backend")
    return open_workspace(shop.folder / "backend", trusted=False)


def texts(feed: LogFeed) -> list[str]:
    return [line.text for line in feed.buffer.lines]


@asynccontextmanager
async def following(workspace: Workspace) -> AsyncIterator[LogFeed]:
    """The screen's two tasks: the log, and the state that tells of the container's fate."""
    feed = LogFeed(workspace)
    tasks = [asyncio.create_task(job) for job in (workspace.live(), feed.follow())]
    try:
        yield feed
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_lines_come_as_they_are_written(ws: Workspace, shop: Shop):
    shop.write(script("echo one; sleep 0.3; echo 'ERROR:  two'; echo 'WARNING:  3'; sleep 99"))
    async with following(ws) as feed:
        await until(lambda: texts(feed))
        assert texts(feed) == ["── db has not run yet. It is started with s, in the Database pane."]
        shop.compose("up", "-d", "db")
        await until(lambda: len(texts(feed)) >= 4)
        assert texts(feed)[1:] == ["one", "ERROR:  two", "WARNING:  3"]
        assert [line.told for line in feed.buffer.lines] == [True, False, False, False]


async def test_stopped_started_and_removed_while_it_is_followed(ws: Workspace, shop: Shop):
    shop.write(script("echo here I am; exec sleep 99"))
    shop.compose("up", "-d", "db")
    async with following(ws) as feed:
        await until(lambda: texts(feed) == ["here I am"])
        one = shop.container
        await asyncio.to_thread(one.kill)
        await until(lambda: len(texts(feed)) == 2)
        assert texts(feed)[1].startswith(
            "── db is exited (exit status 137 (killed)). It is started"
        )
        await asyncio.to_thread(one.start)
        await until(lambda: len(texts(feed)) == 3)  # what was seen before does not come again
        assert texts(feed)[2] == "here I am"
        await asyncio.to_thread(one.remove, force=True)
        await until(lambda: len(texts(feed)) == 4)
        assert texts(feed)[3].startswith("── The container was removed")
        await asyncio.to_thread(shop.compose, "up", "-d", "db")
        await until(lambda: len(texts(feed)) == 5)
        assert texts(feed)[4] == "here I am"


async def test_what_ended_long_ago_is_still_there(ws: Workspace, shop: Shop):
    shop.write(script("echo last words"))
    shop.compose("up", "-d", "db")
    shop.container.wait()
    async with following(ws) as feed:
        await until(lambda: len(texts(feed)) == 2)
        assert texts(feed)[0] == "last words"


async def test_passwords_are_not_shown(ws: Workspace, shop: Shop):
    shop.write(
        script(
            f"echo the secret is {PASSWORD}.; echo postgresql://a:hunter2@b/c; "
            "echo \"ALTER ROLE x PASSWORD 'hunter2'\""
        )
    )
    shop.compose("up", "-d", "db")
    async with following(ws) as feed:
        await until(lambda: len(texts(feed)) >= 3)
        shown = "\n".join(texts(feed))
        assert "the secret is ***." in shown
        assert "postgresql://a:***@b/c" in shown
        assert "PASSWORD '***'" in shown
        assert "hunter2" not in shown


async def test_a_line_without_an_end_and_one_that_is_no_text(ws: Workspace, shop: Shop):
    shop.write(script(r"printf '%09000d\n' 1; printf '\377\376 x\r\n'; printf 'no end'; sleep 1"))
    shop.compose("up", "-d", "db")
    async with following(ws) as feed:
        await until(lambda: "no end" in texts(feed))
        long, binary = texts(feed)[:2]
        assert long.endswith(" … (the line goes on)")
        assert binary == "�� x"


async def test_a_flood_stays_within_bounds(ws: Workspace, shop: Shop):
    shop.write(script("seq 1 100000; echo the end; sleep 99"))
    shop.compose("up", "-d", "db")
    async with following(ws) as feed:
        await until(lambda: texts(feed)[-1:] == ["the end"])
        assert len(texts(feed)) <= MOST_LINES


async def test_colours_and_titles_are_left_out(ws: Workspace, shop: Shop):
    shop.write(script(r"printf '\033[31mred\033[0m \033]0;title\007plain\n'; sleep 99"))
    shop.compose("up", "-d", "db")
    async with following(ws) as feed:
        await until(lambda: texts(feed) == ["red plain"])


async def test_one_that_is_not_kept_is_told_once(ws: Workspace, shop: Shop):
    shop.write(script("sleep 99") + "\n    logging: {driver: none}")
    shop.compose("up", "-d", "db")
    async with following(ws) as feed:
        await until(lambda: feed._pause > 2)  # it was asked for again, and again
        (said,) = texts(feed)
        assert "logging driver does not support reading" in said
