"""A container's log, followed."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from datetime import datetime
from functools import partial
from typing import Any

from opsmig_tui.services.secret_values import masked, of_container

from .endpoint import Endpoint
from .stream import batches

# Characters of a line that are kept: one of megabytes is not read, and would be painted for ever.
LONGEST_LINE = 4_000
MOST_BYTES = 8 * LONGEST_LINE
# Between two takings: a line alone comes at once, a flood in one batch, and one repaint, each.
EVERY_SECONDS = 0.1
# For the connection; a log may then say nothing for days.
ANSWER_SECONDS = 30.0
FRAME_HEAD = 8
# Colours, titles and the like: those of this screen are its own.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")

LogLine = tuple[str, str]
"""(when, as the engine wrote it: RFC 3339 with nanoseconds; text)"""


async def follow_log(
    endpoint: Endpoint, container: str, *, tail: int, after: str = ""
) -> AsyncGenerator[list[LogLine], None]:
    """The last `tail` lines and all that follow, until the container stops or is removed.

    `after`: only what was written later than this time of an earlier line. Raises what the SDK
    raises, docker.errors.NotFound among it.
    """
    last = after
    # Once more at the end: what has no line end the engine keeps from those who follow.
    for follow in (True, False):
        start = partial(_log, container, tail, last, follow)
        async with aclosing(batches(endpoint, start, _lines, every=EVERY_SECONDS)) as found:
            async for lines in found:
                if fresh := [one for one in lines if one[0] > last]:
                    last = fresh[-1][0]
                    yield fresh


def _log(container: str, tail: int, after: str, follow: bool, engine: Any) -> _Log:
    """The SDK's own logs() takes three times as long over a line, in a flood of them."""
    from docker.errors import create_api_error_from_http_exception
    from docker.types import CancellableStream
    from requests import HTTPError

    api = engine.api
    config = api.inspect_container(container).get("Config") or {}
    response = api.get(
        f"{api.base_url}/v{api.api_version}/containers/{container}/logs",
        params={
            "stdout": 1, "stderr": 1, "timestamps": 1, "tail": tail, "follow": int(follow),
            **({"since": _seconds(after)} if after else {}),
        },
        stream=True, timeout=(ANSWER_SECONDS, None),
    )  # fmt: skip
    try:
        response.raise_for_status()
    except HTTPError as error:
        create_api_error_from_http_exception(error)
    pieces = response.iter_content(chunk_size=None)
    text = pieces if config.get("Tty") else _unframed(pieces)
    return _Log(CancellableStream(text, response), of_container(config))


def _unframed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What is in the frames: a byte for the stream, three of nothing, four for the size, the text
    (Docker Engine API, "Stream format"). A container with a terminal has none."""
    rest = b""
    for piece in pieces:
        rest, at = rest + piece, 0
        while len(rest) - at >= FRAME_HEAD:
            begin = at + FRAME_HEAD
            end = begin + int.from_bytes(rest[begin - 4 : begin], "big")
            if end > len(rest):
                break
            yield rest[begin:end]
            at = end
        rest = rest[at:]


class _Log:
    """The SDK's stream, and what must not be shown of it."""

    def __init__(self, stream: Any, secrets: tuple[str, ...]) -> None:
        self.stream, self.secrets = stream, secrets

    def close(self) -> None:
        self.stream.close()


def _seconds(moment: str) -> int:
    """Whole seconds: the engine takes them, and what was before within them is left out by us."""
    return int(datetime.fromisoformat(moment).timestamp())


def _lines(log: _Log) -> Iterator[LogLine]:
    """Whole lines; the engine may cut one in pieces."""
    rest = b""
    for piece in log.stream:
        rest += piece
        if b"\n" in piece:
            *lines, rest = rest.split(b"\n")
            yield from (_line(line, log.secrets) for line in lines)
        elif len(rest) > MOST_BYTES:
            rest = rest[:MOST_BYTES]
    if rest:
        yield _line(rest, log.secrets)


def _line(raw: bytes, secrets: tuple[str, ...]) -> LogLine:
    when, _, text = raw.partition(b" ")
    shown = text.decode("utf-8", "replace").rstrip("\r")
    if "\x1b" in shown:
        shown = _ESCAPES.sub("", shown)
    shown = masked(shown, secrets)
    if len(shown) > LONGEST_LINE:
        shown = f"{shown[:LONGEST_LINE]} … (the line goes on)"
    return when.decode("ascii", "replace"), shown
