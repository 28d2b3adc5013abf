"""Creating a revision through alembic's own machinery, and what it would be, beforehand."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Optional, Union

from alembic import util
from alembic.autogenerate import RevisionContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from . import protocol
from .autogenerate import by_table, describe_operations
from .config import command_line, version_locations
from .drift import revision_arguments
from .environment import load, run_environment
from .errors import WorkerError
from .session import Session

_SEE_FILE = re.compile(r"^Template rendering failed; see (\S+) for a template-oriented traceback")
_PLACE = re.compile(r'File "([^"]+\.mako)", line (\d+)')


def plan_create(session: Session, request: protocol.PlanCreate) -> protocol.CreatePlan:
    """The file that `create` would write now, and its operations. Nothing is written."""
    script, context = _generate(session, request, request.revision or util.rev_id())
    made = (context.generated_revisions or [context.planned])[0]  # a hook may leave none
    created = script._generate_create_date()
    path = _path(script, made, request.message, created)
    operations = describe_operations(context) if request.autogenerate else []
    words = ["revision", *(["--autogenerate"] if request.autogenerate else []), "-m"]
    words += [request.message, *_placed(request)]
    return protocol.CreatePlan(
        file_name=path.name,
        directory=str(path.parent),
        operations=tuple(by_table(operations)),
        command=command_line(session.settings, session.redactor, *words),
        revision=str(made.rev_id),
        message=request.message,
        created=created.isoformat(),
        autogenerate=request.autogenerate,
        placing=request.placing,
    )


def create(session: Session, request: protocol.Create) -> protocol.CreateResult:
    """Write the file. Nothing found by autogenerate, or a failure on the way: no file is left."""
    revision = request.revision or util.rev_id()
    script, context = _generate(session, request, revision)
    operations = len(describe_operations(context)) if request.autogenerate else 0
    made = context.generated_revisions
    path: Optional[str] = None
    if made and (operations or not request.autogenerate):
        ids = [str(one.rev_id) for one in made]
        path, revision = write(script, context.generate_scripts, ids, request.created)
    return protocol.CreateResult(path, revision, operations, session.elapsed_ms())


def _placed(request: protocol.PlanCreate) -> list[str]:
    """The options of ``alembic revision`` that differ from their defaults."""
    placing = request.placing
    words = ["--head", placing.head] if placing.head != "head" else []
    words += ["--splice"] if placing.splice else []
    for option, value in (
        ("--branch-label", placing.branch_label),
        ("--version-path", placing.version_path),
        ("--rev-id", request.revision),
        *(("--depends-on", name) for name in placing.depends_on),
    ):
        words += [option, value] if value else []
    return words


def _generate(
    session: Session, request: Union[protocol.PlanCreate, protocol.Create], revision: str
) -> tuple[ScriptDirectory, Any]:
    """Run the comparison as ``alembic revision`` does, up to where files are written."""
    autogenerate, placing = request.autogenerate, request.placing
    arguments = revision_arguments(
        message=request.message,
        autogenerate=autogenerate,
        rev_id=revision,
        head=placing.head,
        splice=placing.splice,
        branch_label=placing.branch_label,
        version_path=placing.version_path,
        depends_on=list(placing.depends_on) or None,
    )
    config, script = load(session, "revision", **arguments)
    context: Any = RevisionContext(config, script, arguments)
    context.planned = context.generated_revisions[0]

    def fn(heads: tuple[str, ...], migration: MigrationContext) -> None:
        if autogenerate:
            context.run_autogenerate(heads, migration)
        else:
            context.run_no_autogenerate(heads, migration)

    read = getattr(config, "get_alembic_option", config.get_main_option)
    if autogenerate or util.asbool(read("revision_environment")):
        run_environment(
            session,
            fn,
            "revision",
            arguments,
            as_sql=False,
            template_args=context.template_args,
            revision_context=context,
        )
    return script, context


def _path(script: ScriptDirectory, made: Any, message: str, created: datetime) -> Path:
    """The path alembic would give `made`, from file_template, time zone and location."""
    folder = made.version_path
    if folder is None:
        locations = version_locations(script)
        folder = locations[0]
        heads = [item for item in script.get_revisions(made.head) if item is not None]
        if len(locations) > 1 and heads:
            folder = os.path.dirname(heads[0].path)
    return named(script, str(folder), made.rev_id, made.message or message, created)


def named(
    script: ScriptDirectory, folder: str, revision: str, message: str, created: datetime
) -> Path:
    """alembic's own answer for a file of this folder."""
    path: Any = script._rev_path(os.path.abspath(folder), revision, message, created)
    return Path(str(path))


def write(
    script: ScriptDirectory,
    generate: Callable[[], Iterable[Any]],
    revisions: list[str],
    created: Optional[str],
) -> tuple[str, str]:
    """(path, revision) of the file that `generate` writes. What a failing hook leaves behind of the
    ids `revisions` is removed.

    `created` stands for now, so that the file's name is the one that was shown.
    """
    before = _files(script)
    anything: Any = script
    if created is not None:
        anything._generate_create_date = lambda: datetime.fromisoformat(created)
    try:
        written = [item for item in generate() if item is not None]
    except BaseException as error:
        for path in _files(script) - before:
            if any(revision in Path(path).read_text("utf-8", "replace") for revision in revisions):
                os.remove(path)
        raise _told_by_mako(error) from None
    finally:
        vars(script).pop("_generate_create_date", None)
    for path in _files(script) - before:
        _belongs_to_its_folders_owner(path)
    return str(written[0].path), str(written[0].revision)


def _belongs_to_its_folders_owner(path: str) -> None:
    """Root, as in many a container, is not to leave a file that the folder's owner cannot edit."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        folder = os.stat(os.path.dirname(path))
        with contextlib.suppress(OSError):  # a file system that knows no owners
            os.chown(path, folder.st_uid, folder.st_gid)


def _told_by_mako(error: BaseException) -> BaseException:
    """The error itself; where alembic only names a file that mako wrote into, what is in there."""
    found = _SEE_FILE.search(str(error)) if isinstance(error, util.CommandError) else None
    if found is None or not os.path.exists(found[1]):
        return error
    text = Path(found[1]).read_text("utf-8", "replace").strip()
    os.remove(found[1])
    places = _PLACE.findall(text)
    file, line = places[-1] if places else (None, 0)
    last = text.splitlines()[-1] if text else str(error)
    return WorkerError(protocol.Failed("project", last, file=file, line=int(line), traceback=text))


def _files(script: ScriptDirectory) -> set[str]:
    return {
        os.path.join(base, name)
        for folder in version_locations(script)
        for base, _, names in os.walk(folder)
        for name in names
        if name.endswith(".py")
    }
