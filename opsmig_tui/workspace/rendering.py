"""Migrations as SQL, from the reader: only of this branch's files, and only where code may run."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from opsmig_tui.review.model import Facts, Opinion
from opsmig_tui.worker.protocol import Render, RenderedRevision, RenderResult
from opsmig_tui.workspace.guards import why_not_asked
from opsmig_tui.workspace.status import describe

if TYPE_CHECKING:
    from opsmig_tui.services.worker_client import WorkerClient
    from opsmig_tui.workspace.workspace import Workspace

ANSWER_SECONDS = 120.0
"""The worker ends a request by itself after 30 s, once what waited before it is answered; a
migration that it cannot end costs it its life."""
AT_ONCE = 50
"""Files a request: other questions wait behind it."""
DENIED = "rendering is off in the settings"

_known: WeakKeyDictionary[WorkerClient, dict[tuple[Path, str], RenderedRevision | str]] = (
    WeakKeyDictionary()
)
"""Per worker, which is another one once the project's code changed: by file and digest, the
migration or why it could not be had."""


async def render(
    workspace: Workspace, path: Path, source: bytes
) -> tuple[RenderedRevision | None, str]:
    """The file as SQL, or None and why not, in a few words. Never raises."""
    why = _refused(workspace, path)
    if why:
        return None, why
    digest = hashlib.sha256(source).hexdigest()
    try:
        reader = await workspace.workers.reader(fresh=True)
        known = _known.setdefault(reader, {})
        problem = "" if (path, digest) in known else await _ask(reader, [path])
        found = known.get((path, digest), problem or "the file changed meanwhile")
    except Exception as error:
        found = describe(error)[0]
    return (None, found) if isinstance(found, str) else (found, "")


async def render_all(workspace: Workspace, paths: Iterable[Path]) -> None:
    """Has many files rendered together, so that `render` knows them: some milliseconds each."""
    allowed = [path for path in paths if not _refused(workspace, path)]
    if not allowed:
        return
    try:
        reader = await workspace.workers.reader(fresh=True)
        known = _known.setdefault(reader, {})
        digests = await asyncio.to_thread(lambda: {path: _digest(path) for path in allowed})
        new = [path for path in allowed if (path, digests[path]) not in known]
        for start in range(0, len(new), AT_ONCE):
            await _ask(reader, new[start : start + AT_ONCE])
    except Exception:  # each file's own review says what is wrong
        return


async def second_opinion(workspace: Workspace, known: Facts) -> tuple[Opinion, ...]:
    """What squawk says of the rendered upgrade, where it is installed and not switched off."""
    if not workspace.project.settings.squawk or known.rendered is None:
        return ()
    if known.database is not None and known.database.dialect != "postgresql":
        return ()
    from opsmig_tui.services.squawk import ask_squawk

    version = known.postgresql
    if version is None and known.database is not None:
        version = known.database.server_version_num // 10_000 or None
    return await ask_squawk(known.rendered.upgrade.statements, workspace.project.root, version)


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _refused(workspace: Workspace, path: Path) -> str:
    if not workspace.project.settings.render:
        return DENIED
    if why := why_not_asked(workspace):
        return why
    folders = [os.path.realpath(one) for one in workspace.project.config.version_locations]
    if not any(Path(os.path.realpath(path)).is_relative_to(folder) for folder in folders):
        return "the file lies in none of the version locations"
    return ""


async def _ask(reader: WorkerClient, paths: list[Path]) -> str:
    """Have files rendered. Returns why none could be: that may be another reason next time."""
    from opsmig_tui.services.worker_client import WorkerFailed

    known = _known.setdefault(reader, {})
    request = Render(tuple(str(path) for path in paths))
    try:
        answer = await reader.request(request, timeout=ANSWER_SECONDS)
    except WorkerFailed as error:
        if error.failed.kind == "crash":  # asking again would end the worker again
            known.update({(path, _digest(path)): error.failed.message for path in paths})
        raise
    assert isinstance(answer, RenderResult)
    for path, revision in zip(paths, answer.revisions, strict=False):
        known[path, revision.digest] = revision
    return answer.problem
