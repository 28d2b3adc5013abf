"""The environment a worker gets: the person's own, without what belongs to the tool."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import opsmig_tui
from opsmig_tui.project.model import Project


def worker_environment(project: Project, extra: Mapping[str, str]) -> dict[str, str]:
    """os.environ for the project's interpreter; `extra` goes on top.

    The tool's VIRTUAL_ENV and PYTHONPATH entries go, the interpreter's folder comes first on PATH
    (post_write_hooks find the project's own tools), and bytecode may be written: without it loading
    a project takes several times as long.
    """
    environment = dict(os.environ)
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "__PYVENV_LAUNCHER__"):
        environment.pop(name, None)
    if _is_own(environment.get("VIRTUAL_ENV", "")):
        del environment["VIRTUAL_ENV"]
    paths = environment.pop("PYTHONPATH", "").split(os.pathsep)
    kept = [path for path in paths if path and not _is_own(path)]
    if kept:
        environment["PYTHONPATH"] = os.pathsep.join(kept)
    if project.interpreter is not None and not project.interpreter.service:
        folder = project.interpreter.path.parent
        environment["PATH"] = os.pathsep.join([str(folder), environment.get("PATH", os.defpath)])
        if (folder.parent / "pyvenv.cfg").exists():
            environment["VIRTUAL_ENV"] = str(folder.parent)
    environment.update(extra)
    return environment


def _is_own(path: str) -> bool:
    """Whether `path` is the tool's environment or the folder its package is imported from."""
    if not path:
        return False
    own = (Path(sys.prefix), Path(opsmig_tui.__file__).parents[1])
    found = Path(path).resolve()
    return any(found == place.resolve() or found.is_relative_to(sys.prefix) for place in own)
