"""A migration together with what may be known about it: what every rule looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from opsmig_tui.review.aliases import Aliases, aliases
from opsmig_tui.review.created import Created, created
from opsmig_tui.review.migration import Migration
from opsmig_tui.review.model import Facts
from opsmig_tui.review.operations import Direction, Operation
from opsmig_tui.review.probes import TOO_MANY
from opsmig_tui.review.renames import Rename, column_renames, table_renames
from opsmig_tui.worker.protocol import Probe, ProbeAnswer


@dataclass(frozen=True)
class Subject:
    """(Migration, Facts), and what several rules work out from the two."""

    migration: Migration
    facts: Facts

    @cached_property
    def _created(self) -> dict[Direction, Created]:
        return {
            "upgrade": created(self.migration.upgrade),
            "downgrade": created(self.migration.downgrade),
        }

    def created(self, direction: Direction) -> Created:
        return self._created[direction]

    def before(self, operation: Operation) -> Created:
        """What the operation's own direction creates."""
        return self._created[operation.context.direction]

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Both directions, upgrade() first."""
        return (*self.migration.upgrade, *self.migration.downgrade)

    @cached_property
    def _by_kind(self) -> dict[tuple[str, str], list[Operation]]:
        found: dict[tuple[str, str], list[Operation]] = {}
        for item in self.operations:
            found.setdefault((item.context.direction, item.kind), []).append(item)
            if item.opaque:
                found.setdefault((item.context.direction, "opaque"), []).append(item)
        return found

    def earlier(self, item: Operation, *kinds: str) -> Iterator[Operation]:
        """Operations of these kinds before `item` in its direction. The kind "opaque" stands for
        whatever may do more than its text tells."""
        for kind in kinds:
            for other in self._by_kind.get((item.context.direction, kind), ()):
                if other.order >= item.order:
                    break
                yield other

    def of_kind(self, direction: Direction, kind: str) -> list[Operation]:
        """The operations of one kind; "opaque" as in `earlier`."""
        return self._by_kind.get((direction, kind), [])

    @cached_property
    def _by_table(self) -> dict[tuple[str, str | None], list[Operation]]:
        found: dict[tuple[str, str | None], list[Operation]] = {}
        for item in self.operations:
            found.setdefault((item.context.direction, item.table), []).append(item)
        return found

    def on_table(self, direction: Direction, table: str | None) -> list[Operation]:
        """What one direction does to a table."""
        return self._by_table.get((direction, table), [])

    def all_told(self, direction: Direction, table: str | None) -> bool:
        """Nothing that may do more than its text tells can be about the table."""
        unclear = self._unclear_tables[direction]
        return table not in unclear and None not in unclear

    @cached_property
    def _unclear_tables(self) -> dict[Direction, set[str | None]]:
        return {
            "upgrade": {item.table for item in self.of_kind("upgrade", "opaque")},
            "downgrade": {item.table for item in self.of_kind("downgrade", "opaque")},
        }

    def same_column(self, left: Operation, right: Operation) -> bool:
        """Both are about one column, whatever it is called before and after the renames."""
        names = self._aliases
        return names.column(left) == names.column(right) and left.column is not None

    def emptied(self, item: Operation) -> bool:
        """Every row of the operation's table was deleted before it."""
        where = (item.context.direction, self._aliases.table(item))
        return self._emptied_at.get(where, item.order) < item.order

    @cached_property
    def _emptied_at(self) -> dict[tuple[Direction, str | None], int]:
        """Where the tables lose all their rows first."""
        found: dict[tuple[Direction, str | None], int] = {}
        for item in self.operations:
            all_rows = item.kind == "truncate" or (item.kind == "delete" and not item.where)
            table = self._aliases.table(item)
            if all_rows and table is not None:
                found.setdefault((item.context.direction, table), item.order)
        return found

    def answer(self, probe: Probe) -> ProbeAnswer:
        """What the database says; where it was not asked, `problem` is why."""
        if self.facts.live is None:
            return ProbeAnswer(probe, problem=self.facts.no_live_reason)
        return self.facts.live.get(probe) or ProbeAnswer(probe, problem=TOO_MANY)

    def is_next(self, item: Operation) -> bool:
        """Live data tells of what runs next: upgrade() until it is applied, downgrade() after."""
        return item.context.direction == ("downgrade" if self.facts.applied else "upgrade")

    def before_it(self, item: Operation) -> Iterator[Operation]:
        """What runs between now and the operation, so that live data may have changed by then."""
        if item.context.direction == "upgrade":
            for migration in self.facts.pending_before:
                yield from migration.upgrade
        yield from self.migration.operations(item.context.direction)[: item.order]

    def named_before(self, item: Operation) -> list[Operation]:
        """Those among `before_it` that are about something of the operation's name, in order."""
        pending: list[Operation] = []
        if item.context.direction == "upgrade":
            for migration in self.facts.pending_before:
                pending += [op for op in migration.upgrade if item.name in (op.name, op.old_name)]
        own = self._by_name.get((item.context.direction, item.name), [])
        return pending + [op for op in own if op.order < item.order]

    @cached_property
    def _by_name(self) -> dict[tuple[str, str | None], list[Operation]]:
        found: dict[tuple[str, str | None], list[Operation]] = {}
        for item in self.operations:
            for name in {item.name, item.old_name} - {None}:
                found.setdefault((item.context.direction, name), []).append(item)
        return found

    @property
    def version(self) -> int | None:
        """PostgreSQL's major version: the setting's, else the server's; None: not known."""
        if self.facts.postgresql is not None:
            return self.facts.postgresql
        database = self.facts.database
        if database is None or database.dialect != "postgresql":
            return None
        return database.server_version_num // 10_000 or None

    @property
    def on_postgresql(self) -> bool:
        """The database is PostgreSQL, or nothing says that it is not."""
        return self.facts.database is None or self.facts.database.dialect == "postgresql"

    def locks(self, operation: Operation) -> bool:
        """PostgreSQL's own behaviour is worth a word about this operation."""
        return self.on_postgresql and operation.context.dialect != "other"

    @cached_property
    def column_renames(self) -> tuple[Rename, ...]:
        """Columns renamed as drop and add in upgrade()."""
        up, down = self.migration.upgrade, self.migration.downgrade
        found = column_renames(up, down, self.facts)
        return tuple(pair for pair in found if not self.emptied(pair.drop))

    @cached_property
    def table_renames(self) -> tuple[Rename, ...]:
        up, down = self.migration.upgrade, self.migration.downgrade
        return table_renames(up, down, self.facts)

    def is_renamed(self, operation: Operation) -> bool:
        """A part of a rename, in upgrade() or mirrored in downgrade()."""
        if operation.context.direction == "upgrade":
            return operation.order in self._renaming
        return any(
            operation.table == pair.drop.table and operation.column in (pair.old, pair.new)
            for pair in self.column_renames
        ) or any(operation.table in (pair.old, pair.new) for pair in self.table_renames)

    @cached_property
    def _renaming(self) -> set[int]:
        """The parts of renames in upgrade(), by their order."""
        pairs = (*self.column_renames, *self.table_renames)
        return {item.order for pair in pairs for item in (pair.drop, pair.add)}

    def undoes_own(self, operation: Operation) -> bool:
        """A drop in downgrade() of what this revision's upgrade() made, or may have made."""
        if operation.context.direction == "upgrade":
            return False
        if self.migration.opaque_upgrade or operation.nameless:
            return True  # what cannot be told apart is not flagged
        names = self._aliases
        if names.table(operation) in self._own_tables:
            return True
        return operation.kind == "drop_column" and names.column(operation) in self._own_columns

    @cached_property
    def _aliases(self) -> Aliases:
        return aliases(self.operations)

    @cached_property
    def _own_tables(self) -> set[str | None]:
        up = self.migration.upgrade
        return {self._aliases.table(i) for i in up if i.kind == "create_table"} - {None}

    @cached_property
    def _own_columns(self) -> set[tuple[str | None, str | None]]:
        up = self.migration.upgrade
        return {self._aliases.column(i) for i in up if i.kind == "add_column"} - {(None, None)}
