"""The text's operations with those of the rendered SQL: each of them once.

The text is the base: it has spans, conditions and details of columns. Where it leaves something
open, the statements that the migration emitted from that place stand instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from opsmig_tui.review.migration import Migration
from opsmig_tui.review.model import Facts
from opsmig_tui.review.operations import Context, Direction, Operation, Span
from opsmig_tui.review.sites import Sites, sites
from opsmig_tui.review.sql_reader import read_sql
from opsmig_tui.worker.protocol import RenderedDirection, RenderedRevision, RenderedStatement

_OF_A_TABLE = ("create_index", "create_constraint", "drop_constraint")


def merged(migration: Migration, rendered: RenderedRevision | None) -> Migration:
    """The migration with what `rendered` tells where the text does not."""
    if rendered is None:
        return migration
    where = sites(migration.tree)
    return replace(
        migration,
        upgrade=_Merge(migration.upgrade, rendered.upgrade, where, "upgrade").result(),
        downgrade=_Merge(migration.downgrade, rendered.downgrade, where, "downgrade").result(),
    )


def not_seen(migration: Migration, facts: Facts) -> tuple[str, ...]:
    """In words, what neither the text nor the rendered SQL tells. `migration` is the merged one."""
    rendered = facts.rendered
    if rendered is None:
        lines = _lines(item for item in (*migration.upgrade, *migration.downgrade) if _open(item))
        if not lines:
            return ()
        return (f"what {lines} will do; rendered offline: no, {facts.no_render_reason}",)
    found: list[str] = []
    pairs: tuple[tuple[Direction, RenderedDirection], ...] = (
        ("upgrade", rendered.upgrade),
        ("downgrade", rendered.downgrade),
    )
    for name, direction in pairs:
        operations = migration.operations(name)
        raises = any(i.kind == "raise" and i.span.line == direction.line for i in operations)
        if direction.problem and not raises:
            place = f" at line {direction.line}" if direction.line else ""
            whole = rendered.upgrade == rendered.downgrade  # the file itself could not be run
            who = "the file" if whole else f"{name}()"
            found.append(f"rendered offline: no, {who} {direction.problem}{place}")
        elif lines := _lines(item for item in operations if _open(item) and not item.rendered):
            found.append(f"what {lines} of {name}() will do: not reached when rendered offline")
    return tuple(dict.fromkeys(found))


def _open(item: Operation) -> bool:
    """The text does not tell all that it does, or to which table."""
    return item.opaque or ((item.is_data or item.kind in _OF_A_TABLE) and item.table is None)


def _lines(operations: Iterator[Operation]) -> str:
    lines = sorted({item.span.line for item in operations})
    if not lines:
        return ""
    shown = ", ".join(map(str, lines[:5])) + (" …" if len(lines) > 5 else "")
    return f"line{'s' if len(lines) > 1 else ''} {shown}"


@dataclass
class _Group:
    """The operations that the text has at one place, and the statements emitted from there.

    `open` is the first operation that the text does not tell, and the SQL not yet.
    """

    operations: list[Operation] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    open: Operation | None = None

    def look(self) -> None:
        self.open = next((i for i in self.operations if _open(i) and not i.rendered), None)


@dataclass(frozen=True)
class _Merge:
    operations: tuple[Operation, ...]
    rendered: RenderedDirection
    sites: Sites
    direction: Direction

    def result(self) -> tuple[Operation, ...]:
        groups = self._groups()
        loose = self._assign(groups)
        opened = [group for group in groups.values() if group.open is not None]
        if not loose and not opened:
            return self.operations
        for group in opened:
            self._recognize(group)
            self._pair(group)
            group.look()
        entries = list(self._kept(groups))
        for group in groups.values():
            if group.open is not None:
                entries += self._emitted(group)
        for at in loose:
            entries += [(at, 0, item) for item in self._read(at, None) if item.kind != "sql"]
        entries.sort(key=lambda entry: entry[:2])
        return tuple(replace(item, order=at) for at, (_, _, item) in enumerate(entries))

    def _site(self, operation: Operation) -> int:
        line = operation.span.line
        site = self.sites.by_line.get(line, line)
        return self.sites.batches.get(site, site) if operation.batch else site

    def _groups(self) -> dict[int, _Group]:
        found: dict[int, _Group] = {}
        for item in self.operations:
            found.setdefault(self._site(item), _Group()).operations.append(item)
        for group in found.values():
            group.look()
        return found

    def _assign(self, groups: dict[int, _Group]) -> list[int]:
        """Give each statement to its place, the innermost that the text knows of. Returns those
        without one."""
        by_line = {i.span.line: self._site(i) for i in self.operations}
        by_site = {self.sites.by_line.get(line, line): site for line, site in by_line.items()}
        by_site.update((site, site) for site in groups)
        # A batch handed to a helper: emitted at the end of a `with` that the helper does not show.
        stray = any(i.batch and self._site(i) not in self.sites.heads for i in self.operations)
        loose = []
        for at, statement in enumerate(self.rendered.statements):
            own = [self.sites.by_line.get(line, line) for line in statement.lines]
            site = next((by_site[line] for line in own if line in by_site), None)
            if site is not None:
                groups[site].statements.append(at)
            elif not (stray and own and own[0] in self.sites.heads):
                loose.append(at)
        return loose

    def _recognize(self, group: _Group) -> None:
        """SQL that the text holds word for word is no better known for being emitted."""
        if not any(_open(item) and item.is_sql for item in group.operations):
            return
        emitted = {i.text for at in group.statements for i in self._read(at, None) if _open(i)}
        group.operations = [
            replace(i, rendered=True) if _open(i) and i.is_sql and i.text in emitted else i
            for i in group.operations
        ]
        group.look()

    def _pair(self, group: _Group) -> None:
        """Where the SQL has just the operations that the text has, each open one is told by its
        own statement."""
        fewer = len(group.operations) < len(group.statements)  # each has one at least
        if group.open is None or fewer or not self.rendered.complete:
            return
        emitted = [item for at in group.statements for item in self._read(at, group.open)]
        if [i.kind for i in emitted] != [i.kind for i in group.operations]:
            return
        group.operations = [
            replace(new, span=old.span, context=replace(new.context, loop=old.context.loop))
            if _open(old)
            else old
            for old, new in zip(group.operations, emitted, strict=True)
        ]

    def _kept(self, groups: dict[int, _Group]) -> Iterator[tuple[int, int, Operation]]:
        """The text's operations that stay, each where its statements stand among all."""
        last = -1
        seen: dict[int, int] = {}
        for written in self.operations:
            site = self._site(written)
            group, at = groups[site], seen.get(site, 0)
            seen[site] = at + 1
            item = group.operations[at]
            count, total = len(group.operations), len(group.statements)
            first = last
            if total:
                first = group.statements[min(at * total // count, total - 1)]
                last = group.statements[min(max((at + 1) * total // count - 1, 0), total - 1)]
            if self._stays(item, group):
                yield (first, 1 + item.order, item)

    def _stays(self, item: Operation, group: _Group) -> bool:
        if group.open is None or not self.rendered.complete:
            return True
        if group.statements:
            return False
        # It ran and emitted nothing. Under a condition it may only not have run offline.
        context = item.context
        return not item.opaque or context.branch or context.dialect != "any"

    def _emitted(self, group: _Group) -> Iterator[tuple[int, int, Operation]]:
        told = set() if self.rendered.complete else {_what(i) for i in group.operations}
        for at in group.statements:
            for item in self._read(at, group.open):
                if _what(item) not in told:
                    yield (at, 0, item)

    def _read(self, at: int, place: Operation | None) -> list[Operation]:
        statement = self.rendered.statements[at]
        span, context = self._place(statement, place)
        found = read_sql(statement.sql, lambda start, end: span, context)
        return [replace(item, span=span, rendered=True) for item in found]

    def _place(self, statement: RenderedStatement, place: Operation | None) -> tuple[Span, Context]:
        """Where a statement is shown, and under what. A loop that ran is no condition."""
        if place is None:
            context, span = (
                Context(self.direction),
                Span(statement.lines[0] if statement.lines else 1),
            )
        else:
            context, span = place.context, place.span
        own = {self.sites.by_line.get(line, line) for line in statement.lines}
        perhaps = bool(own & self.sites.conditional) and (place is None or context.branch)
        return span, replace(context, autocommit=statement.autocommit, branch=perhaps)


def _what(item: Operation) -> tuple[object, ...]:
    return (item.kind, item.table, item.name, item.column)
