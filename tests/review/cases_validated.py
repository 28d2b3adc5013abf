"""Cases of constraints that are validated over the rows of now."""
# ruff: noqa: E501 - a mark must stand on the line it is about

from __future__ import annotations

from dataclasses import replace

from opsmig_tui.review.model import Facts
from opsmig_tui.worker.protocol import (
    ConstraintFacts,
    DatabaseFacts,
    Probe,
    ProbeAnswer,
    TableFacts,
)
from tests.review.case import Case
from tests.review.cases_live import earlier

ORPHANS = Probe("orphans", "t", None, ("u_id",), "u", "ops", ("id",))
HERE = replace(ORPHANS, referent_schema=None)
MISFITS = Probe("misfits", "t", None, ("a", "b"), value="ck")
NULLS = Probe("nulls", "t", columns=("a",))
KEY = "FOREIGN KEY (u_id) REFERENCES ops.u(id) ON DELETE CASCADE"
CHECK = "CHECK ((a > b))"


def kept(*definitions: str, number: int = 3) -> Facts:
    """The table t with these constraints, each called after its kind, and rows that break each."""
    constraints = tuple(
        ConstraintFacts("foreign", "fk", ("u_id",), text)
        if text.startswith("FOREIGN")
        else ConstraintFacts("check", "ck", ("a", "b"), text)
        for text in definitions
    )
    database = DatabaseFacts(
        "postgresql", 160000, (TableFacts("public", "t", (), constraints),), ()
    )
    probes = (ORPHANS, HERE, MISFITS, NULLS)
    return Facts(
        live={probe: ProbeAnswer(probe, number) for probe in probes},
        database=database,
        applied=False,
    )


VALIDATE_KEY = 'op.execute("ALTER TABLE t VALIDATE CONSTRAINT fk")'
VALIDATE_CHECK = 'op.execute("ALTER TABLE t VALIDATE CONSTRAINT ck")'
ADD_KEY = 'op.create_foreign_key("fk", "t", "u", ["u_id"], ["id"], postgresql_not_valid=True)  #! fk-without-index'
ADD_CHECK = 'op.create_check_constraint("ck", "t", "{}", postgresql_not_valid=True)'
BLOCK = """
{add}
with op.get_context().autocommit_block():
    {validate}
"""


def block(add: str, validate: str) -> str:
    return BLOCK.format(add=add, validate=validate)


_DROP_KEY = 'op.drop_constraint("fk", "t", type_="foreignkey")'
_DROP_CHECK = 'op.drop_constraint("ck", "t", type_="check")'

CASES = [
    Case(
        "fk-orphans: a key is validated",
        f"{VALIDATE_KEY}  #! fk-orphans",
        facts=kept(f"{KEY} NOT VALID"),
    ),
    Case("near: the key is valid already", VALIDATE_KEY, facts=kept(KEY)),
    Case("near: a key that nobody knows", VALIDATE_KEY, facts=kept()),
    Case(
        "near: every row of the key has a parent",
        VALIDATE_KEY,
        facts=kept(f"{KEY} NOT VALID", number=0),
    ),
    Case(
        "fk-orphans: a key is added and then validated",
        block(ADD_KEY, f"{VALIDATE_KEY}  #! fk-orphans"),
        _DROP_KEY,
        facts=kept(),
    ),
    Case(
        "near: its rows are cleaned between",
        block(f"{ADD_KEY}\nop.execute('DELETE FROM t WHERE u_id = 7')", VALIDATE_KEY),
        _DROP_KEY,
        facts=kept(),
    ),
    Case(
        "near: the key's columns are not decided",
        block(ADD_KEY.replace('["id"]', "[os.environ['KEY']]"), VALIDATE_KEY),
        _DROP_KEY,
        top="import os",
        facts=kept(),
    ),
    Case(
        "near: the key was dropped and made anew by what is not read",
        f"{_DROP_KEY}  #! drop-constraint-unreplaced\n{VALIDATE_KEY}",
        facts=kept(f"{KEY} NOT VALID"),
    ),
    Case(
        "fk-orphans: added by a pending revision before",
        f"{VALIDATE_KEY}  #! fk-orphans, validate-same-transaction",
        facts=replace(kept(), pending_before=earlier(ADD_KEY).pending_before),
    ),
    Case(
        "check-on-violations: validated",
        f"{VALIDATE_CHECK}  #! check-on-violations",
        facts=kept(f"{CHECK} NOT VALID"),
    ),
    Case("near: the check is valid already", VALIDATE_CHECK, facts=kept(CHECK)),
    Case("near: no row breaks it", VALIDATE_CHECK, facts=kept(f"{CHECK} NOT VALID", number=0)),
    Case(
        "near: they are mended before",
        f'op.execute("UPDATE t SET a = b + 1 WHERE a <= b")\n{VALIDATE_CHECK}',
        facts=kept(f"{CHECK} NOT VALID"),
    ),
    Case(
        "check-on-violations: NOT NULL by a check",
        block(ADD_CHECK.format("a IS NOT NULL"), f"{VALIDATE_CHECK}  #! check-on-violations"),
        _DROP_CHECK,
        facts=kept(),
    ),
    Case(
        "near: the NULLs are filled between",
        block(
            ADD_CHECK.format("a IS NOT NULL")
            + "\nop.execute('UPDATE t SET a = 1 WHERE a IS NULL')  #! work-after-ax",
            VALIDATE_CHECK,
        ),
        _DROP_CHECK,
        facts=kept(),
    ),
    Case(
        "near: a condition that only the migration has is not run",
        block(ADD_CHECK.format("a > b"), VALIDATE_CHECK),
        _DROP_CHECK,
        facts=kept(),
    ),
    Case(
        "check-on-violations: checked at once",
        'op.create_check_constraint("ck", "t", "a IS NOT NULL")  #! check-on-violations, check-validated',
        _DROP_CHECK,
        facts=kept(),
    ),
    Case(
        "near: another column may be set",
        'op.create_check_constraint("ck", "t", "a IS NOT NULL OR b IS NOT NULL")  #! check-validated',
        _DROP_CHECK,
        facts=kept(),
    ),
]
