"""The schema of a database at one moment, and how two moments differ."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SchemaObject:
    """One row of a snapshot.

    `kind` is "table", "column", "index" … (worker/snapshot.py lists them); `object` the quoted,
    qualified name of what it belongs to ("public.agreement"), `name` the part of it that is meant
    ("" for the whole), `definition` SQL or plain words, equal where nothing changed. `identity` is
    the server's own number for it ("16403.2"), which a rename keeps and a drop and create does not;
    "" where there is none.
    """

    kind: str
    object: str
    name: str
    definition: str
    identity: str = ""


@dataclass(frozen=True)
class SchemaDelta:
    """What two snapshots do not share: the rows of the first, the rows of the second.

    Rows that differ only in `identity` are left out: a table dropped and created alike is no change
    of the schema.
    """

    before: tuple[SchemaObject, ...] = ()
    after: tuple[SchemaObject, ...] = ()
