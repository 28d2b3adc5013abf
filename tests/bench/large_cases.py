"""A repository of ten thousand files and 3,000 revisions: opened, and looked through with git.

What a turn of the event loop takes is its CPU time: a key that comes meanwhile waits for so long.
"""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import subprocess
import sys
import time
from asyncio import events
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.projects import Measured, write_many

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace

FILES = 10_000
TURN_MS = 10.0
GHOST = "feedfacebeef"


def write_large(root: Path) -> Measured:
    """On a branch that changed 30 of main's revisions and has a new one; main has one more since.
    10 more are edited, 50 model files untracked. The database has everything but the new one, and
    a ghost of a branch."""
    for number in range(FILES):
        path = (
            root / "app" / ("models" if number < 200 else f"part{number % 100}") / f"m{number}.py"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"VALUE = {number}\n" * 20)
    project = replace(write_many(root), name="10,000 files")
    (root / ".gitignore").write_text("__pycache__\n*.db\n")
    versions = root / "alembic" / "versions"
    files = sorted(versions.glob("*.py"))
    head = next(path for path in files if path.stem.endswith(f"_{project.newest.split()[-1]}"))
    newest = head.stem.partition("-")[2].partition("_")[0]

    def commit(branch: str, start: str = "") -> None:
        _git(root, "checkout", "-q", "-b", branch, *filter(None, [start]))
        _git(root, "add", "-A")
        _git(root, "commit", "-q", "-m", branch)

    def revision(name: str) -> None:
        text = f'"""{name}"""\nrevision = {name!r}\ndown_revision = {newest!r}\n'
        text += "def upgrade(): pass\ndef downgrade(): pass\n"
        (versions / f"{name}.py").write_text(text)

    commit("main")
    revision(GHOST)
    commit("elsewhere")
    _git(root, "checkout", "-q", "main")
    for path in files[:30]:
        path.write_text(path.read_text() + "# changed\n")
    revision("mine")
    commit("feature")
    _git(root, "checkout", "-q", "main")
    revision("theirs")
    _git(root, "add", "-A")
    _git(root, "commit", "-q", "-m", "theirs")
    _git(root, "checkout", "-q", "feature")
    for path in files[30:40]:
        path.write_text(path.read_text() + "# edited\n")
    for number in range(50):
        (root / "app" / "models" / f"new{number}.py").write_text("VALUE = 1\n")
    with sqlite3.connect(root / "bench.db") as database:
        database.execute("create table alembic_version (version_num varchar(32) primary key)")
        database.execute("insert into alembic_version values (?)", (newest,))
    return project


def _git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


@contextmanager
def longest_turn() -> Iterator[list[float]]:
    """The CPU milliseconds of each turn of this thread's event loop. Garbage is left out, as the
    application looks through what stands only at its end."""
    turns = [0.0]
    run = events.Handle._run

    def timed(handle: Any) -> None:
        began = time.thread_time()
        run(handle)
        turns.append((time.thread_time() - began) * 1000)

    gc.collect()
    gc.disable()
    events.Handle._run = timed  # type: ignore[method-assign]
    try:
        yield turns
    finally:
        events.Handle._run = run  # type: ignore[method-assign]
        gc.enable()


async def turns(project: Measured) -> list[tuple[str, float, float]]:
    """(what is read, its longest turn, all of it in ms of wall time)."""
    from opsmig_tui.project.model import OpenOptions, Project
    from opsmig_tui.project.open import open_project
    from opsmig_tui.services.git import base_files, new_files
    from opsmig_tui.workspace.edited import find_edits
    from opsmig_tui.workspace.shared import read_shared
    from opsmig_tui.workspace.workspace import Workspace

    opened = open_project(OpenOptions(project.backend, python=sys.executable))
    assert isinstance(opened, Project)
    workspace = Workspace(opened, trusted=True)
    workspace.read_history()
    where = opened.config.version_locations
    assert opened.repository is not None
    repository = opened.repository

    def stand_at_the_ghost() -> None:
        with sqlite3.connect(project.backend / "bench.db") as database:
            database.execute("update alembic_version set version_num = ?", (GHOST,))

    async def edits() -> None:
        workspace.edits_seen = ()
        await find_edits(workspace)

    async def base() -> None:
        branch = workspace.state.git.value.branch if workspace.state.git.value else None
        assert branch is not None
        await base_files(repository, branch, where)

    found = []

    async def measure(name: str, work: Callable[[], Awaitable[object]]) -> None:
        with longest_turn() as taken:
            began = time.perf_counter()
            await asyncio.create_task(_awaited(work))
            found.append((name, max(taken), (time.perf_counter() - began) * 1000))

    try:
        await workspace.refresh("git", "status")  # imports, and the worker started
        await measure("branch, changes, marks, ahead", lambda: workspace.refresh("git"))
        await measure("position", lambda: workspace.refresh("status"))
        await measure("edited since applied", edits)
        await measure("files of the base branch", base)
        await measure("new since main", lambda: new_files(repository, "main", where))
        await measure("history after a save", lambda: workspace.read_history_beside(saved=True))
        await measure("what reviews share", lambda: read_shared(workspace))
        _checked(workspace)
        stand_at_the_ghost()
        await measure("ghost", lambda: workspace.refresh("status"))
        (ghost,) = workspace.state.ghosts.value or ()
        assert ghost.file is not None
    finally:
        await workspace.close()
    return found


async def _awaited(work: Callable[[], Awaitable[object]]) -> None:
    await work()


def _checked(workspace: Workspace) -> None:
    """That there was something to find."""
    git = workspace.state.git.value
    assert git is not None
    assert len(git.ahead) == 1
    assert len(git.changes) == 50
    assert sum(mark == "branch" for mark in git.marks.values()) == 31
    assert workspace.state.status.phase == "ready", workspace.state.status.problem
    assert len(workspace.state.edited) == 40


def rows(project: Measured) -> float:
    """CPU ms of the lines of History made anew: what another position costs."""
    from opsmig_tui.history.lanes import layout
    from opsmig_tui.history.reader import read_history
    from opsmig_tui.ui.panes.history_rows import HistoryFacts, build

    history = read_history([project.backend / "alembic" / "versions"])
    cells = {row.revision: row.cells for row in layout(history)}
    marks = {item.path: "base" for item in history.revisions}
    applied = frozenset(history.by_id)
    best = 1e9
    for _ in range(5):
        facts = HistoryFacts(history, cells, applied, frozenset(), marks, ())  # type: ignore[arg-type]
        began = time.thread_time()
        build(facts, branch_only=False, words="", width=80)
        best = min(best, (time.thread_time() - began) * 1000)
    return best
