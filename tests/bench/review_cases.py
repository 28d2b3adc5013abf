"""The review's speed, beside the other linters on the same 89 real migrations."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.projects import ENV, INI, Measured
from tests.bench.result import Result
from tests.bench.terminal import running

BIN = Path(sys.executable).parent
FILES = 89
LONG_LINES = 10_000
OPENED = 7


def _copied(folder: Path) -> list[Path]:
    from tests.review.real import migrations

    found = []
    for name, path in list(migrations())[-FILES:]:
        found.append(folder / name.replace("/", "_"))
        shutil.copy(path, found[-1])
    assert len(found) == FILES
    return found


def _wall(command: list[str]) -> float:
    """Milliseconds of a command; any exit status is an answer of a linter, but not a crash."""
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return (time.perf_counter() - began) * 1000


def _median(once: Callable[[], float], rounds: int = 5) -> float:
    once()
    return statistics.median(once() for _ in range(rounds))


def _reviewed(path: Path) -> float:
    from opsmig_tui.review.engine import review_source
    from opsmig_tui.review.model import Facts

    source = path.read_bytes()
    began = time.perf_counter()
    review_source(path, source, Facts())
    return (time.perf_counter() - began) * 1000


ALL = """
import sys
from pathlib import Path
from opsmig_tui.review.engine import review_source
from opsmig_tui.review.model import Facts
from opsmig_tui.review.report import to_text
for path in sorted(Path(sys.argv[1]).glob("*.py")):
    to_text(review_source(path, path.read_bytes(), Facts()))
"""


def review_history(projects: list[Measured]) -> Iterator[Result]:
    """89 files in a fresh process, and the slowest of them in one that is up."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = _copied(folder)
        ours = _median(lambda: _wall([sys.executable, "-c", ALL, str(folder)]))
        slowest = max(_median(lambda p=path: _reviewed(p), 3) for path in paths)
        peers = {
            "alembic-guard": [str(BIN / "alembic-guard"), "--include-downgrade", str(folder)],
            "lockcheck": [str(BIN / "lockcheck"), str(folder)],
        }
        for peer, command in peers.items():
            took = _median(lambda c=command: _wall(c))
            yield Result(f"review of {FILES} files", ours, took, "ms", "< 2 s", ours < 2000, peer)
        took = _median(lambda: _squawked(paths), 1)
        yield Result(
            f"review of {FILES} files", ours, took, "ms", "< 2 s", ours < 2000, "alembic + squawk"
        )
        median = statistics.median(_reviewed(path) for path in paths)
        yield Result("slowest file", slowest, median, "ms", "< 50 ms", slowest < 50, "the median")


def _squawked(paths: list[Path]) -> float:
    """Rendering with alembic in this process, and squawk on each revision's SQL."""
    from tests.review.peers import squawk

    began = time.perf_counter()
    squawk(paths)
    return (time.perf_counter() - began) * 1000


def review_all(projects: list[Measured]) -> Iterator[Result]:
    """`opsmig review --all` of the same files as a project, beside reading its history alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        versions = folder / "alembic" / "versions"
        versions.mkdir(parents=True)
        _copied(versions)
        (folder / "alembic.ini").write_text(INI)
        (folder / "alembic" / "env.py").write_text(ENV)
        subprocess.run(["git", "init", "-q", name], check=True)
        command = [str(BIN / "opsmig"), "-C", name]
        ours = _median(lambda: _wall([*command, "review", "--all", "--json"]))
        peer = _median(lambda: _wall([*command, "history"]))
    yield Result(
        f"review --all, {FILES} files", ours, peer, "ms", "< 2 s", ours < 2000, "opsmig history"
    )


def review_long(projects: list[Measured]) -> Iterator[Result]:
    """10,000 lines of everything that migrations are made of, beside Python's own parser."""
    import ast

    from tests.review.test_properties import long_migration

    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "long.py"
        path.write_text(long_migration(LONG_LINES), encoding="utf-8")

        def parsed() -> float:
            began = time.perf_counter()
            ast.parse(path.read_bytes())
            return (time.perf_counter() - began) * 1000

        ours, peer = _median(lambda: _reviewed(path), 3), _median(parsed, 3)
    yield Result(f"{LONG_LINES} lines", ours, peer, "ms", "< 2 s", ours < 2000, "ast.parse")


def review_opens(projects: list[Measured]) -> Iterator[Result]:
    """Enter on a revision until its review is painted, in a real terminal: one after another, each
    for the first time."""
    from opsmig_tui.history.reader import read_history

    project = projects[0]
    # As the pane lists them; the first is the one that is shown on the start.
    ids = [
        one.revision for one in read_history([project.backend / "alembic" / "versions"]).revisions
    ]
    times = []
    with running([str(BIN / "opsmig")], project.backend, {}, (40, 120)) as (terminal, _began):
        terminal.wait_for(" drift")  # all has been read: nothing moves any more
        for key in (b"2", b"g"):
            terminal.quiet(1.0)
            terminal.press(key)
        for revision in ids[1 : 1 + OPENED]:
            for key in (b"2", b"j"):
                terminal.quiet(1.0)
                terminal.press(key)
            terminal.quiet(1.0)
            terminal.forget()
            began = time.perf_counter()
            terminal.press(b"\r")
            times.append((terminal.wait_for(f"revision   {revision}") - began) * 1000)
    ours = statistics.median(times)
    yield Result("review opens", ours, 100.0, "ms", "< 100 ms", ours < 100, "the target")
