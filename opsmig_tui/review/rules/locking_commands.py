"""Rules about commands that rewrite a table or lock it without changing its definition."""

from __future__ import annotations

from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.rules.base import Example, Rule, flag, table_of
from opsmig_tui.review.rules.lock_words import each, in_use, waits
from opsmig_tui.review.subject import Subject

_REWRITES = {
    "vacuum full": "VACUUM FULL",
    "cluster": "CLUSTER",
    "set unlogged": "SET UNLOGGED",
    "set logged": "SET LOGGED",
    "set tablespace": "SET TABLESPACE",
    "set access method": "SET ACCESS METHOD",
}


def _rewrite(subject: Subject, item: Operation) -> Finding | None:
    if item.kind != "sql" or not in_use(subject, item):
        return None
    what = _REWRITES.get(item.object_type)
    if item.object_type == "reindex" and item.concurrently is False:
        about = table_of(item) if item.table else item.name or "an index"
        return flag(
            "rewrite-command",
            "error",
            item,
            f"Runs REINDEX on {about}, which builds indexes anew while writes wait.",
            "REINDEX holds SHARE on the table and ACCESS EXCLUSIVE on its indexes: writes wait, "
            "and so do most reads, since planning a query looks at every index.",
            "Run REINDEX CONCURRENTLY outside of migrations, or in an autocommit_block.",
        )
    if what is None:
        return None
    fails = item.object_type == "vacuum full" and not item.context.autocommit
    blocked = waits(item, subject.version)
    return flag(
        "rewrite-command",
        "error",
        item,
        f"Runs {what} on {table_of(item) if item.table else 'every table'}, which rewrites all "
        "of it.",
        "VACUUM cannot run in a transaction, so it fails."
        if fails
        else f"For as long as that takes {blocked}.",
        "Keep it out of migrations: run it by hand when the table can be spared.",
    )


def _heavy(subject: Subject, item: Operation) -> Finding | None:
    what = _heavy_words(subject, item)
    if what is None or not in_use(subject, item):
        return None
    done, remedy = what
    return flag(
        "heavy-command",
        "warning",
        item,
        f"{done}.",
        f"Until the transaction ends {waits(item, subject.version)}.",
        remedy,
    )


def _heavy_words(subject: Subject, item: Operation) -> tuple[str, str] | None:
    table = table_of(item)
    if item.kind == "create_object" and item.object_type == "trigger" and not item.replace:
        remedy = "Set a lock_timeout, and create the trigger in a transaction of its own."
        return f"Creates trigger {item.name or ''} on {table}".replace("  ", " "), remedy
    if item.kind != "sql":
        return None
    mode = item.values[0] if item.values else ""
    match item.object_type:
        case "lock" if mode in ("share", "share row exclusive", "exclusive", "access exclusive"):
            return (
                f"Locks {table} in {mode.upper()} mode",
                "Leave it out if a weaker lock does, and set a lock_timeout.",
            )
        case "refresh" if item.concurrently is False:
            return (
                f"Refreshes materialized view {table}",
                "REFRESH MATERIALIZED VIEW CONCURRENTLY (it needs a unique index), or refresh it "
                "outside of the migration.",
            )
        case "attach partition" if not subject.before(item).made_table(item.name):
            return (
                f"Attaches partition {item.name or ''} to {table}",
                "Before it, add a CHECK with the partition's bounds as NOT VALID and VALIDATE it: "
                "then ATTACH needs no scan.",
            )
        case "detach partition" if item.concurrently is False:
            return (
                f"Detaches partition {item.name or ''} of {table}",
                "DETACH PARTITION … CONCURRENTLY in an autocommit_block (PostgreSQL 14).",
            )
    return None


RULES = (
    Rule(
        "rewrite-command",
        "error",
        "locking",
        "VACUUM FULL, CLUSTER, SET UNLOGGED or LOGGED, SET TABLESPACE and SET ACCESS METHOD write "
        "a table anew under ACCESS EXCLUSIVE; REINDEX locks it against writes and its indexes "
        "against everything. They are maintenance, and no part of a migration.",
        each(_rewrite, both=True),
        fires=Example("""op.execute("CLUSTER a USING ix_a_b")  #!"""),
        silent=Example(
            """
            with op.get_context().autocommit_block():
                op.execute("REINDEX TABLE CONCURRENTLY a")
                op.execute("VACUUM (ANALYZE) a")
            """
        ),
        source="PostgreSQL documentation: VACUUM, CLUSTER, REINDEX, ALTER TABLE; measured on 15 "
        "and 18",
    ),
    Rule(
        "heavy-command",
        "warning",
        "locking",
        "LOCK TABLE, CREATE TRIGGER, ATTACH and DETACH PARTITION and REFRESH MATERIALIZED VIEW "
        "keep others waiting until the transaction ends. Not said of what the same revision "
        "created, nor of the concurrent forms.",
        each(_heavy, both=True),
        fires=Example("""op.execute("REFRESH MATERIALIZED VIEW v")  #!"""),
        silent=Example("""op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY v")"""),
        source="PostgreSQL documentation: Explicit Locking, and each command's page; locks "
        "measured on 15 and 18",
    ),
)
