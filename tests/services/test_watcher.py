"""Saved files are reported, on a real disk; each test waits for what it expects."""

import asyncio
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from opsmig_tui.services.watch_filter import git_paths, is_news
from opsmig_tui.services.watcher import watch
from tests.services.repos import make_repo

PATIENCE = 15


class Heard:
    """What was reported so far; `until` waits for a path."""

    def __init__(self) -> None:
        self.paths: set[Path] = set()
        self.reports: list[frozenset[Path]] = []
        self.notices: list[str] = []
        self.news = asyncio.Event()

    def __call__(self, found: frozenset[Path]) -> None:
        self.reports.append(found)
        self.paths |= found
        self.news.set()

    async def until(self, path: Path, poke: Callable[[], object]) -> float:
        """Do `poke` until `path` is reported; returns the seconds since the last poke.

        More than once, as nobody can see from outside when the system's watch is in place.
        """
        self.paths.clear()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            poke()
            poked = time.monotonic()
            while path not in self.paths and time.monotonic() < poked + 2:
                self.news.clear()
                try:
                    await asyncio.wait_for(self.news.wait(), 0.5)
                except TimeoutError:
                    continue
            if path in self.paths:
                return time.monotonic() - poked
        raise AssertionError(f"{path} was not reported, only {sorted(self.paths)}")


@asynccontextmanager
async def watching(*paths: Path) -> AsyncIterator[Heard]:
    heard, stop = Heard(), asyncio.Event()
    task = asyncio.create_task(watch(paths, heard, stop, heard.notices.append))
    try:
        yield heard
    finally:
        stop.set()
        await asyncio.wait_for(task, PATIENCE)


def saving(path: Path) -> Callable[[], object]:
    """Write something new to the file each time, as an editor does that replaces it."""
    counter = iter(range(1000))

    def save() -> None:
        beside = path.with_name(path.name + ".tmp")
        beside.write_text(f"x = {next(counter)}\n")
        beside.replace(path)

    return save


async def test_a_saved_file_is_reported_within_a_second(tmp_path: Path):
    model = tmp_path / "models" / "deep" / "a.py"
    model.parent.mkdir(parents=True)
    model.write_text("")
    async with watching(tmp_path / "models") as heard:
        save = saving(model)
        await heard.until(model, save)
        delays = [await heard.until(model, save) for _ in range(5)]
        assert sorted(delays)[2] < 1, delays
    assert all(path.name == "a.py" for path in heard.paths)
    assert heard.notices == []


async def test_one_report_for_a_burst(tmp_path: Path):
    last = tmp_path / "last.py"
    async with watching(tmp_path) as heard:
        await heard.until(last, saving(last))
        heard.reports.clear()
        for number in range(200):
            (tmp_path / f"m{number}.py").write_text("")
        await heard.until(tmp_path / "m199.py", lambda: (tmp_path / "m199.py").write_text("y"))
        assert len(heard.reports) < 20


async def test_a_single_file_is_followed_through_replacement(tmp_path: Path):
    ini = tmp_path / "alembic.ini"
    ini.write_text("")
    async with watching(ini, tmp_path / ".env") as heard:
        save = saving(ini)
        for _ in range(3):
            await heard.until(ini, save)
        await heard.until(tmp_path / ".env", saving(tmp_path / ".env"))
        (tmp_path / "other.py").write_text("")
        await heard.until(ini, save)
        assert tmp_path / "other.py" not in {path for found in heard.reports for path in found}


async def test_a_folder_deleted_and_made_anew(tmp_path: Path):
    folder = tmp_path / "versions"
    folder.mkdir()
    file = folder / "a.py"
    async with watching(folder) as heard:
        await heard.until(file, saving(file))
        await heard.until(folder, lambda: shutil.rmtree(folder, ignore_errors=True))

        def anew() -> None:
            folder.mkdir(exist_ok=True)

        await heard.until(folder, anew)
        await heard.until(file, saving(file))


async def test_a_folder_that_comes_later(tmp_path: Path):
    folder = tmp_path / "later"
    async with watching(folder) as heard:
        # The first time the watcher may not have looked yet: then the folder was always there.
        await heard.until(folder, lambda: folder.rmdir() if folder.exists() else folder.mkdir())
        folder.mkdir(exist_ok=True)
        await heard.until(folder / "a.py", saving(folder / "a.py"))


