"""Bad migrations: each kind of residue, failure and lock, caught at the line marked ``# here``."""

from pathlib import Path

import pytest

from opsmig_tui.demo import server as embedded
from opsmig_tui.schema.residue import residue
from opsmig_tui.worker.protocol import RehearsedStatement
from tests.support.once import once
from tests.worker.rehearsals import Case, Outcome, project_at_head, rehearse_all


def sql(*statements: str) -> str:
    return "\n".join(f'op.execute("""{one}""")' for one in statements)


def here(statement: str) -> str:
    return f"{sql(statement)}  # here"


TABLE = "CREATE TABLE ops.spare (id integer PRIMARY KEY, code text NOT NULL DEFAULT 'x')"
# name → upgrade, downgrade, and words of the residue.
RESIDUE = {
    "a table stays": (here(TABLE), "pass", "ops.spare is left behind"),
    "a column stays": (here("ALTER TABLE ops.vendor ADD nick text"), "pass", "column nick"),
    "a column comes back as another type": (
        here("ALTER TABLE ops.vendor ALTER rating TYPE bigint"),
        sql("ALTER TABLE ops.vendor ALTER rating TYPE integer"),
        "column rating",
    ),
    "NOT NULL stays": (
        here("ALTER TABLE ops.work_order ALTER due_on DROP NOT NULL"),
        "pass",
        "column due_on",
    ),
    "a default stays": (
        here("ALTER TABLE ops.vendor ALTER name SET DEFAULT 'nobody'"),
        "pass",
        "column name",
    ),
    "an index stays": (here("CREATE INDEX spare_ix ON ops.vendor (name)"), "pass", "spare_ix"),
    "a constraint stays": (
        here("ALTER TABLE ops.vendor ADD CONSTRAINT spare_ck CHECK (id > 0)"),
        "pass",
        "spare_ck",
    ),
    "a key stays": (
        here("ALTER TABLE ops.vendor ADD CONSTRAINT spare_fk FOREIGN KEY (id) "
             "REFERENCES ops.vendor (id) ON DELETE CASCADE"),
        "pass",
        "spare_fk",
    ),
    "a type stays": (here("CREATE TYPE ops.spare_state AS ENUM ('a', 'b')"), "pass", "spare_state"),
    "a sequence stays": (here("CREATE SEQUENCE ops.spare_seq"), "pass", "spare_seq"),
    "a view stays": (here("CREATE VIEW ops.spare_v AS SELECT 1 AS one"), "pass", "spare_v"),
    "a function stays": (
        here("CREATE FUNCTION ops.spare_f() RETURNS integer LANGUAGE sql AS 'SELECT 1'"),
        "pass",
        "spare_f",
    ),
    "a trigger stays": (
        sql("CREATE FUNCTION ops.spare_f() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RETURN NEW; END'")
        + "\n"
        + here("CREATE TRIGGER spare_t BEFORE UPDATE ON ops.site FOR EACH ROW "
               "EXECUTE PROCEDURE ops.spare_f()"),
        sql("DROP FUNCTION ops.spare_f CASCADE", "CREATE FUNCTION ops.spare_f() RETURNS trigger "
            "LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'", "CREATE TRIGGER spare_t BEFORE UPDATE "
            "ON ops.site FOR EACH STATEMENT EXECUTE PROCEDURE ops.spare_f()"),
        "spare_t",
    ),
    "a comment stays": (here("COMMENT ON TABLE ops.vendor IS 'spare'"), "pass", "omment"),
    "a privilege stays": (here("GRANT SELECT ON ops.vendor TO PUBLIC"), "pass", "rivileges"),
    "a schema stays": (here("CREATE SCHEMA spare"), "pass", "schema spare"),
    "a column stands at the end": (
        here("ALTER TABLE ops.vendor DROP COLUMN name CASCADE"),
        sql("ALTER TABLE ops.vendor ADD name text NOT NULL DEFAULT ''"),
        "name",
    ),
    "a name stays": (
        here("ALTER TABLE ops.vendor RENAME COLUMN rating TO stars"),
        "pass",
        "stars",
    ),
}  # fmt: skip
# name → upgrade, downgrade, number of the leg that fails, words of the server or of Python.
FAILURES = {
    "NOT NULL over rows": (
        here("ALTER TABLE ops.vendor ADD nick text NOT NULL"), "pass", 0, "contains null values",
    ),
    "a key that repeats": (
        here("CREATE UNIQUE INDEX spare_ix ON ops.vendor (country)"), "pass", 0, "could not create",
    ),
    "a check that rows break": (
        here("ALTER TABLE ops.vendor ADD CHECK (id < 0)"), "pass", 0, "violated by some row",
    ),
    "a table that is not there": (here("ALTER TABLE ops.nowhere ADD x int"), "pass", 0, "nowhere"),
    "a syntax error": (here("ALTER TABEL ops.vendor ADD x int"), "pass", 0, "syntax error"),
    "a Python error": ("raise ValueError('spare')  # here", "pass", 0, "spare"),
    "a deferred key that the commit would refuse": (
        sql("CREATE TABLE ops.spare (vendor bigint REFERENCES ops.vendor (id) "
            "DEFERRABLE INITIALLY DEFERRED)", "INSERT INTO ops.spare VALUES (-1)"),
        "pass", 0, "violates foreign key",
    ),
    "a downgrade that is not written": (
        sql(TABLE), "raise NotImplementedError  # here", 1, "NotImplementedError",
    ),
    "a downgrade of what is not there": (
        sql(TABLE), here("DROP TABLE ops.spares"), 1, "does not exist",
    ),
    "a downgrade that others depend on": (
        sql(TABLE, "CREATE VIEW ops.spare_v AS SELECT * FROM ops.spare"),
        here("DROP TABLE ops.spare"), 1, "depend on it",
    ),
    "an upgrade that goes only once": (here(TABLE), "pass", 2, "already exists"),
    "CONCURRENTLY in the transaction": (
        here("CREATE INDEX CONCURRENTLY spare_ix ON ops.vendor (name)"), "pass", 0,
        "cannot run inside a transaction",
    ),
}  # fmt: skip
# name → upgrade, the lock, and what is done to the table besides: a field of TableWork.
LOCKS = {
    "a rewrite": (
        here("ALTER TABLE ops.work_order ALTER id TYPE numeric"),
        "ops.work_order", "ACCESS EXCLUSIVE", "rewritten",
    ),
    "a volatile default": (
        here("ALTER TABLE ops.work_order ADD token uuid DEFAULT gen_random_uuid()"),
        "ops.work_order", "ACCESS EXCLUSIVE", "rewritten",
    ),
    "a scan for NOT NULL": (
        sql("ALTER TABLE ops.work_order ADD spare int NOT NULL DEFAULT 1")
        + "\n"
        + here("ALTER TABLE ops.agreement ALTER currency DROP NOT NULL, ADD CHECK (id > 0)"),
        "ops.agreement", "ACCESS EXCLUSIVE", "scanned",
    ),
    "an index that blocks writes": (
        here("CREATE INDEX spare_ix ON ops.work_order (due_on)"),
        "ops.work_order", "SHARE", "scanned",
    ),
    "a key that locks its parent": (
        sql("CREATE TABLE ops.spare (vendor bigint)")
        + "\n"
        + here("ALTER TABLE ops.spare ADD FOREIGN KEY (vendor) REFERENCES ops.vendor (id)"),
        "ops.vendor", "SHARE ROW EXCLUSIVE", "",
    ),
    "all rows updated": (
        here("UPDATE ops.work_order SET priority = 1"),
        "ops.work_order", "ROW EXCLUSIVE", "updated",
    ),
    "all rows deleted": (
        here("DELETE FROM ops.agreement_history"),
        "ops.agreement_history", "ROW EXCLUSIVE", "deleted",
    ),
    "a table emptied": (
        here("TRUNCATE ops.agreement_history"),
        "ops.agreement_history", "ACCESS EXCLUSIVE", "emptied",
    ),
    "a table dropped": (
        here("DROP TABLE ops.agreement_history CASCADE"),
        "ops.agreement_history", "ACCESS EXCLUSIVE", "",
    ),
    "an index built anew": (
        here("REINDEX INDEX ops.ix_vendor_name"), "ops.ix_vendor_name", "ACCESS EXCLUSIVE", "",
    ),
    "a lock by itself": (
        here("LOCK TABLE ops.vendor IN EXCLUSIVE MODE"), "ops.vendor", "EXCLUSIVE", "",
    ),
}  # fmt: skip
CASES = {
    **{name: Case(up, down) for name, (up, down, _) in RESIDUE.items()},
    **{name: Case(up, down) for name, (up, down, _, _) in FAILURES.items()},
    **{name: Case(up) for name, (up, _, _, _) in LOCKS.items()},
}


