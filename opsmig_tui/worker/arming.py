"""Makes every commit of the open transaction fail at the server.

A table of the session holds one row whose trigger fires when the transaction commits, and raises.
Nothing in the project's code has to co-operate: SQL, the driver and SQLAlchemy meet the same
server. Measured: PREPARE TRANSACTION, COMMIT in SQL, commit() of psycopg.
"""

from __future__ import annotations

import re
from typing import Any

from .asking import raw_rows

SQLSTATE = "OPSMG"
"""What the server answers to a commit. No class of PostgreSQL's own begins so."""
SETTLES = re.compile(r"(?is)\s*SET\s+CONSTRAINTS\s+ALL\s+IMMEDIATE\s*;?\s*")
"""The one statement that fires the trigger before the end, and means no harm."""
# All in one statement: the server is asked once. It looks after us while it is at a statement, else
# it would hold all locks to its end for a worker that was killed (PostgreSQL 14 and later, not on
# every platform).
_ARM = """
DO $opsmig_arm$
BEGIN
  CREATE TEMPORARY TABLE opsmig_rehearsal (armed boolean NOT NULL);
  CREATE FUNCTION pg_temp.opsmig_refuse() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER AS $opsmig$
  BEGIN
    IF NOT EXISTS (SELECT FROM pg_temp.opsmig_rehearsal WHERE NOT armed) THEN
      RAISE EXCEPTION 'A rehearsal does not commit.' USING ERRCODE = '{code}';
    END IF;
    RETURN NULL;
  END $opsmig$;
  CREATE CONSTRAINT TRIGGER opsmig_refuse AFTER INSERT ON pg_temp.opsmig_rehearsal
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE PROCEDURE pg_temp.opsmig_refuse();
  -- also where session_replication_role = replica lets no other trigger fire
  ALTER TABLE pg_temp.opsmig_rehearsal ENABLE ALWAYS TRIGGER opsmig_refuse;
  INSERT INTO pg_temp.opsmig_rehearsal VALUES (true);
  BEGIN
    PERFORM set_config('client_connection_check_interval', '500ms', true)
    WHERE current_setting('client_connection_check_interval', true) = '0';
  EXCEPTION WHEN OTHERS THEN NULL;
  END;
  PERFORM set_config('lock_timeout', '{lock_timeout}', true),
    set_config('client_min_messages', 'debug1', true);
END $opsmig_arm$"""
_DEFERRABLE = """
SELECT quote_ident(n.nspname) || '.' || quote_ident(c.conname), c.condeferred
FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
WHERE c.condeferrable AND left(n.nspname, 3) <> 'pg_'
"""


def arm(connection: Any, lock_timeout_ms: int) -> None:
    """From here on the transaction can only be rolled back, and the server tells what it does.

    Raises what the driver raises.
    """
    raw_rows(connection, _ARM.format(code=SQLSTATE, lock_timeout=int(lock_timeout_ms)))


def disarm(connection: Any) -> None:
    """Let the trigger pass, for one statement that fires it. `rearm` must follow."""
    raw_rows(connection, "UPDATE pg_temp.opsmig_rehearsal SET armed = false")


def rearm(connection: Any) -> None:
    """Armed again, with a new row whose trigger has not fired."""
    raw_rows(connection, "SET CONSTRAINTS pg_temp.opsmig_refuse DEFERRED")
    raw_rows(connection, "DELETE FROM pg_temp.opsmig_rehearsal")
    raw_rows(connection, "INSERT INTO pg_temp.opsmig_rehearsal VALUES (true)")


def settle(connection: Any) -> None:
    """Check what the project's own deferred constraints put off, as a commit would.

    What stays pending would keep the next leg from altering the table. Constraints are named one
    by one: ALL would fire our own trigger and change what later ones start as. Raises what the
    driver raises for rows that break one.
    """
    found = raw_rows(connection, _DEFERRABLE)
    if not found:
        return
    raw_rows(connection, f"SET CONSTRAINTS {', '.join(name for name, _ in found)} IMMEDIATE")
    deferred = [name for name, initially in found if initially]
    if deferred:
        raw_rows(connection, f"SET CONSTRAINTS {', '.join(deferred)} DEFERRED")
