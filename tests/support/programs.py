"""What some tests need of a machine: found, or asked for in words."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def lacking(text: str) -> NoReturn:
    """The machine has not what these tests need: they are left out; in CI they fail."""
    if os.environ.get("CI"):
        pytest.fail(text, pytrace=False)
    pytest.skip(text)


def needed(name: str, package: str) -> str:
    """The path of a program. Where there is none these tests are left out; in CI they fail.

    `package` is Debian's, which holds it.
    """
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if path is None:
        lacking(f"needs {name} (Debian: apt-get install --no-install-recommends {package})")
    return path
