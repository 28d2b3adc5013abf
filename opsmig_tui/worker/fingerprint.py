"""Whether a PostgreSQL catalog is what it was: one query of a few milliseconds."""

from __future__ import annotations

from typing import Any, Optional

from .asking import raw_rows

CATALOGS = (
    *("pg_attrdef", "pg_attribute", "pg_class", "pg_collation", "pg_constraint", "pg_depend"),
    *("pg_description", "pg_enum", "pg_extension", "pg_index", "pg_inherits", "pg_namespace"),
    *("pg_opclass", "pg_partitioned_table", "pg_policy", "pg_proc", "pg_rewrite", "pg_sequence"),
    *("pg_trigger", "pg_type"),
)
"""Whatever DDL writes to. INSERT, ANALYZE and VACUUM leave the transactions of their rows alone."""
_WHERE = """(SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())::text,
  pg_postmaster_start_time()::text, inet_server_addr()::text, inet_server_port()::text,
  session_user::text, current_user::text, current_schemas(true)::text"""
# The sum, not the highest: transactions do not commit in the order of their numbers.
_COUNT = "(SELECT count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) FROM pg_catalog.{})::text"
_SQL = f"SELECT {_WHERE}, {', '.join(_COUNT.format(name) for name in CATALOGS)}"


def catalog_fingerprint(connection: Any) -> Optional[tuple[Any, ...]]:
    """Equal to an earlier one only where no definition that this role reads changed in between.

    Of the server, the database, the role and its search path as well. None where it cannot be told:
    another database system, or one that only speaks PostgreSQL's language.
    """
    if connection is None or connection.dialect.name != "postgresql":
        return None
    try:
        with connection.begin_nested():  # a refusal must not spoil env.py's transaction
            return tuple(raw_rows(connection, _SQL)[0])
    except Exception:  # whatever the driver raises
        return None