@pytest.fixture(scope="module")
def outcomes(
    postgres: embedded.Server,
    role_password: str,
    files_template: Path,
    head_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Outcome]:
    def work() -> dict[str, Outcome]:
        folder, given = tmp_path_factory.mktemp("bad"), (files_template, head_template)
        with project_at_head(postgres, role_password, *given, folder) as sample:
            return rehearse_all(sample, CASES)

    return once(tmp_path_factory, "bad", work)


def statement(found: Outcome, leg: int) -> RehearsedStatement:
    return next(one for one in found.legs[leg].statements if one.line == found.line)


def test_nothing_stays_of_any_of_them(outcomes: dict[str, Outcome]) -> None:
    assert [name for name, one in outcomes.items() if not one.untouched] == []
    assert [
        name for name, one in outcomes.items() if not (one.result and one.result.unchanged)
    ] == []


@pytest.mark.parametrize("name", RESIDUE)
def test_residue_is_told_at_the_line_that_made_it(outcomes: dict[str, Outcome], name: str) -> None:
    found, words = outcomes[name], RESIDUE[name][2]
    assert found.result is not None
    assert [leg.outcome for leg in found.legs[:2]] == ["ok", "ok"], found.legs[-1].failed
    (trip,) = found.result.round_trips
    told = residue(trip.residue, found.legs[0].statements)
    assert any(line == found.line and words in text for line, text, _ in told), told


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_told_with_leg_line_and_words(outcomes: dict[str, Outcome], name: str) -> None:
    found, (_, _, leg, words) = outcomes[name], FAILURES[name]
    assert [one.outcome for one in found.legs] == [*(["ok"] * leg), "failed"]
    failed = found.legs[leg].failed
    assert failed is not None
    assert words in failed.message + failed.detail
    assert (failed.line or 0) == found.line


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_told_at_the_statement_that_takes_it(
    outcomes: dict[str, Outcome], name: str
) -> None:
    found, (_, relation, mode, work) = outcomes[name], LOCKS[name]
    assert found.legs[0].outcome == "ok", found.legs[0].failed
    one = statement(found, 0)
    assert (relation, mode) in [(lock.relation, lock.mode) for lock in one.locks]
    if work:
        (done,) = [item for item in one.work if item.relation == relation]
        assert getattr(done, work)
        assert done.rewritten is (work == "rewritten")
