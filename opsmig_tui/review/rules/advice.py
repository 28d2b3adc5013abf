"""Notes on new columns and keys that work, and will be regretted."""

from __future__ import annotations

from collections.abc import Iterator

from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Column, Operation, qualified, same_table
from opsmig_tui.review.renames import table_facts
from opsmig_tui.review.rules.base import Example, Rule, flag, listed, table_of
from opsmig_tui.review.subject import Subject

KEY, JSON = "fk-without-index", "json-column"


def _key_without_index(subject: Subject) -> Iterator[Finding]:
    seen: set[tuple[str | None, tuple[str, ...]]] = set()
    for item in subject.migration.upgrade:
        if item.table is None or not subject.locks(item):
            continue
        bare = [columns for columns in _keys(subject, item) if (item.table, columns) not in seen]
        bare = [columns for columns in bare if not _indexed(subject, item, columns)]
        seen |= {(item.table, columns) for columns in bare}
        if bare:
            names = listed("(" + ", ".join(columns) + ")" for columns in bare)
            yield flag(
                KEY,
                "note",
                item,
                f"No index on {table_of(item)} {names} that refers to another table.",
                "Deleting or re-keying a row there scans the whole of this table.",
                f'Add op.create_index(…, "{item.table}", ["{bare[0][0]}"]), unless parents never '
                "go.",
            )


def _keys(subject: Subject, item: Operation) -> Iterator[tuple[str, ...]]:
    """The columns of new foreign keys, as far as everything on their table can be known."""
    if item.kind in ("create_table", "add_column"):
        for column in item.columns:
            if column.foreign_key is not None and column.name is not None:
                yield (column.name,)
        if item.kind == "create_table":
            yield from (c.columns for c in item.constraints if c.kind == "foreign" and c.columns)
    elif item.kind == "create_constraint" and item.object_type == "foreign" and item.column_names:
        made = subject.before(item)
        new = made.has_table(item) or made.column(item, item.column_names[0]) is not None
        if new or table_facts(subject.facts, item.table, item.schema) is not None:
            yield item.column_names


def _indexed(subject: Subject, item: Operation, columns: tuple[str, ...]) -> bool:
    """An index begins with these columns, in any order."""
    if not subject.all_told("upgrade", item.table):
        return True
    wanted = set(columns)
    return any(set(found[: len(columns)]) == wanted for found in _indexes(subject, item))


def _indexes(subject: Subject, item: Operation) -> Iterator[tuple[str, ...]]:
    for other in subject.on_table("upgrade", item.table):
        if not same_table(other, item):
            continue
        if other.kind in ("create_index", "create_constraint") and other.object_type != "foreign":
            yield other.column_names
        primary = tuple(c.name for c in other.columns if c.primary_key and c.name is not None)
        if primary:
            yield primary
        yield from ((c.name,) for c in other.columns if c.name and (c.index or c.unique))
        yield from (c.columns for c in other.constraints if c.kind in ("unique", "primary"))
    table = table_facts(subject.facts, item.table, item.schema)
    for fact in table.constraints if table is not None else ():
        if fact.kind in ("index", "unique", "primary"):
            yield fact.columns


def _json(subject: Subject) -> Iterator[Finding]:
    for item in subject.migration.upgrade:
        if item.kind not in ("create_table", "add_column") or not subject.locks(item):
            continue
        names = [column.name or "…" for column in item.columns if _is_json(column)]
        if names:
            yield flag(
                JSON,
                "note",
                item,
                f"Column {listed(qualified(name, item.table) for name in names)} is JSON, "
                "not JSONB.",
                "PostgreSQL's json has no equality: no DISTINCT, no GROUP BY, no GIN index.",
                "Use postgresql.JSONB, unless the text has to be kept to the letter.",
            )


def _is_json(column: Column) -> bool:
    return column.type is not None and column.type.name == "json"


RULES = (
    Rule(
        KEY,
        "note",
        "correctness",
        "A new foreign key's columns begin no index. PostgreSQL makes none by itself: deleting a "
        "row of the parent, or changing its key, then scans the whole child table.",
        _key_without_index,
        fires=Example(
            """op.add_column("a", sa.Column("b_id", sa.ForeignKey("b.id", name="fk_a_b")))  #!"""
        ),
        silent=Example(
            """
            op.create_table(
                "a",
                sa.Column("b_id", sa.Integer(), sa.ForeignKey("b.id"), primary_key=True),
            )
            """
        ),
        source="PostgreSQL documentation: Constraints, Foreign Keys",
    ),
    Rule(
        JSON,
        "note",
        "correctness",
        "A new column is of PostgreSQL's type json. It keeps the text as it came and knows no "
        "equality, so DISTINCT, GROUP BY and UNION fail on it; jsonb does and can be indexed.",
        _json,
        fires=Example("""op.add_column("a", sa.Column("b", sa.JSON()))  #!"""),
        silent=Example("""op.add_column("a", sa.Column("b", postgresql.JSONB()))"""),
        source="PostgreSQL documentation: JSON Types",
    ),
)
