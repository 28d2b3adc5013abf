"""The watcher's questions. No parameters, no percent signs: drivers differ in how they read them.

`{pid}` is the run's own session. What is not text comes as float8, int or text for all drivers.
"""

OWN_PID = "SELECT pg_backend_pid()"
OWN = "SELECT pg_backend_pid(), current_user <> session_user"

# pg_blocking_pids needs every partition of the lock table for a moment: only asked of one that
# waits.
LOOK = """
SELECT coalesce(wait_event_type, '') = 'Lock', coalesce(state, ''),
  (extract(epoch FROM clock_timestamp() - query_start) * 1000)::float8
FROM pg_catalog.pg_stat_get_activity({pid})
"""

# A row is locked by way of its transaction; the lock on the tuple tells the table.
WANTED = """
SELECT l.locktype, l.mode, coalesce((SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = coalesce(l.relation, (SELECT t.relation FROM pg_catalog.pg_locks t
      WHERE t.pid = l.pid AND t.locktype = 'tuple' LIMIT 1))), ''),
  (SELECT count(DISTINCT w.pid) FROM pg_catalog.pg_locks w
    WHERE NOT w.granted AND w.pid <> l.pid AND l.pid = ANY (pg_blocking_pids(w.pid)))
FROM pg_catalog.pg_locks l WHERE l.pid = {pid} AND NOT l.granted LIMIT 1
"""

_SAME = " AND ".join(
    f"h.{column} IS NOT DISTINCT FROM w.{column}"
    for column in (
        *("locktype", "database", "relation", "page", "tuple", "virtualxid", "transactionid"),
        *("classid", "objid", "objsubid"),
    )
)
HOLDERS = f"""
WITH blocking AS (SELECT DISTINCT unnest(pg_blocking_pids({{pid}})) AS pid)
SELECT b.pid, coalesce(a.application_name, ''), coalesce(a.usename::text, ''),
  coalesce(a.datname::text, ''), coalesce(host(a.client_addr), ''), coalesce(a.backend_type, ''),
  coalesce(a.state, ''),
  (extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::float8,
  (extract(epoch FROM clock_timestamp() - a.state_change) * 1000)::float8,
  coalesce(left(a.query, {{longest}}), ''),
  coalesce((SELECT string_agg(DISTINCT h.mode, ',') FROM pg_catalog.pg_locks w
    JOIN pg_catalog.pg_locks h ON {_SAME}
    WHERE w.pid = {{pid}} AND NOT w.granted AND h.pid = b.pid AND h.granted), ''),
  CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_locks q WHERE q.pid = b.pid AND NOT q.granted)
    THEN array_to_string(pg_blocking_pids(b.pid), ',') ELSE '' END,
  coalesce(a.backend_start::text, '')
FROM blocking b JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid ORDER BY a.xact_start, b.pid
"""
# A prepared transaction holds a lock on its own number, which tells it from others.
PREPARED = f"""
SELECT DISTINCT p.gid, p.owner::text, p.database::text,
  (extract(epoch FROM clock_timestamp() - p.prepared) * 1000)::float8, h.mode
FROM pg_catalog.pg_locks w JOIN pg_catalog.pg_locks h ON h.granted AND h.pid IS NULL AND {_SAME}
JOIN pg_catalog.pg_locks x ON x.virtualtransaction = h.virtualtransaction AND x.pid IS NULL
  AND x.locktype = 'transactionid' AND x.granted
JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = x.transactionid
WHERE w.pid = {{pid}} AND NOT w.granted ORDER BY 1
"""

# Sessions that wait for a lock of the run, or behind it in a queue.
QUEUE = """
SELECT count(DISTINCT w.pid)::int FROM pg_catalog.pg_locks w
WHERE NOT w.granted AND w.pid <> {pid} AND {pid} = ANY (pg_blocking_pids(w.pid))
"""

# View of pg_catalog → command, phase, (done, total) and unit of what it says.
_PROGRESS = {
    "pg_stat_progress_create_index": (
        "command",
        "phase",
        "CASE WHEN lockers_total > 0 AND lockers_done < lockers_total THEN lockers_done"
        " WHEN blocks_total > 0 THEN blocks_done ELSE tuples_done END",
        "CASE WHEN lockers_total > 0 AND lockers_done < lockers_total THEN lockers_total"
        " WHEN blocks_total > 0 THEN blocks_total ELSE tuples_total END",
        "CASE WHEN lockers_total > 0 AND lockers_done < lockers_total THEN 'sessions'"
        " WHEN blocks_total > 0 THEN 'blocks' ELSE 'rows' END",
    ),
    "pg_stat_progress_cluster": (
        "command", "phase", "heap_blks_scanned", "heap_blks_total", "'blocks'",
    ),
    "pg_stat_progress_copy": (
        "command",
        "CASE WHEN bytes_total > 0 THEN '' ELSE tuples_processed || ' rows' END",
        "bytes_processed",
        "bytes_total",
        "'bytes'",
    ),
    "pg_stat_progress_vacuum": (
        "'VACUUM'", "phase", "heap_blks_scanned", "heap_blks_total", "'blocks'",
    ),
    "pg_stat_progress_analyze": (
        "'ANALYZE'", "phase", "sample_blks_scanned", "sample_blks_total", "'blocks'",
    ),
}  # fmt: skip
VIEWS = " UNION ALL ".join(
    f"SELECT '{view}' WHERE to_regclass('pg_catalog.{view}') IS NOT NULL" for view in _PROGRESS
)


def progress_of(views: "list[str]") -> str:
    """The question how far the run's command is, of those of VIEWS that this server has.

    A partitioned table's index is built as several: what the server tells of is the one at hand.
    """
    return " UNION ALL ".join(
        f"SELECT {command}, {phase}, coalesce((SELECT quote_ident(n.nspname) || '.' || "
        "quote_ident(c.relname) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
        f"ON n.oid = c.relnamespace WHERE c.oid = p.relid), ''), ({done})::bigint, "
        f"({total})::bigint, {unit} FROM pg_catalog.{view} p WHERE pid = {{pid}}"
        for view, (command, phase, done, total, unit) in _PROGRESS.items()
        if view in views
    )


# An index of a partitioned table is not valid until all its parts are there: no leftover.
INVALID = """
SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname),
  quote_ident(tn.nspname) || '.' || quote_ident(t.relname)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
WHERE NOT i.indisvalid AND c.relkind = 'i' ORDER BY 1
"""

# Only while it is the session that was shown, and still stands in the way.
STANDS = """
SELECT count(*) FROM pg_catalog.pg_stat_activity
WHERE pid = {other} AND pid = ANY (pg_blocking_pids({pid}))
  AND coalesce(backend_start::text, '') = '{began}'
"""
STOP = "SELECT {function}({other})"
