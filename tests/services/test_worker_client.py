"""The tool's end of a worker: starting, failing to start, environment, stopping."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Interpreter, OpenOptions, Project
from opsmig_tui.project.open import open_project
from opsmig_tui.services.worker_client import WorkerClient, WorkerFailed
from opsmig_tui.services.worker_environment import worker_environment
from opsmig_tui.worker import protocol
from tests.support.projects import AlembicProject

pytestmark = pytest.mark.usefixtures("cold_workers")

SHOW = "import os\nprint('SEEN', {names})\n"


@pytest.fixture
def project(empty_project: AlembicProject) -> Project:
    empty_project.revision("a1")
    return opened(empty_project)


def opened(alembic: AlembicProject, **options: object) -> Project:
    found = open_project(
        OpenOptions(directory=alembic.root, python=sys.executable, **options)  # type: ignore[arg-type]
    )
    assert isinstance(found, Project)
    return found


@pytest.fixture
async def client(project: Project) -> AsyncIterator[WorkerClient]:
    client = WorkerClient(project)
    yield client
    await client.stop()


async def test_ready_names_the_versions_and_no_project_code_has_run(
    client: WorkerClient, empty_project: AlembicProject
) -> None:
    env = empty_project.root / "alembic" / "env.py"
    env.write_text(f"open({str(empty_project.root / 'ran')!r}, 'w')\n{env.read_text()}")
    ready = await client.start()
    assert ready.protocol == protocol.PROTOCOL_VERSION
    assert ready.python.startswith(f"{sys.version_info[0]}.{sys.version_info[1]}")
    assert not (empty_project.root / "ran").exists()
    assert client.alive
    assert client.generation == 1


async def test_it_works_in_the_folder_of_the_config(
    client: WorkerClient, empty_project: AlembicProject
) -> None:
    env = empty_project.root / "alembic" / "env.py"
    env.write_text("import os\nprint('in', os.getcwd())\n" + env.read_text())
    seen: list[protocol.Event] = []
    await client.request(protocol.Status(), seen.append)
    assert protocol.Output(f"in {empty_project.root.resolve()}") in seen


async def test_requests_sent_together_are_answered_in_order(client: WorkerClient) -> None:
    status, history, _ = await asyncio.gather(
        client.request(protocol.Status()),
        client.request(protocol.Revisions()),
        client.request(protocol.Ping()),
    )
    assert status.pending == ("a1",)
    assert [item.revision for item in history.revisions] == ["a1"]
    assert client.generation == 1


async def test_without_an_interpreter_it_says_what_was_looked_for(project: Project) -> None:
    nothing = replace(project, interpreter=None, interpreter_problem="No Python with alembic.")
    with pytest.raises(OpsmigError, match=r"No Python with alembic\."):
        await WorkerClient(nothing).start()


async def test_an_interpreter_that_cannot_be_started(project: Project, tmp_path: Path) -> None:
    gone = replace(project, interpreter=Interpreter(tmp_path / "gone", "a test"))
    with pytest.raises(WorkerFailed, match="gone could not be started"):
        await WorkerClient(gone).start()


async def test_an_interpreter_without_alembic_is_named(project: Project, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "venv", "--without-pip", str(bare)
    )
    assert await process.wait() == 0
    python = bare / "bin" / "python"
    client = WorkerClient(replace(project, interpreter=Interpreter(python, "a test")))
    with pytest.raises(WorkerFailed) as caught:
        await client.start()
    await client.stop()
    assert caught.value.failed.kind == "dependency"
    assert "alembic cannot be imported" in caught.value.failed.message
    assert str(python) in caught.value.failed.message


async def test_something_that_is_no_worker_ends_in_one_message(
    project: Project, tmp_path: Path
) -> None:
    odd = tmp_path / "python"
    odd.write_text("#!/bin/sh\necho 'hello there'\necho 'went wrong' >&2\nsleep 600\n")
    odd.chmod(0o755)
    client = WorkerClient(replace(project, interpreter=Interpreter(odd, "a test")))
    with pytest.raises(WorkerFailed) as caught:
        await asyncio.wait_for(client.start(), 20)
    await client.stop()
    assert caught.value.failed.kind == "crash"
    assert "not the protocol" in caught.value.failed.message


async def test_the_environment_of_the_tool_stays_out(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    import opsmig_tui

    own = str(Path(opsmig_tui.__file__).parents[1])
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([own, "/somewhere/of/theirs"]))
    other = replace(project, interpreter=Interpreter(Path("/opt/theirs/bin/python"), "a test"))
    environment = worker_environment(other, {"EXTRA": "1"})
    assert "PYTHONDONTWRITEBYTECODE" not in environment
    assert "VIRTUAL_ENV" not in environment
    assert environment["PYTHONPATH"] == "/somewhere/of/theirs"
    assert environment["PATH"].startswith("/opt/theirs/bin" + os.pathsep)
    assert environment["EXTRA"] == "1"


async def test_somebody_elses_virtual_env_is_kept(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", "/home/somebody/env")
    other = replace(project, interpreter=Interpreter(Path("/opt/theirs/bin/python"), "a test"))
    assert worker_environment(other, {})["VIRTUAL_ENV"] == "/home/somebody/env"


async def test_stop_may_come_at_any_time_and_leaves_no_process(project: Project) -> None:
    client = WorkerClient(project)
    await client.stop()
    ready = await client.start()
    await client.stop()
    await client.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(ready.pid, 0)
    assert (await client.request(protocol.Status())).pending == ("a1",)
    await client.stop()


async def test_other_locations_than_the_config_names(
    empty_project: AlembicProject, tmp_path: Path
) -> None:
    empty_project.revision("a1")
    more = tmp_path / "more"
    more.mkdir()
    path = empty_project.revision("b2", down="a1")
    path.rename(more / path.name)
    project = opened(empty_project, version_locations=(empty_project.versions, more))
    client = WorkerClient(project)
    status = await client.request(protocol.Status())
    await client.stop()
    assert status.pending == ("a1", "b2")


async def test_a_config_in_pyproject_toml(empty_project: AlembicProject) -> None:
    empty_project.revision("a1")
    empty_project.config.unlink()
    (empty_project.root / "pyproject.toml").write_text(
        '[tool.alembic]\nscript_location = "%(here)s/alembic"\n'
    )
    (empty_project.root / "alembic" / "env.py").write_text(
        "from alembic import context\nfrom sqlalchemy import create_engine\n"
        "with create_engine('sqlite://').connect() as connection:\n"
        "    context.configure(connection=connection)\n    context.run_migrations()\n"
    )
    client = WorkerClient(opened(empty_project))
    status = await client.request(protocol.Status())
    plan = await client.request(protocol.Plan("upgrade", "head"))
    await client.stop()
    assert status.pending == ("a1",)
    assert plan.command == "alembic upgrade head"


async def test_the_command_names_config_and_section(empty_project: AlembicProject) -> None:
    empty_project.revision("a1")
    text = empty_project.config.read_text().replace("[alembic]", "[other]")
    (empty_project.root / "db.ini").write_text(text)
    project = opened(empty_project, config=empty_project.root / "db.ini", section="other")
    client = WorkerClient(project)
    plan = await client.request(protocol.Plan("upgrade", "head"))
    await client.stop()
    assert plan.command == "alembic -c db.ini -n other upgrade head"
