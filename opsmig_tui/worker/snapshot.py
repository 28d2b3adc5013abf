"""The schema as it is at this moment of a transaction: every object with its definition.

One query over PostgreSQL's own catalogs (12 to 18), as the session at hand sees them, so also what
it has not committed. Left out are the server's own and temporary objects, what extensions own (the
extension and its version stand for them), alembic's version table and the values of sequences.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, Optional

from . import snapshot_objects, snapshot_tables
from .asking import raw_rows
from .protocol import SchemaDelta, SchemaObject
from .snapshot_tables import FIRST_OWN_OID

# `ext` is what an extension or a type brought along. A sequence that an identity column owns is
# told with the column.
_QUERY = f"""
WITH ext AS (SELECT classid, objid FROM pg_depend
  WHERE (refclassid = 'pg_extension'::regclass AND deptype = 'e')
    OR (classid IN ('pg_proc'::regclass, 'pg_cast'::regclass) AND deptype = 'i')),
spaces AS (SELECT oid, quote_ident(nspname) AS object, nspowner, nspacl FROM pg_namespace
  WHERE left(nspname, 3) <> 'pg_' AND nspname <> 'information_schema'),
ours AS (SELECT * FROM spaces n WHERE NOT EXISTS (SELECT FROM ext x
  WHERE x.objid = n.oid AND x.classid = 'pg_namespace'::regclass)),
rel AS (SELECT n.object || '.' || quote_ident(c.relname) AS object, c.*
  FROM pg_class c JOIN spaces n ON n.oid = c.relnamespace
  WHERE c.oid >= {FIRST_OWN_OID} AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
    AND NOT EXISTS (SELECT FROM ext x
      WHERE x.objid = c.oid AND x.classid = 'pg_class'::regclass)
    AND (c.relkind <> 'S' OR NOT EXISTS (SELECT FROM pg_depend o
      WHERE o.objid = c.oid AND o.classid = 'pg_class'::regclass AND o.deptype = 'i'))),
typ AS (SELECT n.object || '.' || quote_ident(t.typname) AS object, t.*
  FROM pg_type t JOIN spaces n ON n.oid = t.typnamespace
  WHERE t.oid >= {FIRST_OWN_OID} AND (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c'
    AND EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c')))
    AND NOT EXISTS (SELECT FROM ext x
      WHERE x.objid = t.oid AND x.classid = 'pg_type'::regclass)),
fun AS (SELECT n.object || '.' || quote_ident(p.proname) || '(' ||
    pg_get_function_identity_arguments(p.oid) || ')' AS object, p.*
  FROM pg_proc p JOIN spaces n ON n.oid = p.pronamespace WHERE p.oid >= {FIRST_OWN_OID}
    AND NOT EXISTS (SELECT FROM ext x
      WHERE x.objid = p.oid AND x.classid = 'pg_proc'::regclass)),
owned(object, owner, acl, usual) AS (
  SELECT object, relowner, relacl,
    acldefault(CASE relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, relowner) FROM rel
  UNION ALL SELECT object, typowner, typacl, acldefault('T', typowner) FROM typ
  UNION ALL SELECT object, proowner, proacl, acldefault('f', proowner) FROM fun
  UNION ALL SELECT object, nspowner, nspacl, acldefault('n', nspowner) FROM ours)
"""
_PARTS = "\nUNION ALL\n".join((*snapshot_tables.PARTS, *snapshot_objects.PARTS))
_COMPRESSION = """CASE a.attcompression WHEN 'p' THEN 'COMPRESSION pglz'
      WHEN 'l' THEN 'COMPRESSION lz4' END,"""
# With no search_path the server qualifies every name in a definition, whatever the role. Compiling
# a query that is run a few times takes longer than running it.
_SETTINGS = """SELECT current_setting('server_version_num')::int,
  set_config('search_path', '', true), set_config('jit', 'off', true)"""
_FUNCTION = """
CREATE FUNCTION pg_temp.opsmig_snapshot()
RETURNS TABLE (kind text, object text, name text, definition text, identity text)
LANGUAGE plpgsql STABLE SET search_path = '' SET jit = off AS $opsmig$
#variable_conflict use_column
BEGIN RETURN QUERY {}; END $opsmig$"""


def plan_snapshots(connection: Any) -> None:
    """Have the server plan the query once for all snapshots of the transaction at hand, which may
    write: planning takes as long as running it. Raises what the driver raises."""
    [(number,)] = raw_rows(connection, "SELECT current_setting('server_version_num')::int")
    raw_rows(connection, _FUNCTION.format(_query(number)))


def take_snapshot(
    connection: Any,
    version_table: str = "alembic_version",
    version_schema: Optional[str] = None,
    *,
    planned: bool = False,
) -> tuple[SchemaObject, ...]:
    """Every object of the schema, through a SQLAlchemy connection to PostgreSQL.

    Within a transaction, which lives on, with its search_path, also when this raises what the
    driver raises. A version table without a schema is left out of each schema. `planned`: after
    `plan_snapshots`, in the same transaction.
    """
    rows = None
    if planned:  # a role that the migration took since may not use the function
        with contextlib.suppress(Exception):
            rows = _within(connection, lambda: _planned(connection))
    if rows is None:
        rows = _within(connection, lambda: _asked(connection))
    objects = (SchemaObject(*row) for row in rows)
    return tuple(one for one in objects if not _is_version(one, version_table, version_schema))


def _within(connection: Any, ask: Callable[[], list[Any]]) -> list[Any]:
    raw_rows(connection, "SAVEPOINT opsmig_snapshot")
    try:
        return ask()
    finally:
        raw_rows(connection, "ROLLBACK TO SAVEPOINT opsmig_snapshot")


def _planned(connection: Any) -> list[Any]:
    return raw_rows(connection, "SELECT * FROM pg_temp.opsmig_snapshot()")


def _asked(connection: Any) -> list[Any]:
    [(number, *_)] = raw_rows(connection, _SETTINGS)
    return raw_rows(connection, _query(number))


def difference(before: tuple[SchemaObject, ...], after: tuple[SchemaObject, ...]) -> SchemaDelta:
    """The rows that the other snapshot has not, in their order."""
    old, new = {_row(one) for one in before}, {_row(one) for one in after}
    return SchemaDelta(
        tuple(one for one in before if _row(one) not in new),
        tuple(one for one in after if _row(one) not in old),
    )


def _row(one: SchemaObject) -> tuple[str, ...]:
    return one.kind, one.object, one.name, one.definition


def _query(number: int) -> str:
    """PostgreSQL 14 brought attcompression."""
    return _QUERY + _PARTS.replace("{compression}", _COMPRESSION if number >= 140000 else "")


def _is_version(one: SchemaObject, table: str, schema: Optional[str]) -> bool:
    quoted = '"' + table.replace('"', '""') + '"'
    names = (table, quoted)
    if schema is None:
        return one.object.endswith(tuple(f".{name}" for name in names))
    spaces = (schema, '"' + schema.replace('"', '""') + '"')
    return one.object in [f"{space}.{name}" for space in spaces for name in names]
