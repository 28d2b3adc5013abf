"""Rules about columns that make PostgreSQL write or read a whole table under its strongest lock."""

from __future__ import annotations

from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import ColumnType, Operation
from opsmig_tui.review.renames import table_facts
from opsmig_tui.review.rewrites import rewrites
from opsmig_tui.review.rules.base import Example, Rule, column_of, flag
from opsmig_tui.review.rules.lock_words import each, in_use, waits
from opsmig_tui.review.rules.proofs import may_restate, proved_not_null
from opsmig_tui.review.subject import Subject
from opsmig_tui.review.types import sql_type

_MEASURED = "relfilenode and debug notices measured on 15 and 18"


def _volatile_default(subject: Subject, item: Operation) -> Finding | None:
    if item.kind != "add_column" or item.columns[0].fill != "volatile":
        return None
    if not in_use(subject, item):
        return None
    return flag(
        "volatile-default",
        "warning",
        item,
        f"Adds {column_of(item)} with a default that differs from row to row.",
        f"PostgreSQL computes it for every row and writes the table anew, during which "
        f"{waits(item, subject.version)}.",
        "Add the column without the default, set the default with alter_column for new rows, and "
        "fill the old rows in batches.",
    )


_REWRITING = {
    "identity": "an identity column",
    "serial": "a serial column",
    "stored": "a stored generated column",
    "generated": "a stored generated column",
}


def _rewriting_column(subject: Subject, item: Operation) -> Finding | None:
    if item.kind != "add_column" or item.columns[0].fill == "volatile":
        return None
    what = _REWRITING.get(item.columns[0].fill, "")
    if item.columns[0].fill == "generated" and (subject.version or 0) >= 18:
        return None  # VIRTUAL, or STORED where SQLAlchemy is older than 2.1
    if not what and _constrained(subject, item):
        what = "a column of a domain with constraints"
    if not what or not in_use(subject, item):
        return None
    instead = "Add a plain column and fill it in batches"
    if "generated" in what:
        instead += "; from PostgreSQL 18 on a VIRTUAL generated column writes nothing"
    return flag(
        "rewriting-column",
        "warning",
        item,
        f"Adds {column_of(item)}, {what}.",
        f"PostgreSQL writes every row of the table anew, during which "
        f"{waits(item, subject.version)}.",
        f"{instead}.",
    )


def _constrained(subject: Subject, item: Operation) -> bool:
    """The column's type is a domain with constraints, as far as this migration tells."""
    found = item.columns[0].type
    if found is None:
        return False
    if found.constrained:
        return True
    name = found.text.rsplit(".", 1)[-1].strip('"')
    return not found.name and any(
        other.object_type == "domain" and other.name == name and other.constraints
        for other in subject.earlier(item, "create_object")
    )


def _set_not_null(subject: Subject, item: Operation) -> Finding | None:
    change = item.change
    if change is None or change.nullable is not False or change.existing_nullable is False:
        return None
    if not in_use(subject, item) or subject.before(item).has_column(item, item.column):
        return None
    old = subject.version is not None and subject.version < 12
    if (not old and proved_not_null(subject, item)) or may_restate(subject, item):
        return None
    remedy = (
        "Run it when nobody uses the table: before PostgreSQL 12 nothing spares the scan."
        if old
        else f"Fill the NULLs, add CHECK ({item.column or '…'} IS NOT NULL) NOT VALID, VALIDATE it "
        "in another transaction, then SET NOT NULL: the proof spares the scan."
    )
    if subject.version is not None and subject.version >= 18:
        remedy = (
            f"Fill the NULLs, add the constraint NOT NULL {item.column or '…'} NOT VALID, and "
            "VALIDATE it in another transaction."
        )
    return flag(
        "set-not-null",
        "warning",
        item,
        f"Sets {column_of(item)} NOT NULL, which reads all rows of the table.",
        f"During the scan {waits(item, subject.version)}.",
        remedy,
    )


def _type_change(subject: Subject, item: Operation) -> Finding | None:
    change = item.change
    if change is None or change.type is None or not in_use(subject, item):
        return None
    if subject.before(item).has_column(item, item.column):
        return None
    old = change.existing_type
    if old is None or not old.name:
        old = _in_database(subject, item) or old
    new = change.type
    decided = rewrites(old, new, change.using)
    if decided is None and old is not None and {old.name, new.name} == _ZONES:
        return _time_zone(subject, item)
    if not decided:
        return None
    return flag(
        "type-change-rewrite",
        "warning",
        item,
        f"Changes the type of {column_of(item)} to {new.text}, which rewrites the table.",
        f"Every row and every index of it is written anew, during which "
        f"{waits(item, subject.version)}.",
        "Add a column of the new type, fill it in batches, let the code move over, and drop the "
        "old one a release later.",
    )


_ZONES = {"timestamp without time zone", "timestamp with time zone"}


