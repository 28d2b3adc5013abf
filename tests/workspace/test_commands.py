"""The project's own commands: what is asked, what runs, what is said of its end."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Interpreter
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.workspace.commands import asked_about, environment, find_command, run_command
from opsmig_tui.workspace.workspace import Workspace
from tests.workspace.conftest import Open, opened, output, until


@pytest.fixture
def settings(sample_files: Path) -> Path:
    path = sample_files / "backend" / "opsmig.toml"
    path.write_text(
        "[commands]\n"
        "seed = ['sh', '-c', 'pwd; echo postgresql://me:hunter22@host/db; touch seeded']\n"
        "broken = 'sh -c \"echo no table; exit 4\"'\nabsent = './not-there.sh'\n"
    )
    return path


@pytest.fixture
def project(settings: Path, open_workspace: Open) -> Workspace:
    return open_workspace(settings.parent, trusted=False, interpreter=None)


async def test_run_in_their_folder_and_streamed(project: Workspace, settings: Path) -> None:
    seed = find_command(project.project, "seed")
    assert await run_command(project, seed) == 0
    told = output(project)
    assert str(settings.parent) in told
    assert "seed ended well" in told
    assert "hunter22" not in told
    assert (settings.parent / "seeded").exists()
    assert project.state.run is not None
    assert project.state.run.phase == "done"
    assert "hunter22" not in project.state.commands[0].command


async def test_an_end_that_is_not_well(project: Workspace) -> None:
    assert await run_command(project, find_command(project.project, "broken")) == 4
    assert "no table" in output(project)
    assert project.state.run is not None
    assert (project.state.run.phase, project.state.run.message) == (
        "failed",
        "broken ended with status 4.",
    )
    with pytest.raises(OpsmigError, match=r"\./not-there.sh cannot be run"):
        await run_command(project, find_command(project.project, "absent"))
    with pytest.raises(OpsmigError, match="no command 'sed'") as found:
        find_command(project.project, "sed")
    assert "seed, broken, absent" in found.value.hint


async def test_asked_unless_the_person_said_otherwise_of_this_very_command(
    settings: Path, open_workspace: Open
) -> None:
    folder = os.path.realpath(settings.parent)
    broken = ("sh", "-c", "echo no table; exit 4")

    def question(unasked: tuple[str, tuple[str, ...]]) -> object:
        own = replace(opened(settings.parent).settings, unasked=frozenset({unasked}))
        workspace = open_workspace(settings.parent, trusted=False, settings=own)
        return asked_about(workspace, find_command(workspace.project, "broken"))

    assert question((folder, broken)) is None
    assert question((folder, (*broken, "more"))) is not None
    assert question(("/elsewhere", broken)) is not None


async def test_without_a_known_database_its_name_is_typed(
    project: Workspace, settings: Path, open_workspace: Open
) -> None:
    asked = asked_about(project, find_command(project.project, "broken"))
    assert asked is not None
    assert (asked.typed, asked.database) == ("broken", "a database that is not known")
    assert str(settings) in asked.notes[0]
    reading = open_workspace(settings.parent, trusted=False, read_only=True)
    with pytest.raises(OpsmigError, match="Read-only: cannot run broken"):
        asked_about(reading, find_command(reading.project, "broken"))
    with pytest.raises(OpsmigError, match="Read-only: cannot run broken"):
        await run_command(reading, find_command(reading.project, "broken"))


def test_the_projects_python_comes_first(tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    outer = {"PATH": "/usr/bin", "VIRTUAL_ENV": "/tool"}
    assert environment(outer, None)["VIRTUAL_ENV"] == "/tool"
    found = environment(outer, Interpreter(python, "named"))
    assert found["PATH"] == f"{python.parent}{os.pathsep}/usr/bin"
    assert "VIRTUAL_ENV" not in found
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    found = environment(outer, Interpreter(python, "named"))
    assert found["VIRTUAL_ENV"] == str(tmp_path / "venv")


async def test_cancelled_it_ends_and_is_said_to_be(settings: Path, open_workspace: Open) -> None:
    settings.write_text("[commands]\nslow = 'sh -c \"echo begun; sleep 600\"'\n")
    workspace = open_workspace(settings.parent, trusted=False, interpreter=None)
    running = asyncio.create_task(run_command(workspace, find_command(workspace.project, "slow")))
    await until(lambda: "begun" in output(workspace))
    with pytest.raises(OpsmigError, match="slow is still running"):
        asked_about(workspace, find_command(workspace.project, "slow"))
    assert workspace.cancel()
    with pytest.raises(WorkerFailed, match="the command was ended"):
        await running
    assert workspace.state.run is not None
    assert workspace.state.run.phase == "cancelled"