async def test_switching_the_branch_and_staging(tmp_path: Path):
    repo = make_repo(tmp_path / "repo")
    repo.write("a.py", "")
    repo.commit()
    repo("branch", "other")
    linked = tmp_path / "linked"
    repo("worktree", "add", "-q", "-b", "side", str(linked))
    names = iter(["other", "main"] * 20)
    async with watching(*git_paths(repo.root)) as heard:
        await heard.until(repo.root / ".git/HEAD", lambda: repo("checkout", "-q", next(names)))
        repo("checkout", "-q", "main")
        await heard.until(repo.root / ".git/refs/heads/main", repo.commit)
        assert not any("objects" in path.parts for found in heard.reports for path in found)
    head = git_paths(linked)[0] / "HEAD"
    assert head.read_text() == "ref: refs/heads/side\n"


WITHOUT_WATCHES = """
import asyncio, contextlib, os, resource, sys
from pathlib import Path
import watchfiles
from opsmig_tui.services.watcher import watch

def descriptors():
    return len(os.listdir("/proc/self/fd"))

async def main():
    before = descriptors()
    # Once with descriptors to spare: what is imported on first use needs some too.
    first = watchfiles.awatch(sys.argv[1], rust_timeout=10, yield_on_timeout=True)
    async with contextlib.aclosing(first):
        await anext(first)
    # A thread of its own gives the first watch back, its poll and its waker one after the other:
    # what it frees later would serve the second.
    while descriptors() > before:
        await asyncio.sleep(0.01)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    taken = []
    try:
        while True:
            taken.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        os.close(taken.pop())
    stop = asyncio.Event()
    def heard(found):
        print("heard", *(path.name for path in found), flush=True)
        stop.set()
    await watch([Path(sys.argv[1])], heard, stop, lambda text: print("notice", text, flush=True))

asyncio.run(main())
"""


async def test_polling_when_the_system_has_no_watches_left(tmp_path: Path):
    """Real scarcity, in a process of its own: no file descriptor is left for a watch."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WITHOUT_WATCHES, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    save = saving(tmp_path / "a.py")
    async with asyncio.timeout(120):
        notice = await process.stdout.readline()
        assert b"every half second" in notice
        while process.returncode is None:
            save()
            await asyncio.wait([asyncio.ensure_future(process.wait())], timeout=1)
        assert await process.stdout.readline() == b"heard a.py\n"


async def test_an_error_of_the_listener_is_not_swallowed(tmp_path: Path):
    async def complain(_: frozenset[Path]) -> None:
        raise OSError("mine")

    task = asyncio.create_task(watch([tmp_path], complain, asyncio.Event()))
    save = saving(tmp_path / "a.py")
    deadline = time.monotonic() + PATIENCE
    while not task.done() and time.monotonic() < deadline:
        save()
        await asyncio.wait([task], timeout=0.3)
    with pytest.raises(ExceptionGroup) as caught:
        task.result()
    assert str(caught.value.exceptions[0]) == "mine"


async def test_cancelling_leaves_the_stop_event_alone(tmp_path: Path):
    heard, stop = Heard(), asyncio.Event()
    task = asyncio.create_task(watch([tmp_path], heard, stop))
    await heard.until(tmp_path / "a.py", saving(tmp_path / "a.py"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not stop.is_set()


@pytest.mark.parametrize(
    ("path", "news"),
    [
        ("/p/models/a.py", True),
        ("/p/.env", True),
        ("/p/alembic.ini", True),
        ("/p/models/__pycache__/a.cpython-311.pyc", False),
        ("/p/models/__pycache__", False),
        ("/p/models/.a.py.swp", False),
        ("/p/models/4913", False),
        ("/p/models/a.py~", False),
        ("/p/models/#a.py#", False),
        ("/p/models/.#a.py", False),
        ("/p/models/a.py___jb_tmp___", False),
        ("/p/.git/HEAD", True),
        ("/p/.git/refs/heads/x", True),
        ("/p/.git/index", True),
        ("/p/.git/index.lock", False),
        ("/p/.git/objects/ab/cdef", False),
        ("/p/.git/logs/HEAD", False),
        ("/p/.git/worktrees/side/HEAD", True),
        ("/p/.git/modules/lib/x/HEAD", True),
    ],
)
def test_what_is_news(path: str, news: bool):
    assert is_news(path) is news
