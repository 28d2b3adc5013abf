"""Shell completion, as bash asks for it: from the files, without running the project's code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from tests.cli.terminal import COMMAND

HEAD, MIDDLE = "a7c3f15d8e92", "b8c9d0a41e6f"


def completions(line: str, folder: Path) -> list[str]:
    """What is offered for the last word of the line (type,value)."""
    words = line.split(" ")
    environment = {
        **os.environ,
        "_OPSMIG_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    done = subprocess.run(
        COMMAND, cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.fixture
def trapped(sample: SampleProject, tmp_path: Path) -> SampleProject:
    """Any code of the project that runs leaves a trace, which fails the test."""
    trap = tmp_path / "ran"
    for path in (sample.backend / "alembic" / "env.py", *sample.backend.glob("**/*.py")):
        path.write_text(f"open({str(trap)!r}, 'w').close()\n" + path.read_text())
    return sample


def test_revisions_are_offered_without_running_anything(
    trapped: SampleProject, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    everything = completions("opsmig upgrade ", trapped.backend)
    assert len(everything) == 22
    assert {f"plain,{HEAD}", "plain,head", "plain,base"} <= set(everything)
    assert completions("opsmig review b8", trapped.backend) == [f"plain,{MIDDLE}"]
    # From elsewhere, with the options before the command and behind it.
    for line in (
        f"opsmig -C {trapped.backend} downgrade b8",
        f"opsmig downgrade -C {trapped.backend} b8",
        f"opsmig --config {trapped.backend}/alembic.ini test b8",
    ):
        assert completions(line, elsewhere) == [f"plain,{MIDDLE}"]
    assert completions("opsmig review ./", trapped.backend) == ["file,./"]
    assert completions("opsmig upgrade ", elsewhere) == []
    assert completions("opsmig up", elsewhere) == ["plain,upgrade"]
    assert not (tmp_path / "ran").exists()


def test_it_loads_neither_alembic_nor_sqlalchemy(sample: SampleProject) -> None:
    code = (
        "import sys, atexit\n"
        "heavy = {'alembic', 'sqlalchemy', 'textual', 'docker', 'git'}\n"
        "atexit.register(lambda: print(*sorted(heavy & set(sys.modules)), file=sys.stderr))\n"
        "from opsmig_tui.cli import main; main(prog_name='opsmig')\n"
    )
    environment = {
        **os.environ,
        "_OPSMIG_COMPLETE": "bash_complete",
        "COMP_WORDS": "opsmig upgrade b8",
        "COMP_CWORD": "2",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=sample.backend, env=environment, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert MIDDLE in done.stdout
    assert done.stderr.strip() == ""
