"""The worker's files run on Python 3.9 and import nothing of the tool."""

import ast
from pathlib import Path

import pytest

import opsmig_tui.worker

FILES = sorted(Path(opsmig_tui.worker.__file__).parent.rglob("*.py"))
ALLOWED = {"alembic", "sqlalchemy"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_parses_as_python_3_9(path: Path) -> None:
    ast.parse(path.read_text(), feature_version=(3, 9))


def test_the_bootstrap_parses_as_a_python_that_is_too_old() -> None:
    path = next(path for path in FILES if path.name == "bootstrap.py")
    ast.parse(path.read_text(), feature_version=(3, 5))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_only_the_standard_library_alembic_and_sqlalchemy_are_imported(path: Path) -> None:
    import sys

    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        for name in names:
            top = name.partition(".")[0]
            assert top in sys.stdlib_module_names or top in ALLOWED
