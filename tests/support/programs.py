"""Programs of other packages that some tests need, found or asked for."""

from __future__ import annotations

import os
import shutil

import pytest


def needed(name: str, package: str) -> str:
    """The path of a program. Where there is none these tests are left out; in CI they fail.

    `package` is Debian's, which holds it.
    """
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if path is None:
        text = f"needs {name} (Debian: apt-get install --no-install-recommends {package})"
        if os.environ.get("CI"):
            pytest.fail(text)
        pytest.skip(text)
    return path