def _time_zone(subject: Subject, item: Operation) -> Finding | None:
    settings = subject.earlier(item, "sql")
    if any(i.object_type == "set" and i.name in ("timezone", "time") for i in settings):
        return None
    return flag(
        "type-change-rewrite",
        "note",
        item,
        f"Changes {column_of(item)} between timestamp and timestamptz, which rewrites the table "
        "unless the session's TimeZone is UTC.",
        f"In any other time zone every row is written anew, during which "
        f"{waits(item, subject.version)}; and the values are taken to be of that zone.",
        "Before it, run SET LOCAL timezone = 'UTC', if the values are in UTC.",
    )


def _in_database(subject: Subject, item: Operation) -> ColumnType | None:
    """The column's type now, where this has not run yet."""
    if subject.facts.applied or item.context.direction == "downgrade":
        return None
    table = table_facts(subject.facts, item.table, item.schema)
    for column in table.columns if table is not None else ():
        if column.name == item.column and column.enum is None:
            return sql_type(column.type)
    return None


RULES = (
    Rule(
        "volatile-default",
        "warning",
        "locking",
        "A column is added with a default such as gen_random_uuid(), random() or "
        "clock_timestamp(): PostgreSQL has to compute it for each row and rewrites the table under "
        "ACCESS EXCLUSIVE. Constants and now() are computed once and free since PostgreSQL 11. Not "
        "said where the function is not known.",
        each(_volatile_default),
        fires=Example(
            """
            op.add_column("a", sa.Column("b", sa.Float(), server_default=sa.func.random()))  #!
            """
        ),
        silent=Example(
            """
            op.add_column("a", sa.Column("b", sa.DateTime(), server_default=sa.text("now()")))
            op.add_column("a", sa.Column("c", sa.Integer(), server_default="0", nullable=False))
            """
        ),
        source=f"PostgreSQL documentation: ALTER TABLE, Notes; {_MEASURED}",
    ),
    Rule(
        "rewriting-column",
        "warning",
        "locking",
        "A column is added whose value has to be written into every row: identity, serial, a "
        "stored generated column, or a domain with constraints, with a default or without. A "
        "virtual generated column (PostgreSQL 18) writes nothing.",
        each(_rewriting_column),
        fires=Example(
            """
            op.add_column("a", sa.Column("b", sa.Integer(), sa.Identity()))  #!
            op.add_column("a", sa.Column("c", sa.Text(), sa.Computed("d", persisted=True)))  #!
            """
        ),
        silent=Example(
            """
            op.add_column("a", sa.Column("c", sa.Integer(), sa.Computed("d * 2", persisted=False)))
            op.create_table("t", sa.Column("id", sa.Integer(), sa.Identity(), primary_key=True))
            """
        ),
        source=f"PostgreSQL documentation: ALTER TABLE, Notes; {_MEASURED}",
    ),
    Rule(
        "set-not-null",
        "warning",
        "locking",
        "SET NOT NULL reads the whole table under ACCESS EXCLUSIVE. From PostgreSQL 12 on a valid "
        "CHECK (column IS NOT NULL) proves it without a scan. Not said of a column or table made "
        "in the same revision.",
        each(_set_not_null),
        fires=Example(
            """
            op.execute("UPDATE a SET b = 0 WHERE b IS NULL")
            op.alter_column("a", "b", existing_type=sa.Integer(), nullable=False)  #!
            """
        ),
        silent=Example(
            """
            with op.get_context().autocommit_block():
                op.execute("ALTER TABLE a ADD CONSTRAINT c CHECK (b IS NOT NULL) NOT VALID")
                op.execute("ALTER TABLE a VALIDATE CONSTRAINT c")
            op.alter_column("a", "b", existing_type=sa.Integer(), nullable=False)
            """
        ),
        source=f"PostgreSQL documentation: ALTER TABLE, SET NOT NULL; {_MEASURED}",
    ),
    Rule(
        "type-change-rewrite",
        "warning",
        "locking",
        "Changing a column's type rewrites the table and its indexes under ACCESS EXCLUSIVE. It "
        "does not for a wider varchar, varchar to text, text to varchar without a length, numeric "
        "with more digits at the same scale, timestamps with more digits, cidr to inet; between "
        "timestamp and timestamptz only where the session's TimeZone is UTC. Not said where the "
        "old type is not known.",
        each(_type_change),
        fires=Example(
            """
            op.alter_column("a", "b", existing_type=sa.Integer(), type_=sa.BigInteger())  #!
            op.alter_column("a", "c", existing_type=sa.Integer(), type_=sa.Text())  #!
            """
        ),
        silent=Example(
            """
            op.alter_column("a", "b", existing_type=sa.String(20), type_=sa.String(40))
            op.alter_column("a", "c", existing_type=sa.String(20), type_=sa.Text())
            """
        ),
        source=f"PostgreSQL documentation: ALTER TABLE, Notes; {_MEASURED}",
    ),
)
