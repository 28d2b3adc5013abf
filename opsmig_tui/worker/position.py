"""Where a database stands, asked in a session beside env.py's own."""

from __future__ import annotations

from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

_TABLE = """
SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = to_regclass(:name)
"""
_POSITION = """
SELECT current_database()::text, session_user::text, current_setting('server_version'),
  ARRAY(SELECT version_num::text FROM {})
"""


def position_query(context: MigrationContext) -> str:
    """SELECT (database, user, server version, current revisions), its table named in full.

    "" where there is no version table yet, where its schema gets another name on the way, or where
    the database is not PostgreSQL.
    """
    connection: Any = context.connection
    if context.dialect.name != "postgresql":
        return ""
    if connection.get_execution_options().get("schema_translate_map"):
        return ""
    quote = context.dialect.identifier_preparer.quote
    parts = (context.version_table_schema, context.version_table)
    name = ".".join(quote(part) for part in parts if part)
    table = connection.execute(text(_TABLE), {"name": name}).scalar()
    return _POSITION.format(table) if table is not None else ""
