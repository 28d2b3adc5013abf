"""Scratch databases: copies on the same server, or a private one, that a rehearsal may do anything
to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from .results import DatabaseStatus

SCRATCH_PREFIX = "opsmig_scratch_"
SCRATCH_NAME = (
    SCRATCH_PREFIX + r"(?P<machine>[0-9a-f]{12})_(?P<pid>[1-9][0-9]{0,9})_(?P<begun>[0-9a-f]{8})"
    r"_[0-9a-f]{4}_(base|[0-9]+)"
)
"""A name that tells who made it, for as long as there is no comment yet that does."""
COPY_MEGABYTES = 256


@dataclass(frozen=True)
class Scratch:
    """A database of that prefix: its comment ("" where none), and how many sessions are in it."""

    name: str
    comment: str
    connected: int


@dataclass(frozen=True)
class Place:
    """A private server of this machine, where the project's own takes no scratch database.

    The folder of its Unix socket and its port; `user` is whom to connect as, without a password.
    `programs` is the folder of its psql and pg_dump. `system` is the identifier it tells of itself,
    "" for as long as it has not been asked.
    """

    host: str
    port: int
    user: str
    programs: str
    system: str = ""


@dataclass(frozen=True)
class ListScratch:
    """Which databases on the server of this project have the prefix. Changes nothing."""

    op = "list_scratch"


@dataclass(frozen=True)
class ListScratchResult:
    databases: tuple[Scratch, ...] = ()


@dataclass(frozen=True)
class MakeScratch:
    """Make `name`, a copy for one rehearsal, of `base`, which is made first where it is not there.

    `expected` is the database that is copied, as the plan saw it: any difference aborts. `mark`
    becomes the comment of both. `digest` is that of the schema which `base` was made from, "" where
    there is no base yet. The base holds the rows, too, where nobody is connected to the database
    and it has at most `megabytes`; else the schema only, where pg_dump and psql are at hand; else
    it comes empty, to be filled by the migrations (`filled` says that they have).

    In a `place` they are made by its superuser, and never with the rows.
    """

    op = "make_scratch"
    expected: DatabaseStatus
    mark: str
    base: str
    name: str
    digest: str = ""
    filled: bool = False
    megabytes: int = COPY_MEGABYTES
    place: Optional[Place] = None


@dataclass(frozen=True)
class MakeScratchResult:
    """`made`: "copy" (schema and rows), "schema", "empty" (the base, to be filled: `name` is not
    made), or "again" (from the base that was there). `refused` is why none was made, a sentence.
    `why` is why the rows are not in it. `digest` is of the schema of the database that is copied.
    `forbidden`: it was refused only as the role may not create databases on that server. `system`
    and `version` are the identifier and the version of the server of the place, where there is one.
    """

    made: str = ""
    digest: str = ""
    why: str = ""
    refused: str = ""
    forbidden: bool = False
    system: str = ""
    version: str = ""


@dataclass(frozen=True)
class DropScratch:
    """Drop these, each only while its comment is the one given and nobody is connected to it.

    One without a comment goes only where its name tells who made it. `own`: whoever asks has made
    them and has done with them: sessions of this role that are left in them are ended. `digest`:
    how the project's own database is afterwards is wanted, for which others' locks are waited for
    a little.
    """

    op = "drop_scratch"
    databases: tuple[Scratch, ...]
    own: bool = False
    digest: bool = False


@dataclass(frozen=True)
class DropScratchResult:
    """`kept` are names with the reason. `database` and `digest` are of the project's own database,
    which none of this changes; `unread` is why there is no digest where one was wanted, a sentence.
    """

    dropped: tuple[str, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    database: Optional[DatabaseStatus] = None
    digest: str = ""
    unread: str = ""
