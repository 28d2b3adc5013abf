"""Makes and drops scratch databases, from a session on another database of the same server, or of a
private one.

env.py runs first, for its connection and to look: its own is closed before anything is made, as
the server copies a database only while nobody is connected to it.
"""

from __future__ import annotations

import hashlib
import re
import time
from dataclasses import dataclass, replace
from typing import Any, Optional

from alembic.runtime.migration import MigrationContext

from . import protocol
from .asking import in_transaction, raw_rows
from .dumping import Dumper
from .environment import run_environment
from .errors import WorkerError
from .guard import check_database
from .locked import telling_who_locks
from .making import COPY_SECONDS, Maker, literal, quoted, said
from .placed import copy_roles, fits, identity_of, missing_extensions
from .pooled import REHEARSED_PAST_IT, is_pooled
from .protocol import Failed, MakeScratchResult, Place, Scratch
from .session import Session
from .side import SideConnection
from .snapshot import take_snapshot
from .status import OPTIONS, database_status

LOCK_WAIT_MS = 2_000
"""What the project's own database is waited for where somebody has a table locked."""
GONE_SECONDS = 2.0
"""What a worker's sessions get to end after it, before they are ended."""
_MAY_NOT = "This role may not create databases (CREATEDB), which a scratch database needs."
_ELSEWHERE = "Only PostgreSQL can be copied for a rehearsal."
_MAINTENANCE = ("postgres", "template1")
"""Databases that are there by default, to send CREATE DATABASE from."""
_OF_SOMEBODY = "a.usesysid IS NOT NULL AND a.backend_type IS DISTINCT FROM 'autovacuum worker'"
"""Of other roles a role sees no more than that they are there. Autovacuum makes way."""
_LIST = rf"""
SELECT d.datname::text, coalesce(shobj_description(d.oid, 'pg_database'), ''),
  (SELECT count(*) FROM pg_catalog.pg_stat_activity a
    WHERE a.datid = d.oid AND {_OF_SOMEBODY})::int
FROM pg_catalog.pg_database d WHERE starts_with(d.datname::text, '%s') ORDER BY 1
"""
# Asked in the database itself, by env.py's role.
_INSIDE = f"""
SELECT pg_database_size(d.oid) / 1048576,
  (SELECT count(*) FROM pg_catalog.pg_stat_activity a
    WHERE a.datid = d.oid AND a.pid <> pg_backend_pid() AND {_OF_SOMEBODY})::int
  + (SELECT count(*) FROM pg_catalog.pg_prepared_xacts WHERE database = d.datname)::int,
  EXISTS (SELECT FROM pg_catalog.pg_foreign_server) OR EXISTS (SELECT FROM pg_catalog.pg_proc
    WHERE prosrc ~* 'dblink' AND coalesce(probin, '') = ''),
  ARRAY(SELECT extname::text FROM pg_catalog.pg_extension ORDER BY 1)
FROM pg_catalog.pg_database d WHERE d.datname = current_database()
"""
# Asked by the session that makes the copy: it may have another role than env.py takes.
_TRAITS = """
SELECT r.rolcreatedb OR r.rolsuper,
  r.rolsuper OR pg_has_role(d.datdba, 'USAGE'), d.datistemplate,
  pg_get_userbyid(d.datdba)::text,
  pg_encoding_to_char(d.encoding)::text, d.datcollate::text, d.datctype::text,
  ARRAY(SELECT unnest(s.setconfig) FROM pg_catalog.pg_db_role_setting s
    JOIN pg_catalog.pg_roles login ON login.rolname = session_user
    WHERE s.setdatabase IN (d.oid, {whole}) AND s.setrole IN (0, login.oid)
    ORDER BY s.setrole, s.setdatabase),
  ARRAY(SELECT a.privilege_type || ' TO ' || CASE a.grantee WHEN 0 THEN 'PUBLIC'
      ELSE quote_ident(pg_get_userbyid(a.grantee)) END
    FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a)
FROM pg_catalog.pg_database d JOIN pg_catalog.pg_roles r ON r.rolname = current_user
WHERE d.datname = {named}
"""
_END = """
SELECT pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity a
WHERE a.datname = %s AND a.usename = session_user
"""


@dataclass
class _Seen:
    """What env.py's own connection told, and a session beside it."""

    server: SideConnection
    there: Optional[SideConnection]
    """On the server of a place."""
    database: protocol.DatabaseStatus
    digest: str
    unread: str
    """Why there is no digest where one was wanted, a sentence."""
    inside: Any
    dumper: Optional[Dumper]
    pooled: bool

    def close(self) -> None:
        self.server.close()
        if self.there is not None:
            self.there.close()


