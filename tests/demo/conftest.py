"""Running git and alembic in the sample, as a person would in a shell."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial

import pytest

from opsmig_tui.demo import SampleProject

Run = Callable[..., str]


def _run(project: SampleProject, *command: str) -> str:
    """Standard output and error of a command that must succeed."""
    done = subprocess.run(
        command,
        cwd=project.backend,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture
def git(sample: SampleProject) -> Run:
    return partial(_run, sample, "git")


@pytest.fixture
def alembic(sample: SampleProject) -> Run:
    return partial(_run, sample, sys.executable, "-m", "alembic")
