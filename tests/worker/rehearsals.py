"""Rehearsals as the tool asks for them, many of them on one database, and what it holds."""

import asyncio
import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opsmig_tui.demo import SampleProject, point_to
from opsmig_tui.demo import server as embedded
from opsmig_tui.services.worker_client import WorkerClient, WorkerFailed
from opsmig_tui.worker import protocol
from tests.support.postgres import run_sql
from tests.worker.conftest import add_revision, opened

HERE = "# here"
# Everything that a migration of these tests could leave behind: objects, rows, the position.
_CATALOG = """
SELECT n.nspname::text, c.relname::text, c.relkind::text, c.relnatts::text, c.relacl::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE left(n.nspname, 3) <> 'pg_'
UNION ALL SELECT 'column', attrelid::regclass::text, attname::text, atttypid::regtype::text,
  attnotnull::text FROM pg_attribute WHERE attrelid >= 16384
  AND left(attrelid::regclass::text, 3) <> 'pg_'
UNION ALL SELECT 'constraint', conname::text, pg_get_constraintdef(oid), '', ''
  FROM pg_constraint WHERE connamespace <> 'pg_catalog'::regnamespace
UNION ALL SELECT 'function', proname::text, prosrc, '', '' FROM pg_proc WHERE oid >= 16384
UNION ALL SELECT 'type', typname::text, '', '', '' FROM pg_type WHERE oid >= 16384
  AND left(typnamespace::regnamespace::text, 3) <> 'pg_'
UNION ALL SELECT 'version', version_num::text, '', '', '' FROM public.alembic_version
UNION ALL SELECT 'vendor', v::text, '', '', '' FROM ops.vendor v
UNION ALL SELECT 'agreement', a::text, '', '', '' FROM ops.agreement a
"""


def request_of(plan: protocol.PlanResult, **limits: Any) -> protocol.Rehearse:
    steps = tuple(step.revision for step in plan.steps)
    digests = tuple(step.digest for step in plan.steps)
    return protocol.Rehearse(plan.direction, plan.target, plan.databases, steps, digests, **limits)


async def rehearse(
    client: WorkerClient,
    direction: str = "upgrade",
    target: str = "head",
    told: Any = None,
    **limits: Any,
) -> protocol.RehearseResult:
    plan = await client.request(protocol.Plan(direction, target))
    result: protocol.RehearseResult = await client.request(request_of(plan, **limits), told)
    return result


def contents(sample: SampleProject) -> str:
    """A digest of the catalog, the position and the rows of the two larger tables."""
    rows = sorted(str(row) for row in run_sql(sample, _CATALOG))
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


@contextmanager
def project_at_head(
    postgres: embedded.Server, password: str, files: Path, template: str, folder: Path
) -> Iterator[SampleProject]:
    """A sample of a module's own, its database at head."""
    root = folder / "field-ops"
    shutil.copytree(files, root, symlinks=True)
    name = f"rehearsals_{folder.name}"
    embedded.create_database(postgres, name, template)
    try:
        yield point_to(root, postgres.url(name, password))
    finally:
        with postgres.connect() as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@dataclass(frozen=True)
class Case:
    """Bodies of a revision on top of head; `env` is the whole of env.py, where it matters."""

    upgrade: str
    downgrade: str = "pass"
    env: str = ""
    seconds: float = 30.0


@dataclass(frozen=True)
class Outcome:
    """`result` or `failed`, the line marked ``# here``, and whether the database is as it was."""

    result: protocol.RehearseResult | None
    failed: protocol.Failed | None
    line: int
    untouched: bool
    told: tuple[Any, ...] = ()

    @property
    def legs(self) -> tuple[protocol.RehearsedLeg, ...]:
        assert self.result is not None, self.failed
        return self.result.legs


def rehearse_all(sample: SampleProject, cases: Mapping[str, Case]) -> dict[str, Outcome]:
    """Each case, one after the other, in one worker: it starts once, and must survive each."""
    return asyncio.run(_all(sample, cases))


async def _all(sample: SampleProject, cases: Mapping[str, Case]) -> dict[str, Outcome]:
    client = WorkerClient(opened(sample.backend), runner=True)
    env = sample.backend / "alembic" / "env.py"
    usual = env.read_text()
    before = contents(sample)
    found = {}
    try:
        for name, case in cases.items():
            # an id of its own: a compiled file may hide an edit within the same second
            path = add_revision(sample, case.upgrade, case.downgrade, f"{len(found):012x}")
            env.write_text(case.env or usual)
            told: list[Any] = []
            result, failed = await _one(client, case, told.append)
            marked = [n for n, text in enumerate(path.read_text().splitlines(), 1) if HERE in text]
            path.unlink()
            found[name] = Outcome(
                result, failed, marked[0] if marked else 0, contents(sample) == before, tuple(told)
            )
    finally:
        env.write_text(usual)
        await client.stop()
    return found


async def _one(
    client: WorkerClient, case: Case, told: Callable[[Any], None]
) -> tuple[protocol.RehearseResult | None, protocol.Failed | None]:
    try:
        return await rehearse(client, told=told, seconds=case.seconds), None
    except WorkerFailed as error:
        return None, error.failed
