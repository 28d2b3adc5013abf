"""Which operation of downgrade() undoes which operation of upgrade().

Judged leniently, since a false alarm costs more than a miss: dropping a table undoes whatever was
done to it, dropping a column what was built on it, and an alter of the same column counts as the
inverse of an alter. Data needs no inverse, and conditional operations are not judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from opsmig_tui.review.aliases import Aliases, aliases
from opsmig_tui.review.migration import Migration
from opsmig_tui.review.operations import Operation

_OBJECTS = frozenset(
    {
        *("trigger", "function", "procedure", "view", "materialized view", "sequence", "policy"),
        *("type", "domain", "aggregate"),
    }
)


def unmatched(migration: Migration) -> list[Operation]:
    """Operations of upgrade() that downgrade() leaves in place.

    Nothing is judged where either direction does what its text does not tell.
    """
    if migration.opaque_downgrade or _drops_everything(migration.downgrade):
        return []
    lookup = _Lookup(migration.upgrade, migration.downgrade)
    return [
        item
        for item in migration.upgrade
        if item.kind in _COVERED
        and item.complete
        and not item.context.branch
        and item.context.dialect != "other"
        and not lookup.carried_along(item)
        and not _COVERED[item.kind](lookup, item)
    ]


def _drops_everything(down: tuple[Operation, ...]) -> bool:
    return any(item.kind == "drop_object" and item.object_type == "schema" for item in down)


class _Lookup:
    """What each direction does, by kind and name, so that every question is one lookup."""

    def __init__(self, up: tuple[Operation, ...], down: tuple[Operation, ...]) -> None:
        self.up, self.down = up, down
        self.sides = sides = aliases((*up, *down))
        self.dropped_tables = {sides.table(i) for i in down if i.kind == "drop_table"} - {None}
        # A materialized view takes its indexes along as a table does.
        self.dropped_tables |= {i.name for i in down if i.kind == "drop_object"} - {None}
        self.made_tables = {sides.table(i): i for i in down if i.kind == "create_table"}
        self.dropped_columns = {sides.column(i) for i in down if i.kind == "drop_column"}
        self.made_columns = {sides.column(i): i for i in down if i.kind == "add_column"}
        self.altered = {
            sides.column(i) for i in down if i.kind in ("alter_column", "rename_column")
        }
        self.down_names = {(i.kind, sides.name(i)) for i in down if i.name is not None}
        self.down_tables = {(i.kind, sides.table(i)) for i in down}
        self.renamed_tables = {sides.table(i) for i in down if i.kind == "rename_table"}
        self.cascades = any(i.cascade for i in down)
        self.renamed_types = {i.old_name for i in (*up, *down) if i.kind == "create_enum"} - {None}
        self.up_new_tables = {sides.table(i) for i in up if i.kind == "create_table"} - {None}
        self.up_new_tables |= {i.name for i in up if i.kind == "create_object"} - {None}
        self.up_made = {(i.kind, i.name) for i in up if i.kind.startswith("create")}
        self.up_gone_tables = {sides.table(i) for i in up if i.kind == "drop_table"} - {None}
        self.up_new_columns = {sides.column(i) for i in up if i.kind == "add_column"}
        self.first_made, self.last_dropped = _lifetimes(sides, up)

    def find(self, kind: str) -> list[Operation]:
        """The operations of downgrade() of one kind."""
        return [item for item in self.down if item.kind == kind]

    def carried_along(self, item: Operation) -> bool:
        """What becomes of the thing is decided by another operation of upgrade(): it is created and
        dropped again there, or it belongs to a table or column that is new."""
        key = _thing(self.sides, item)
        if key is not None and key in self.first_made:
            return self.first_made[key] < self.last_dropped.get(key, -1) or self._of_new(item)
        return self._of_new(item)

    def _of_new(self, item: Operation) -> bool:
        """It belongs to a table or column that upgrade() adds or, for a column, drops."""
        table = self.sides.table(item)
        if item.kind in ("create_table", "drop_table"):
            return False
        if table in self.up_new_tables or (item.kind == "drop_column" and self._gone(table)):
            return True
        if item.kind in ("create_index", "create_constraint", "alter_column"):
            return self._stands_on(item, self.up_new_columns)
        return False

    def _stands_on(self, item: Operation, columns: set[tuple[str | None, str | None]]) -> bool:
        """The index, constraint or change is about one of these columns."""
        table = self.sides.table(item)
        if item.object_type == "check":  # what a CHECK is about stands in its text alone
            words = {word.lower() for word in re.findall(r"\w+", item.text)}
            return any(owner == table and (name or "").lower() in words for owner, name in columns)
        return any((table, self.sides.columns.of(n)) in columns for n in item.column_names)

    def _gone(self, table: str | None) -> bool:
        return table in self.up_gone_tables

    def table_dropped(self, item: Operation) -> bool:
        return item.table is None or self.sides.table(item) in self.dropped_tables

    def column_dropped(self, item: Operation) -> bool:
        """One of the columns it stands on goes in downgrade(), and takes it along."""
        return self._stands_on(item, self.dropped_columns)

    def named(self, kind: str, item: Operation) -> bool:
        return item.name is not None and (kind, self.sides.name(item)) in self.down_names


def _lifetimes(
    sides: Aliases, up: tuple[Operation, ...]
) -> tuple[dict[tuple[str, ...], int], dict[tuple[str, ...], int]]:
    made: dict[tuple[str, ...], int] = {}
    dropped: dict[tuple[str, ...], int] = {}
    for item in up:
        key = _thing(sides, item)
        if key is None:
            continue
        if item.kind.startswith("drop"):
            dropped[key] = item.order
        else:
            made.setdefault(key, item.order)
    return made, dropped


def _thing(sides: Aliases, item: Operation) -> tuple[str, ...] | None:
    """What an operation creates or drops, the same for both; None where it is not named."""
    what = item.kind.partition("_")[2]
    if not item.kind.startswith(("create", "add_column", "drop")):
        return None
    if what == "table":
        name: tuple[str | None, ...] = (sides.table(item),)
    elif what == "column":
        name = sides.column(item)
    elif what == "object":
        name = (item.object_type, item.name)
    else:
        name = (sides.name(item),)
    known = tuple(part for part in name if part is not None)
    return (what, *known) if len(known) == len(name) else None


def _table_created(look: _Lookup, item: Operation) -> bool:
    return look.table_dropped(item) or look.sides.table(item) in look.renamed_tables


def _table_removed(look: _Lookup, item: Operation) -> bool:
    if item.table is None or item.table.startswith("_alembic_tmp_"):
        return True  # the latter is what a batch that failed left behind
    table = look.sides.table(item)
    # DROP IF EXISTS before a create clears the way: the create is what has to be undone.
    return table in look.made_tables or (item.guard is True and table in look.up_new_tables)


def _table_renamed(look: _Lookup, item: Operation) -> bool:
    if item.table is None or item.name is None:
        return True
    back = any(i.kind == "rename_table" and i.name == item.table for i in look.down)
    return back or look.table_dropped(item) or _returns(look, item)


def _returns(look: _Lookup, item: Operation) -> bool:
    """upgrade() itself renames it back, as a swap of two tables does."""
    return any(i.kind == "rename_table" and i.name == item.table for i in look.up)


def _column_added(look: _Lookup, item: Operation) -> bool:
    unknown = item.column is None
    return unknown or look.table_dropped(item) or look.sides.column(item) in look.dropped_columns


def _column_dropped(look: _Lookup, item: Operation) -> bool:
    if item.column is None or item.table is None:
        return True
    made = look.made_tables.get(look.sides.table(item))
    remade = made is not None and any(c.name == item.column for c in made.columns)
    return remade or look.sides.column(item) in look.made_columns


def _column_altered(look: _Lookup, item: Operation) -> bool:
    if item.column is None or look.table_dropped(item) or look.column_dropped(item):
        return True
    if item.kind == "alter_column" and (item.change is None or item.change.nothing):
        return True
    if item.change is not None and item.change.comment and _only_comment(item):
        return True
    return look.sides.column(item) in (look.altered | set(look.made_columns))


def _only_comment(item: Operation) -> bool:
    change = item.change
    return change is not None and change.nullable is None and not (change.type or change.default)


def _index_created(look: _Lookup, item: Operation) -> bool:
    if item.name is None:
        return ("drop_index", look.sides.table(item)) in look.down_tables or look.table_dropped(
            item
        )
    return (
        look.named("drop_index", item)
        or look.named("drop_constraint", item)
        or look.named("create_index", item)
        or (item.table is not None and look.table_dropped(item))
        or look.column_dropped(item)
    )


def _index_dropped(look: _Lookup, item: Operation) -> bool:
    if item.name is None or look.named("create_index", item):
        return True
    if item.guard is not False and ("create_index", item.name) in look.up_made:
        return True  # cleaning up after a failed build, before the build
    if look.named("create_constraint", item):
        return True
    table = look.sides.table(item)
    made = look.made_tables.get(table)
    if made is not None and any(c.index or c.unique for c in made.columns):
        return True
    if table in look.up_gone_tables and made is None:
        return True  # the missing table is what has to be said
    return any(key[0] == table and op.columns[0].index for key, op in look.made_columns.items())


def _constraint_created(look: _Lookup, item: Operation) -> bool:
    if look.column_dropped(item) or (item.table is not None and look.table_dropped(item)):
        return True
    if look.named("drop_constraint", item) or look.named("drop_index", item):
        return True
    drops = look.find("drop_constraint")
    table = look.sides.table(item)
    return any(
        look.sides.table(drop) == table
        and (drop.name is None or item.name is None or item.object_type == "primary")
        and drop.object_type in ("", item.object_type)
        for drop in drops
    )


def _constraint_dropped(look: _Lookup, item: Operation) -> bool:
    table = look.sides.table(item)
    if look.named("create_constraint", item) or look.named("create_index", item):
        return True
    if table in look.made_tables or table in look.up_gone_tables:
        return True
    kind = item.object_type
    for (owner, _), added in look.made_columns.items():
        column = added.columns[0]
        if owner == table and (column.foreign_key is not None or column.unique):
            return True
    return any(
        look.sides.table(made) == table
        and (made.name is None or item.name is None or kind == "primary")
        and kind in ("", made.object_type)
        for made in look.find("create_constraint")
    )


def _enum_created(look: _Lookup, item: Operation) -> bool:
    if item.name is None or item.replace or item.guard is not False:
        return True  # a guarded create does not fail again: downgrade-enum-leak has the say
    return look.named("drop_enum", item) or item.name in look.renamed_types


def _enum_dropped(look: _Lookup, item: Operation) -> bool:
    if item.name is None or look.named("create_enum", item) or item.name in look.renamed_types:
        return True
    made = [*look.made_tables.values(), *look.made_columns.values()]
    enums = {c.type.enum.name for op in made for c in op.columns if c.type and c.type.enum}
    return (item.guard is not False and item.name not in enums) or item.name in enums


def _object_created(look: _Lookup, item: Operation) -> bool:
    if item.object_type not in _OBJECTS or item.replace or item.guard or item.name is None:
        return True
    if item.table is not None and look.table_dropped(item):
        return True
    if look.cascades or look.named("create_object", item):
        return True
    return look.named("drop_object", item) or look.named("drop_enum", item)


def _renamed_back(look: _Lookup, item: Operation) -> bool:
    if item.name is None or item.old_name is None:
        return True
    if item.table is not None and look.table_dropped(item):
        return True
    if any((kind, item.old_name) in look.up_made for kind in ("create_index", "create_constraint")):
        return True  # made under its old name here: that is what has to be undone
    kinds = ("rename_index", "rename_constraint", "create_index", "create_constraint")
    return any(i.kind in kinds and i.name == item.old_name for i in look.down)


_COVERED: dict[str, Callable[[_Lookup, Operation], bool]] = {
    "create_table": _table_created,
    "drop_table": _table_removed,
    "rename_table": _table_renamed,
    "add_column": _column_added,
    "drop_column": _column_dropped,
    "alter_column": _column_altered,
    "rename_column": _column_altered,
    "create_index": _index_created,
    "drop_index": _index_dropped,
    "create_constraint": _constraint_created,
    "drop_constraint": _constraint_dropped,
    "create_enum": _enum_created,
    "drop_enum": _enum_dropped,
    "create_object": _object_created,
    "rename_index": _renamed_back,
    "rename_constraint": _renamed_back,
}
