"""Projects on disk, and real virtual environments with a stand-in for alembic's folder."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

INI = "[alembic]\nscript_location = alembic\n"


def make_project(folder: Path, ini: str = INI) -> Path:
    """alembic.ini with alembic/versions beside it; returns the ini."""
    (folder / "alembic" / "versions").mkdir(parents=True)
    path = folder / "alembic.ini"
    path.write_text(ini, encoding="utf-8")
    return path


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty git work tree; the environment of the person who runs the tests is left out."""
    for name in ("ALEMBIC_CONFIG", "VIRTUAL_ENV", "OPSMIG_PYTHON", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    top = tmp_path.resolve() / "repo"
    top.mkdir()
    subprocess.run(["git", "init", "-q", str(top)], check=True)
    return top


@pytest.fixture
def make_venv() -> Callable[..., Path]:
    def make(folder: Path, *, alembic: bool = True) -> Path:
        subprocess.run(
            [sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=60
        )
        if alembic:
            (packages,) = folder.glob("lib/python3*/site-packages")
            (packages / "alembic").mkdir()
            (packages / "alembic" / "__init__.py").write_text("")
        return folder

    return make