def list_scratch(session: Session, request: protocol.ListScratch) -> protocol.ListScratchResult:
    """Every database of the prefix, whoever made it. A reader also lets go of its kept session."""
    session.quick.forget()
    found: list[Scratch] = []

    def fn(heads: tuple[str, ...], context: Any) -> None:
        if context.dialect.name == "postgresql" and context.connection is not None:
            found.extend(Scratch(*row) for row in raw_rows(context.connection, _listing()))

    run_environment(session, fn, "current", OPTIONS)
    return protocol.ListScratchResult(tuple(dict.fromkeys(found)))


def make_scratch(session: Session, request: protocol.MakeScratch) -> MakeScratchResult:
    """Raises WorkerError where the database is not the one expected, or the server fails."""
    _own(request.base, request.name)
    seen = _look(session, True, request.expected, request.place)
    if isinstance(seen, str):
        return MakeScratchResult(refused=seen)
    try:
        if seen.pooled or seen.unread:
            return MakeScratchResult(refused=REHEARSED_PAST_IT if seen.pooled else seen.unread)
        made = _make(seen, request)
        if seen.there is None:
            return made
        system, version = identity_of(seen.there)
        return replace(made, system=system, version=version)
    finally:
        seen.close()


def _make(seen: _Seen, request: protocol.MakeScratch) -> MakeScratchResult:
    size, others, reaches, extensions = seen.inside
    place = request.place
    named = literal(seen.database.identity.database)
    whole = "d.oid" if place is None else "0"  # a server of its own knows no settings of roles
    traits = seen.server.ask(_TRAITS.format(named=named, whole=whole))[0]
    may, owns, template, owner, *locale, settings, grants = traits
    if reaches:
        return MakeScratchResult(
            refused="The database has foreign servers or functions that call dblink, through "
            "which a copy of it would reach others."
        )
    if place is None and not may:
        return MakeScratchResult(refused=_MAY_NOT, forbidden=True)
    if seen.there is None:
        maker = Maker(seen.server, request.mark, settings, grants, owner if owns else "")
    else:
        copy_roles(seen.server, seen.there)
        settings = [one for one in settings if fits(one)]
        login = seen.database.identity.user
        maker = Maker(seen.there, request.mark, settings, grants, owner, login)
        maker.drop(request.name)
    if request.digest and (request.filled or request.digest == seen.digest):
        maker.copy(request.base, request.name)
        return MakeScratchResult("again", seen.digest)
    maker.drop(request.base)  # of another schema, or given up before it was filled
    missing: tuple[str, ...] = ()
    if seen.there is not None:
        why = "This role may not create databases on its server."
        missing = missing_extensions(seen.there, extensions)
    else:
        why = _why_not_copied(owns or template, size, others, request.megabytes)
    if not why:
        try:
            maker.copy(seen.database.identity.database, request.base)
        except WorkerError as error:  # somebody came meanwhile
            why = error.failed.message
    if why:
        maker.empty(request.base, *locale)
        assert seen.dumper is not None
        problem = seen.dumper.copy(
            seen.database.identity.database, request.base, COPY_SECONDS, place, missing
        )
        if missing:
            why = f"{why.rstrip('.')}; the embedded one lacks {', '.join(missing)}."
        if not problem:
            maker.copy(request.base, request.name)
            return MakeScratchResult("schema", seen.digest, why)
        why = f"{why.rstrip('.')}; its schema could not be copied either: {problem}."
        return MakeScratchResult("empty", seen.digest, why)
    maker.copy(request.base, request.name)
    return MakeScratchResult("copy", seen.digest)


def drop_scratch(session: Session, request: protocol.DropScratch) -> protocol.DropScratchResult:
    """Drop what is still what it was listed as. Raises WorkerError where it cannot connect."""
    seen = _look(session, request.digest)
    if seen == _ELSEWHERE:
        return protocol.DropScratchResult()  # none was made
    if isinstance(seen, str):
        raise WorkerError(Failed("database", seen))
    try:
        now = {row[0]: Scratch(*row) for row in seen.server.ask(_listing())}
        dropped, kept = [], []
        for wanted in request.databases:
            found = now.get(wanted.name)
            why = _why_kept(wanted, found, request.own)
            if not why and found is not None:
                try:
                    if request.own:
                        _end_sessions(seen.server, wanted.name)
                    seen.server.ask(f"DROP DATABASE {quoted(wanted.name)}")
                except Exception as error:  # told below
                    why = said(error)
            if why:
                kept.append((wanted.name, why))
            elif found is not None:
                dropped.append(wanted.name)
        return protocol.DropScratchResult(
            tuple(dropped), tuple(kept), seen.database, seen.digest, seen.unread
        )
    finally:
        seen.close()


