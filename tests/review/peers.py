"""The other linters, on migration files: (path, line) of everything they find."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout, suppress
from io import StringIO
from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

BIN = Path(sys.executable).parent
Places = set[tuple[Path, int]]
# What squawk says of style, or of every statement there is.
SQUAWK_STYLE = (
    *("prefer-robust-stmts", "require-lock-timeout", "require-statement-timeout"),
    *("prefer-text-field", "prefer-bigint-over-int", "prefer-bigint-over-smallint"),
    *("prefer-identity", "prefer-timestamp-tz", "require-timeout-settings"),
    *("ban-char-field", "identifier-too-long", "require-enum-value-ordering"),
    # alembic's own BEGIN and COMMIT around an autocommit_block.
    *("transaction-nesting", "ban-uncommitted-transaction"),
)


def alembic_guard(paths: Iterable[Path]) -> Places:
    command = [str(BIN / "alembic-guard"), "--format", "json", "--include-downgrade"]
    shown = subprocess.run(
        [*command, *map(str, paths)], capture_output=True, text=True, check=False
    )
    return {(Path(item["path"]).resolve(), item["line"]) for item in json.loads(shown.stdout)}


def lockcheck(paths: Iterable[Path]) -> Places:
    found: Places = set()
    command = [str(BIN / "lockcheck"), *map(str, paths)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    path = Path()
    for line in shown.splitlines():
        place = re.match(r"\s+(\d+)\s+LC\d+", line)
        if place is not None:
            found.add((path, int(place.group(1))))
        elif line.endswith(".py"):
            path = Path(line).resolve()
    return found


def squawk(paths: Iterable[Path]) -> Places:
    """On the SQL that alembic renders, one file a direction, mapped back to the Python lines."""
    found: Places = set()
    for path in paths:
        for direction in ("upgrade", "downgrade"):
            statements = list(_rendered(path, direction))
            if statements:
                found |= {(path, line) for line in _squawked(statements)}
    return found


def _squawked(statements: list[tuple[int, str]]) -> Iterator[int]:
    lines: list[int] = []
    for number, text in statements:
        lines += [number] * (text.count("\n") + 1)
    command = [str(BIN / "squawk"), "--reporter", "json", "--stdin-filepath", "migration.sql"]
    command += ["--assume-in-transaction", f"--exclude={','.join(SQUAWK_STYLE)}"]
    sql = "\n".join(text for _, text in statements)
    shown = subprocess.run(command, input=sql, capture_output=True, text=True, check=False)
    for item in json.loads(shown.stdout or "[]"):
        if item["rule_name"] != "syntax-error":
            yield lines[min(item["line"], len(lines) - 1)]


class _Recorder:
    """Takes what alembic writes offline, with the line of the migration it was written from."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.statements: list[tuple[int, str]] = []

    def write(self, text: str) -> int:
        frame = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != self.path:  # type: ignore[redundant-expr]
            frame = frame.f_back  # type: ignore[assignment]
        if frame is not None and text.strip():
            self.statements.append((frame.f_lineno, text.strip()))
        return len(text)

    def flush(self) -> None: ...


def _rendered(path: Path, direction: str) -> Iterator[tuple[int, str]]:
    recorder = _Recorder(path)
    options = {"as_sql": True, "output_buffer": recorder, "literal_binds": True}
    context = MigrationContext.configure(dialect_name="postgresql", opts=options)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # A migration that reads rows stops here: squawk sees what came before.
    with suppress(Exception), Operations.context(context), redirect_stdout(StringIO()):
        spec.loader.exec_module(module)
        getattr(module, direction)()
    yield from recorder.statements
