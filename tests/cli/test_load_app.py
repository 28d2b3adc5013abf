"""The yes that a Flask app takes, given on the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import Result

from opsmig_tui.project.trust import trust
from tests.cli.conftest import call
from tests.cli.terminal import Terminal
from tests.support.flask_app import created, write_flask_project


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_flask_project(tmp_path / "shop")


def opsmig(root: Path, *arguments: str) -> Result:
    return call(*arguments, "-C", str(root), "--python", sys.executable)


def test_no_app_is_created_without_a_yes(root: Path) -> None:
    trust(root)
    assert "add item" in opsmig(root, "history").stdout
    assert "its Flask app was not allowed to be loaded yet" in opsmig(root, "review", "a1").stdout
    assert "the Flask app shop was never allowed to be loaded" in opsmig(root, "doctor").stdout
    refused = opsmig(root, "upgrade", "--yes")
    assert refused.exit_code == 2
    assert "loading the Flask app shop, which may do anything when it is created" in refused.stderr
    assert "--load-app" in refused.stderr
    assert created(root) == 0


def test_an_option_is_the_yes_for_one_call(root: Path) -> None:
    done = opsmig(root, "upgrade", "--yes", "--load-app")
    assert "upgraded 1 revision" in done.stdout, done.output
    assert "$ flask db upgrade head" in done.stdout
    assert opsmig(root, "current").exit_code == 2
    (root / ".flaskenv").unlink()
    nameless = opsmig(root, "current", "--load-app")
    assert nameless.exit_code == 2
    assert "FLASK_APP" in nameless.stderr


def test_a_yes_at_the_terminal_is_remembered(root: Path) -> None:
    terminal = Terminal(root, ["current", "--python", sys.executable])
    try:
        terminal.sees("Flask app shop", "[y/N]")
        terminal.types("y\n")
        terminal.sees("base")
        assert terminal.ends() == 0
    finally:
        terminal.close()
    again = opsmig(root, "current")
    assert again.exit_code == 0
    assert "$ flask db current" in again.stderr
