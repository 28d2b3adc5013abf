"""Which locks an operation takes on PostgreSQL, and whom they make wait.

Modes are those of PostgreSQL's documentation (Explicit Locking, and each command's page); a test
takes each on a server and compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from opsmig_tui.review.operations import Operation, qualified

ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"
EXCLUSIVE = "EXCLUSIVE"
SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
SHARE = "SHARE"
SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
ROW_EXCLUSIVE = "ROW EXCLUSIVE"
ROW_SHARE = "ROW SHARE"
ACCESS_SHARE = "ACCESS SHARE"

# Weakest first.
MODES = (
    *(ACCESS_SHARE, ROW_SHARE, ROW_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, SHARE),
    *(SHARE_ROW_EXCLUSIVE, EXCLUSIVE, ACCESS_EXCLUSIVE),
)
# Documentation: Explicit Locking, table 13.2, for what an application does: SELECT (ACCESS SHARE),
# INSERT, UPDATE, DELETE (ROW EXCLUSIVE).
_BLOCKS = {
    ACCESS_EXCLUSIVE: "reads and writes of {} wait",
    EXCLUSIVE: "writes to {} wait, reads go on",
    SHARE_ROW_EXCLUSIVE: "writes to {} wait, reads go on",
    SHARE: "writes to {} wait, reads go on",
    SHARE_UPDATE_EXCLUSIVE: "reads and writes of {} go on, other schema changes wait",
    ROW_EXCLUSIVE: "reads and writes of {} go on, save for the same rows",
    ROW_SHARE: "reads and writes of {} go on",
    ACCESS_SHARE: "reads and writes of {} go on",
}


@dataclass(frozen=True)
class Lock:
    """A table lock, held to the end of the transaction. `mode` as the documentation writes it,
    `table` with its schema where one is named."""

    mode: str
    table: str

    @property
    def blocks(self) -> str:
        """Whom it makes wait, in words."""
        return _BLOCKS[self.mode].format(self.table)

    @property
    def strength(self) -> int:
        return MODES.index(self.mode)


def locks_of(operation: Operation, version: int | None = None) -> tuple[Lock, ...]:
    """The locks on tables that exist before the operation, the strongest a table, as far as its
    text tells: a dropped foreign key also locks its parent, whose name does not stand there.

    `version` is PostgreSQL's major version; None: any.
    """
    reader = _BY_KIND.get(operation.kind)
    pairs = reader(operation, version) if reader is not None else ()
    strongest: dict[str, Lock] = {}
    for mode, table in pairs:
        if table is None:
            continue
        found = Lock(mode, table)
        if table not in strongest or strongest[table].strength < found.strength:
            strongest[table] = found
    return tuple(strongest.values())


_Pairs = Iterable[tuple[str, str | None]]


def _own(item: Operation) -> str | None:
    return None if item.table is None else qualified(item.table, item.schema)


def _always(mode: str) -> Callable[[Operation, int | None], _Pairs]:
    return lambda item, version: [(mode, _own(item))]


def _referent(target: str | None, schema: str | None = None) -> str | None:
    """The table of "schema.table.column"."""
    if not target:
        return None
    parts = target.split(".")
    return ".".join(parts[:-1]) if len(parts) > 1 else qualified(target, schema)


def _create_table(item: Operation, version: int | None) -> _Pairs:
    if item.old_name is not None:
        yield ACCESS_EXCLUSIVE, item.old_name
    for column in item.columns:
        parent = _referent(column.foreign_key)
        if parent != _own(item):
            yield SHARE_ROW_EXCLUSIVE, parent
    for constraint in item.constraints:
        if constraint.referent is not None:
            parent = qualified(constraint.referent, constraint.referent_schema)
            if parent != _own(item):
                yield SHARE_ROW_EXCLUSIVE, parent


def _add_column(item: Operation, version: int | None) -> _Pairs:
    yield ACCESS_EXCLUSIVE, _own(item)
    for column in item.columns:
        yield SHARE_ROW_EXCLUSIVE, _referent(column.foreign_key)


def _alter_column(item: Operation, version: int | None) -> _Pairs:
    # ALTER COLUMN … SET (n_distinct = 5): what stands in brackets is no second word.
    light = item.object_type in ("set statistics", "set", "reset")
    yield (SHARE_UPDATE_EXCLUSIVE if light else ACCESS_EXCLUSIVE), _own(item)


def _index(item: Operation, version: int | None) -> _Pairs:
    strong = SHARE if item.kind == "create_index" else ACCESS_EXCLUSIVE
    yield (SHARE_UPDATE_EXCLUSIVE if item.concurrently else strong), _own(item)


def _constraint(item: Operation, version: int | None) -> _Pairs:
    made = item.constraint
    if made is None or made.kind != "foreign":
        yield ACCESS_EXCLUSIVE, _own(item)
        return
    mode = SHARE_ROW_EXCLUSIVE if item.kind == "create_constraint" else ACCESS_EXCLUSIVE
    yield mode, _own(item)
    if made.referent is not None:
        yield mode, qualified(made.referent, made.referent_schema)


def _object(item: Operation, version: int | None) -> _Pairs:
    if item.object_type == "trigger" and item.kind == "create_object":
        yield SHARE_ROW_EXCLUSIVE, _own(item)
    elif item.object_type in ("trigger", "policy", "rule"):
        yield ACCESS_EXCLUSIVE, _own(item)


_COMMANDS = {
    **dict.fromkeys(("cluster", "vacuum full", "set unlogged", "set logged"), ACCESS_EXCLUSIVE),
    **dict.fromkeys(("set tablespace", "set access method", "set schema"), ACCESS_EXCLUSIVE),
    **dict.fromkeys(("owner to", "replica identity", "of", "not of"), ACCESS_EXCLUSIVE),
    **dict.fromkeys(("enable row", "disable row", "force row", "no force row"), ACCESS_EXCLUSIVE),
    **dict.fromkeys(("enable rule", "disable rule", "alter table"), ACCESS_EXCLUSIVE),
    **dict.fromkeys(("inherit", "no inherit"), ACCESS_EXCLUSIVE),
    **dict.fromkeys(("enable trigger", "disable trigger"), SHARE_ROW_EXCLUSIVE),
    **dict.fromkeys(("enable replica", "enable always"), SHARE_ROW_EXCLUSIVE),
    **dict.fromkeys(("set parameters", "reset parameters", "cluster on"), SHARE_UPDATE_EXCLUSIVE),
    **dict.fromkeys(("set without cluster", "vacuum"), SHARE_UPDATE_EXCLUSIVE),
}


def _command(item: Operation, version: int | None) -> _Pairs:
    own, kind = _own(item), item.object_type
    if kind == "lock" and item.values:
        mode = item.values[0].upper()
        if mode in MODES:
            yield mode, own
    elif kind == "reindex":
        yield (SHARE_UPDATE_EXCLUSIVE if item.concurrently else SHARE), own
    elif kind == "refresh":
        yield (EXCLUSIVE if item.concurrently else ACCESS_EXCLUSIVE), own
    elif kind == "attach partition":
        # Before 12 the parent's was ACCESS EXCLUSIVE too.
        light = version is None or version >= 12
        yield (SHARE_UPDATE_EXCLUSIVE if light else ACCESS_EXCLUSIVE), own
        yield ACCESS_EXCLUSIVE, item.name
    elif kind == "detach partition":
        yield (SHARE_UPDATE_EXCLUSIVE if item.concurrently else ACCESS_EXCLUSIVE), own
        yield ACCESS_EXCLUSIVE, item.name
    elif kind in _COMMANDS:
        yield _COMMANDS[kind], own


_BY_KIND: dict[str, Callable[[Operation, int | None], _Pairs]] = {
    "create_table": _create_table,
    "add_column": _add_column,
    "alter_column": _alter_column,
    "create_index": _index,
    "drop_index": _index,
    "create_constraint": _constraint,
    "drop_constraint": _constraint,
    "create_object": _object,
    "drop_object": _object,
    "sql": _command,
    "validate_constraint": _always(SHARE_UPDATE_EXCLUSIVE),
    **dict.fromkeys(("insert", "update", "delete"), _always(ROW_EXCLUSIVE)),
    **dict.fromkeys(
        ("drop_table", "rename_table", "drop_column", "rename_column", "truncate"),
        _always(ACCESS_EXCLUSIVE),
    ),
    "rename_constraint": _always(ACCESS_EXCLUSIVE),
}


def exclusive(operation: Operation, version: int | None = None) -> tuple[str, ...]:
    """The tables on which it takes ACCESS EXCLUSIVE."""
    found = locks_of(operation, version)
    return tuple(item.table for item in found if item.mode == ACCESS_EXCLUSIVE)
