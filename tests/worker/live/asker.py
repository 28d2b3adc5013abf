"""A database of its own, of every shape that questions are asked about, and a worker on it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from opsmig_tui.demo import server as embedded
from opsmig_tui.services.worker_client import WorkerClient
from opsmig_tui.worker.protocol import AskLive, LiveResult, Peek, PeekResult, Probe, ProbeAnswer
from tests.support.projects import write_project
from tests.worker.conftest import Told, opened

DATABASE = "live_data"
LARGE = 60_000
ABOVE = 30_000
"""Tables of more rows than this are sampled in these tests."""

OWNED = f'''
CREATE SCHEMA ops;
CREATE TYPE ops.state AS ENUM ('open', 'on hold', 'closed');
CREATE DOMAIN ops.state_domain AS ops.state;
CREATE TABLE ops.vendor (id int PRIMARY KEY, name varchar(100), code text, rating numeric(10, 3),
  state ops.state, states ops.state[], also ops.state_domain, doc json);
INSERT INTO ops.vendor VALUES
  (1, 'Alpha', 'A', 1.5, 'open', '{{open}}', 'closed', '{{}}'),
  (2, 'Beta', 'B', 99.996, 'open', '{{"on hold",closed}}', 'open', '{{}}'),
  (3, 'a name of thirty characters   ', 'B', 40000, 'closed', NULL, NULL, NULL),
  (4, NULL, 'B', NULL, NULL, NULL, NULL, NULL),
  (5, NULL, NULL, 'NaN', NULL, NULL, NULL, NULL),
  (6, NULL, NULL, -70000, NULL, NULL, NULL, NULL);
CREATE TABLE ops.empty (id int PRIMARY KEY, name text);
CREATE TABLE ops.agreement (id int PRIMARY KEY, vendor_id int, nickname text,
  parent int, part int, doubled int GENERATED ALWAYS AS (part * 2) STORED);
INSERT INTO ops.agreement VALUES (1, 1, 'x', NULL, 1), (2, 77, '', 1, 1), (3, NULL, NULL, 9, 2),
  (4, 78, E'new\\nline\\x1b[31m', 2, NULL), (5, 2, repeat('long ', 100), 1, NULL);
CREATE TABLE ops.clause (id int PRIMARY KEY,
  agreement_id int CONSTRAINT clause_agreement_fkey REFERENCES ops.agreement);
CREATE VIEW ops.named AS SELECT id, nickname FROM ops.agreement;
CREATE VIEW ops.counted AS SELECT count(*) AS n FROM ops.agreement;
CREATE MATERIALIZED VIEW ops.kept AS SELECT vendor_id FROM ops.agreement;
CREATE INDEX lowered ON ops.agreement (lower(nickname));
CREATE INDEX plain ON ops.agreement (nickname);
CREATE FUNCTION ops.nicknames() RETURNS SETOF text LANGUAGE sql
  BEGIN ATOMIC SELECT nickname FROM ops.agreement; END;
CREATE FUNCTION ops.noticed() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER on_nickname BEFORE UPDATE OF nickname ON ops.agreement
  FOR EACH ROW EXECUTE FUNCTION ops.noticed();
CREATE TRIGGER on_any BEFORE INSERT ON ops.agreement
  FOR EACH ROW EXECUTE FUNCTION ops.noticed();
CREATE POLICY own ON ops.agreement USING (vendor_id = 1);
CREATE TABLE ops.large (id int, code text, twice int, vendor_id int,
  rare1 int, rare2 int, rare3 int, rare4 int, rare5 int, rare6 int);
INSERT INTO ops.large SELECT n, 'code ' || n, CASE WHEN n % 4 = 0 THEN NULL ELSE n END, 1 + n % 8,
  nullif(n = 1, false)::int, nullif(n = 10000, false)::int, nullif(n = 20000, false)::int,
  nullif(n = 30000, false)::int, nullif(n = 40000, false)::int, nullif(n = 50000, false)::int
  FROM generate_series(1, {LARGE}) AS n;
ANALYZE ops.large;
CREATE TABLE ops.parted (id int, code text) PARTITION BY RANGE (id);
CREATE TABLE ops.parted_1 PARTITION OF ops.parted FOR VALUES FROM (0) TO (10);
CREATE TABLE ops.parted_2 PARTITION OF ops.parted FOR VALUES FROM (10) TO (1000000);
INSERT INTO ops.parted SELECT n, CASE WHEN n % 2 = 0 THEN 'even' END
  FROM generate_series(1, {LARGE}) AS n;
ANALYZE ops.parted;
CREATE TABLE ops.base (id int);
CREATE TABLE ops.child () INHERITS (ops.base);
CREATE SCHEMA "We""ird %s";
CREATE TABLE "We""ird %s"."Sel%%ect:x" ("A b:c""d%%" text, "select" int PRIMARY KEY, """" int);
INSERT INTO "We""ird %s"."Sel%%ect:x" VALUES ('one', 1, 1), ('two', 2, 1), (NULL, 3, 9);
CREATE TYPE "We""ird %s"."Kind's %%" AS ENUM ('it''s %% \\ this');
ALTER TABLE "We""ird %s"."Sel%%ect:x" ADD kind "We""ird %s"."Kind's %%" DEFAULT 'it''s %% \\ this';
CREATE TABLE public.visible (id int);
INSERT INTO public.visible VALUES (1), (2);
CREATE TABLE ops.locked (id int);
CREATE VIEW ops.slow AS SELECT pg_sleep(20)::text AS a;
CREATE TABLE ops.written (id int);
CREATE FUNCTION ops.writes() RETURNS int LANGUAGE plpgsql AS
  'BEGIN INSERT INTO ops.written VALUES (1); RETURN 1; END';
