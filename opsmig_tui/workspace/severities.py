"""What the settings say about one revision file: severities, and whether it is left alone."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from typing import cast

from opsmig_tui.history.model import History, Revision
from opsmig_tui.history.targets import resolve
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.model import Project
from opsmig_tui.review.model import Override


def severities(project: Project, path: Path) -> dict[str, Override]:
    """By rule: `severity`, then each `per-path` whose pattern the file's path matches, the later
    ones first. Patterns are relative to the settings file; `*` goes across folders.
    """
    settings = project.settings
    found = dict(settings.severity)
    for pattern, rules in settings.per_path:
        if _matches(project, path, pattern):
            found |= rules
    return cast("dict[str, Override]", found)


def _matches(project: Project, path: Path, pattern: str) -> bool:
    home = project.settings.path.parent if project.settings.path is not None else project.root
    resolved = path.resolve()
    inside = resolved.is_relative_to(home.resolve())
    name = resolved.relative_to(home.resolve()).as_posix() if inside else resolved.as_posix()
    return fnmatch(name, pattern) or fnmatch(name, f"{pattern.rstrip('/')}/*")


def left_alone(project: Project, history: History, own: Revision | None) -> str:
    """The revision of `start-after` where this file is at or below it, else "".

    Raises OpsmigError when no file has that revision.
    """
    wanted = project.settings.start_after
    if wanted is None or own is None:
        return ""
    try:
        start = resolve(history, wanted)
    except OpsmigError as error:
        raise OpsmigError(f"start-after in {project.settings.path}: {error}") from error
    below = {start.revision, *history.ancestors((start.revision,))}
    return start.revision if own.revision in below else ""
