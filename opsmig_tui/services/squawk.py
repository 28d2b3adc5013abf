"""squawk, a linter of PostgreSQL migrations in SQL, where it is installed (the extra `squawk`)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from opsmig_tui.review.model import Opinion
from opsmig_tui.worker.protocol import RenderedStatement

SECONDS = 5.0
TRIES = 4
"""One syntax error hides every other finding: the statement that has it is left out, so often."""


def squawk_binary() -> Path | None:
    """The program beside this tool's own interpreter, else on the PATH."""
    beside = Path(sys.executable).with_name("squawk")
    if beside.is_file():
        return beside
    found = shutil.which("squawk")
    return Path(found) if found else None


async def ask_squawk(
    statements: Sequence[RenderedStatement], folder: Path, version: int | None = None
) -> tuple[Opinion, ...]:
    """What squawk says of these statements, run in one transaction but for autocommit_block's.

    `folder` is where it looks for the project's own .squawk.toml; `version` PostgreSQL's major
    one. () without squawk, and where it gives no answer: the review does without.
    """
    binary = squawk_binary()
    if binary is None or not statements:
        return ()
    left = list(statements)
    for _ in range(TRIES):
        owners, sql = _script(left)
        found = await _run(binary, sql, folder, version)
        wrong = [_owner(owners, item) for item in found if item["rule_name"] == "syntax-error"]
        if not wrong:
            return tuple(
                Opinion(item["rule_name"], item["message"], item["help"] or "", owner.lines)
                for item in found
                if (owner := _owner(owners, item)) is not None
            )
        left = [item for item in left if item is not wrong[0]]
    return ()


def _script(
    statements: list[RenderedStatement],
) -> tuple[list[RenderedStatement | None], str]:
    """The SQL, and whose each line of it is. What autocommits stands outside of the transaction."""
    owners: list[RenderedStatement | None] = []
    lines: list[str] = []
    outside = False
    for item in statements:
        if item.autocommit != outside:
            outside = item.autocommit
            lines.append("COMMIT;" if outside else "BEGIN;")
            owners.append(None)
        own = f"{item.sql};".split("\n")
        lines += own
        owners += [item] * len(own)
    return owners, "\n".join(lines)


def _owner(
    owners: list[RenderedStatement | None], item: dict[str, Any]
) -> RenderedStatement | None:
    line = int(item["line"])  # counted from 0
    return owners[line] if line < len(owners) else None


async def _run(binary: Path, sql: str, folder: Path, version: int | None) -> list[dict[str, Any]]:
    # No --exclude: it would take the place of what the project's own file excludes.
    command = ["--reporter", "json", "--stdin-filepath", "migration.sql", "--assume-in-transaction"]
    if version is not None:
        command += ["--pg-version", str(version)]
    try:
        process = await asyncio.create_subprocess_exec(
            str(binary),
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=folder,
        )
    except OSError:
        return []
    try:
        async with asyncio.timeout(SECONDS):
            shown, _ = await process.communicate(sql.encode("utf-8", "replace"))
    except TimeoutError:
        shown = b""
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    try:
        found = json.loads(shown or b"[]")
    except ValueError:
        return []
    return found if isinstance(found, list) else []