CREATE VIEW ops.writing AS SELECT ops.writes() AS a;
CREATE TABLE ops.priced (id int PRIMARY KEY, low int, high int, note text);
INSERT INTO ops.priced VALUES (1, 1, 2, '5%%'), (2, 3, 2, 'x'), (3, NULL, 2, 'x'), (4, 4, 2, NULL);
ALTER TABLE ops.priced ADD CONSTRAINT "in order's" CHECK (low < high) NOT VALID,
  ADD CONSTRAINT noted CHECK (note NOT LIKE '%%\\%%') NOT VALID,
  ADD CONSTRAINT "called" CHECK (ops.writes() < low) NOT VALID;
'''
FOREIGN = """
CREATE TABLE ops.secret (id int);
CREATE TABLE ops.guarded (id int);
INSERT INTO ops.guarded VALUES (1), (2);
ALTER TABLE ops.guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON ops.guarded USING (id = 1);
GRANT SELECT ON ops.guarded TO ops;
"""
ENV = """\
from alembic import context
from sqlalchemy import MetaData, create_engine
{top}
engine = create_engine({url!r}{options})
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=MetaData())
    with context.begin_transaction():
        context.run_migrations()
"""


class Asker:
    """A worker that answers: `ask(probe)`, `peek(probe)`; `told` is all that it said on the way."""

    def __init__(self, root: Path, url: str, options: str = "", top: str = "") -> None:
        project = write_project(root)
        (root / "alembic" / "env.py").write_text(ENV.format(url=url, options=options, top=top))
        project.revision("a1")
        self.told = Told()
        self.seconds = 0.0
        self._loop = asyncio.new_event_loop()
        self._client = WorkerClient(opened(root, python=sys.executable))

    def all(self, *probes: Probe, **options: Any) -> LiveResult:
        began = time.monotonic()
        result = self._request(AskLive(probes, **{"sample_above": ABOVE, **options}))
        self.seconds = time.monotonic() - began
        assert isinstance(result, LiveResult)
        return result

    def ask(self, kind: str, table: str, *columns: str, **rest: Any) -> ProbeAnswer:
        """One question about a table of the schema ops."""
        options = {name: rest.pop(name) for name in list(rest) if name.endswith(("_ms", "_above"))}
        probe = Probe(kind, table, **{"schema": "ops", "columns": columns, **rest})
        (answer,) = self.all(probe, **options).answers
        assert answer.probe == probe
        return answer

    def peek(
        self, kind: str, table: str, *columns: str, limit: int = 50, **rest: Any
    ) -> PeekResult:
        probe = Probe(kind, table, **{"schema": "ops", "columns": columns, **rest})
        result = self._request(Peek(probe, limit, timeout_ms=rest.pop("timeout_ms", 2_000)))
        assert isinstance(result, PeekResult)
        return result

    def cancel_midway(self, probe: Probe, under_way: Callable[[], object]) -> None:
        """Ask, and cancel as soon as `under_way()` holds."""

        async def go() -> None:
            request = AskLive((probe,), timeout_ms=60_000, total_ms=60_000)
            task = asyncio.create_task(self._client.request(request))
            async with asyncio.timeout(30):
                while not await asyncio.to_thread(under_way):
                    await asyncio.sleep(0.02)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

        self._loop.run_until_complete(go())

    def _request(self, request: Any) -> Any:
        return self._loop.run_until_complete(self._client.request(request, self.told))

    def stop(self) -> None:
        self._loop.run_until_complete(self._client.stop())
        self._loop.close()


def make_database(postgres: embedded.Server, name: str, role_password: str) -> None:
    """The tables; some of them belong to the superuser."""
    import psycopg

    embedded.create_database(postgres, name)
    libpq = postgres.url(name, role_password).replace("+psycopg:", ":", 1)
    with psycopg.connect(libpq, autocommit=True) as connection:
        connection.execute(OWNED.encode())
    with postgres.connect(name) as connection:
        connection.execute(FOREIGN.encode())


@contextmanager
def locked(postgres: embedded.Server, name: str, table: str) -> Iterator[None]:
    """Another session holds ACCESS EXCLUSIVE on the table."""
    with postgres.connect(name) as connection, connection.transaction():
        connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())
        yield
