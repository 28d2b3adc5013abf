"""Statements that reach beyond their database, and those that only look so."""

import pytest

from opsmig_tui.worker.outside import reaches_outside

REACHING = [
    "CREATE ROLE reader",
    "/* quietly */ create user x with password 'y'",
    "SELECT 1; DROP DATABASE ops",
    "ALTER DATABASE ops SET work_mem = '1GB'",
    "ALTER SYSTEM SET max_connections = 5",
    "CREATE TABLESPACE fast LOCATION '/mnt'",
    "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p",
    "CREATE USER MAPPING FOR ops SERVER other",
    "IMPORT FOREIGN SCHEMA public FROM SERVER other INTO x",
    "GRANT reader TO ops",
    "GRANT CONNECT ON DATABASE ops TO reader",
    "REASSIGN OWNED BY a TO b",
    "COMMENT ON DATABASE ops IS 'x'",
    "COPY ops.vendor TO PROGRAM 'cat > /tmp/x'",
    "COPY ops.vendor FROM '/tmp/x.csv'",
    "COPY (SELECT 1) TO '/tmp/x'",
    "SELECT dblink_exec('dbname=ops', 'DELETE FROM ops.vendor')",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/x')",
    "LOAD 'library'",
    "DO $$ BEGIN CREATE ROLE reader; END $$",
    "DO $$ BEGIN IF true THEN ALTER ROLE ops SUPERUSER; END IF; END $$",
    "DO $$ BEGIN EXECUTE 'DROP DATABASE ops'; END $$",
    "DO $x$ BEGIN EXECUTE format('CREATE USER %I', 'x'); END $x$",
    "DO $$ DECLARE c text := 'CREATE ROLE x'; BEGIN EXECUTE c; END $$",
    "DO $$ BEGIN EXECUTE $q$DROP ROLE x$q$; END $$",
    # What one kind of quoting or comment holds does not hide what stands after it.
    "INSERT INTO log VALUES ('a -- b'); DROP ROLE x",
    "SELECT '/*'; ALTER SYSTEM SET a = 1; SELECT '*/'",
    "SELECT E'\\''; CREATE ROLE x; SELECT ''",
    "COMMENT ON TABLE t IS $$it's$$; CREATE ROLE x; SELECT 'a'",
    "SELECT 1 AS \"it's\"; CREATE ROLE x; SELECT 'a'",
    "DO $$ BEGIN RAISE NOTICE 'it is -- so'; CREATE ROLE x; END $$",
]
STAYING = [
    "CREATE TABLE role (id integer)",
    'ALTER TABLE ops.vendor DROP "user"',
    "ALTER TABLE ops.vendor ADD COLUMN database text",
    "INSERT INTO log VALUES ('CREATE ROLE reader')",
    "-- DROP DATABASE ops\nSELECT 1",
    "-- it's\nINSERT INTO log VALUES ('; CREATE ROLE x')",
    "INSERT INTO log VALUES (E'it\\'s; CREATE ROLE x')",
    "GRANT SELECT ON ops.vendor TO reader",
    "REVOKE ALL ON SCHEMA ops FROM PUBLIC",
    "COMMENT ON TABLE ops.vendor IS 'ALTER SYSTEM'",
    "COPY ops.vendor FROM STDIN",
    "SET ROLE reader",
    "CREATE EXTENSION citext",
    "CREATE POLICY p ON ops.vendor TO reader USING (true)",
    "DO $$ BEGIN UPDATE ops.vendor SET name = 'x'; END $$",
    "CREATE TRIGGER t BEFORE UPDATE ON ops.vendor FOR EACH ROW EXECUTE FUNCTION ops.f()",
]


@pytest.mark.parametrize("sql", REACHING)
def test_reaching(sql: str) -> None:
    assert reaches_outside(sql)


@pytest.mark.parametrize("sql", STAYING)
def test_staying(sql: str) -> None:
    assert reaches_outside(sql) == ""
