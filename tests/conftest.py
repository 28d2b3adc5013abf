"""Fixtures shared by all tests: a real PostgreSQL, the sample project, a clean environment."""

import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from opsmig_tui.demo import SampleProject, point_to, populate, write_sample
from opsmig_tui.demo import server as embedded
from tests.support.postgres import run_sql
from tests.support.projects import AlembicProject, write_project
from tests.support.warm import Warm, warm_workers

Sql = Callable[..., list[tuple[Any, ...]]]

TEMPLATE_DATABASE = "sample_template"

# What a developer's shell may hold that would steer the tool, git, libpq or the terminal, and the
# terminal's size as readline sets it behind Python's back when pytest imports it.
STRAY_NAMES = (
    "ALEMBIC_CONFIG", "DATABASE_URL", "VIRTUAL_ENV", "CONDA_PREFIX", "NO_COLOR", "COLUMNS", "LINES",
)  # fmt: skip
STRAY_PREFIXES = ("OPSMIG_", "GIT_", "PG", "DOCKER_", "COMPOSE_", "FLASK_")
# What the servers of all processes may take together.
MEMORY_BYTES = 4 << 30
# No test but those of tests/docker may reach an engine.
NO_ENGINE = "unix:///nowhere/docker.sock"


# Tests that wait more than they compute, for containers, terminals and cold processes: the longest
# first, and how many of the run's processes begin with them.
SLOW = (
    "tests/versions/", "tests/e2e/", "tests/docker/", "tests/workspace/test_scratch_embedded.py",
    "tests/demo/", "tests/cli/test_process.py",
)  # fmt: skip
BEGIN_WITH_SLOW = 3

# Where the environment says no, hundreds of processes would compile the same modules each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_configure() -> None:
    gc.disable()  # nothing that collecting the tests makes is garbage


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of the equal shares that worksteal begins with, some start with the slow tests.

    They go on beside what computes; in their place by name they came all at once, at the end.
    """
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if processes <= BEGIN_WITH_SLOW:
        return
    share = len(items) // processes
    slow = [one for name in SLOW for one in items if one.nodeid.startswith(name)]
    others = [one for one in items if not one.nodeid.startswith(SLOW)]
    ordered: list[pytest.Item] = []
    for number in range(BEGIN_WITH_SLOW):
        own = slow[number::BEGIN_WITH_SLOW]
        rest = max(0, share - len(own))
        ordered += own + others[:rest]
        del others[:rest]
    items[:] = ordered + others


def pytest_collection_finish() -> None:
    """Collecting garbage took a seventh of the time: what was imported stays until the end and need
    not be walked through, and the rest can wait a little longer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Four processes more than cores: many tests wait for Docker, a timer, a worker or a server."""
    return (
        len(os.sched_getaffinity(0) if sys.platform == "linux" else range(os.cpu_count() or 1)) + 4
    )


@pytest.fixture(autouse=True)
def isolated_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Nothing of the person running the tests is read or written. Yields the home folder."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name in STRAY_NAMES or name.startswith(STRAY_PREFIXES):
                patch.delenv(name)
        for name in ("COLUMNS", "LINES"):
            os.unsetenv(name)
        patch.setenv("HOME", str(home))
        for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
            patch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
        patch.setenv("DOCKER_HOST", NO_ENGINE)
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        yield home


@pytest.fixture(scope="session", autouse=True)
def warm() -> Iterator[Warm]:
    """A worker's start takes a tenth of the time."""
    with warm_workers() as started:
        yield started


@pytest.fixture
def cold_workers(warm: Warm, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers are started as the tool starts them, for tests about just that."""
    monkeypatch.setattr(warm, "enabled", False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[embedded.Server]:
    """One embedded server for the whole run."""
    # Not below pytest's own folder: pytest closes that one to other users, among them the one
    # that the server has to run as when root runs the tests.
    # In memory where there is room: making and dropping a database there costs half.
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > MEMORY_BYTES
    home = Path(tempfile.mkdtemp(prefix="opsmig-tests-", dir=memory if roomy else None))
    try:
        with embedded.running(home / "postgres") as server:
            yield server
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def role_password(postgres: embedded.Server) -> str:
    """The password of the role `ops` in all test databases: it must show up nowhere."""
    return embedded.create_role(postgres)


@pytest.fixture(scope="session")
def files_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's files and git repository, written once. Tests copy them."""
    root = tmp_path_factory.mktemp("files") / "field-ops"
    write_sample(root, "postgresql+psycopg://ops:never-shown@localhost:1/ops")
    # One file instead of a folder for nearly each object: copies are made by the hundred.
    subprocess.run(["git", "repack", "-adq"], cwd=root, check=True)
    return root


@pytest.fixture
def sample_files(files_template: Path, tmp_path: Path) -> Path:
    """The sample's repository of the test's own, with no database behind it."""
    return copied(files_template, tmp_path / "field-ops")


def copied(template: Path, root: Path) -> Path:
    shutil.copytree(template, root, symlinks=True)
    return root


@pytest.fixture(scope="session")
def sample_template(
    postgres: embedded.Server,
    role_password: str,
    files_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> SampleProject:
    """The sample, written and filled once. Tests copy it; nothing may change it."""
    embedded.create_database(postgres, TEMPLATE_DATABASE)
    root = copied(files_template, tmp_path_factory.mktemp("template") / "field-ops")
    project = point_to(root, postgres.url(TEMPLATE_DATABASE, role_password))
    populate(project)
    return project


@pytest.fixture(scope="session")
def database_names() -> Iterator[str]:
    return (f"sample_{number}" for number in count(1))


@pytest.fixture
def sample(
    postgres: embedded.Server,
    role_password: str,
    sample_template: SampleProject,
    database_names: Iterator[str],
    tmp_path: Path,
) -> Iterator[SampleProject]:
    """A sample project of the test's own: git repository, files and database."""
    root = copied(sample_template.root, tmp_path / "field-ops")
    name = next(database_names)
    embedded.create_database(postgres, name, TEMPLATE_DATABASE)
    yield point_to(root, postgres.url(name, role_password))
    with postgres.connect() as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(scope="session")
def head_template(
    postgres: embedded.Server,
    role_password: str,
    sample_template: SampleProject,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """The name of a database like the sample's, upgraded to head once."""
    root = copied(sample_template.root, tmp_path_factory.mktemp("head") / "field-ops")
    embedded.create_database(postgres, "sample_head", TEMPLATE_DATABASE)
    project = point_to(root, postgres.url("sample_head", role_password))
    command = [sys.executable, "-m", "alembic", "upgrade", "head"]
    subprocess.run(command, cwd=project.backend, check=True, capture_output=True)
    return "sample_head"


@pytest.fixture
def at_head(sample: SampleProject, postgres: embedded.Server, head_template: str) -> None:
    """The sample's database stands at head."""
    with postgres.connect() as connection:
        connection.execute(f'DROP DATABASE "{sample.database}"'.encode())
    embedded.create_database(postgres, sample.database, head_template)


@pytest.fixture
def sql(sample: SampleProject) -> Sql:
    """Run SQL on the sample's database: `sql("SELECT …", parameter, …)` returns rows."""
    return partial(run_sql, sample)


@pytest.fixture
def empty_project(tmp_path: Path) -> AlembicProject:
    """An alembic project without revisions; `.revision("b2", down="a1")` writes one."""
    return write_project(tmp_path / "project")