def _why_kept(wanted: Scratch, found: Optional[Scratch], own: bool) -> str:
    """Gone already is as good as dropped."""
    if not wanted.name.startswith(protocol.SCRATCH_PREFIX):
        return "it is no scratch database of opsmig's"
    if found is None:
        return ""
    if not found.comment and not re.fullmatch(protocol.SCRATCH_NAME, found.name):
        return "it has no comment that tells whose it is"
    if found.comment not in ("", wanted.comment):
        return "its comment is another"
    return "somebody is connected to it" if found.connected and not own else ""


def _end_sessions(server: SideConnection, name: str) -> None:
    """Of a database that its maker has done with: the server may be slow to notice that a worker
    is gone, or be at a long statement of its. A session of another role keeps the database."""
    limit = time.monotonic() + GONE_SECONDS
    while any(row[0] == name and row[2] for row in server.ask(_listing())):
        if time.monotonic() > limit:
            server.ask(_END % literal(name))
            return
        time.sleep(0.02)


def _look(
    session: Session,
    wants_digest: bool,
    expected: Optional[protocol.DatabaseStatus] = None,
    place: Optional[Place] = None,
) -> Any:
    """_Seen, or why there is nothing to make, in a sentence."""
    found: list[Any] = []

    def fn(heads: tuple[str, ...], context: MigrationContext) -> None:
        connection: Any = context.connection
        if context.dialect.name != "postgresql":
            found.append(_ELSEWHERE)
            return
        if expected is not None:
            check_database(session, context, heads, (expected,), 0)
        with in_transaction(connection):
            digest, unread = _digest(context, heads) if wants_digest and not found else ("", "")
            inside = raw_rows(connection, _INSIDE)[0]
            dumper = Dumper(context, heads) if not found else None
            pooled = is_pooled(connection)
        server = None if found else _beside(connection)
        there = None if found or place is None else _beside(connection, place)
        status = database_status(context, heads)
        seen: Any = (server, there, status, digest, unread, inside, dumper, pooled)
        found.append(_Seen(*seen))

    run_environment(session, fn, "current", OPTIONS)
    if len(found) == 1:
        return found[0]
    if isinstance(found[0], _Seen):
        found[0].close()
    return f"env.py goes through {len(found)} databases; a rehearsal knows only one."


def _beside(connection: Any, place: Optional[Place] = None) -> SideConnection:
    """A session on another database. Raises WorkerError where there is none to be had."""
    for name in _MAINTENANCE:
        try:
            side = SideConnection(connection, database=name, place=place)
        except WorkerError as error:
            last = error
            continue
        if not side.is_pooled():  # else they would stay for whoever is given the session next
            side.ask("SET default_transaction_read_only = off")
            side.ask(f"SET statement_timeout = '{COPY_SECONDS}s'")
        return side
    raise last


def _digest(context: Any, heads: tuple[str, ...]) -> tuple[str, str]:
    """(the schema's, "" or why it cannot be told), in a transaction."""
    connection = context.connection
    raw_rows(connection, f"SET LOCAL lock_timeout = {LOCK_WAIT_MS}")
    try:
        with telling_who_locks(connection):
            return schema_digest(context, heads), ""
    except WorkerError as error:
        return "", error.failed.message


def schema_digest(context: Any, heads: tuple[str, ...]) -> str:
    """Of every object's definition and of the position: the same as long as neither changes."""
    connection = context.connection
    objects = take_snapshot(connection, context.version_table, context.version_table_schema)
    told = [*map(repr, sorted(objects, key=repr)), repr(sorted(heads))]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _why_not_copied(owns: bool, size: int, others: int, megabytes: int) -> str:
    if not owns:
        return "This role does not own the database, so it cannot copy it."
    if size > megabytes:
        return f"It has {size:,} MB, more than the {megabytes:,} MB that are copied."
    if others:
        are = "session is" if others == 1 else "sessions are"
        return f"{others} other {are} connected to it, which keeps the server from copying it."
    return ""


def _own(*names: str) -> None:
    for name in names:
        if not name.startswith(protocol.SCRATCH_PREFIX):
            raise WorkerError(Failed("protocol", f"{name} is no name of a scratch database."))


def _listing() -> str:
    return _LIST % protocol.SCRATCH_PREFIX
