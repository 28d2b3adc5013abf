from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from opsmig_tui.cli import main
from opsmig_tui.demo import SampleProject

Opsmig = Callable[..., Result]


def call(*arguments: str) -> Result:
    """The command in this process, without a terminal. An exception nobody foresaw is raised."""
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


@pytest.fixture
def opsmig(sample: SampleProject) -> Opsmig:
    """`opsmig("status", "--json")` on the sample."""
    return lambda command, *arguments: call(command, "-C", str(sample.backend), *arguments)


@pytest.fixture
def versions(sample: SampleProject) -> Path:
    return sample.backend / "alembic" / "versions"
