"""What the locking rules share: on which tables locks matter, and how they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from opsmig_tui.review.locks import Lock, locks_of
from opsmig_tui.review.model import Finding
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.subject import Subject

Find = Callable[[Subject, Operation], Finding | None]


def in_use(subject: Subject, item: Operation) -> bool:
    """On PostgreSQL, on a table that others may be using: neither created before in this direction
    nor emptied there. What is half of a rename should become one, and is not judged as it is."""
    if not subject.locks(item) or subject.before(item).has_table(item):
        return False
    return not subject.emptied(item) and not subject.is_renamed(item)


def each(find: Find, both: bool = False) -> Callable[[Subject], Iterator[Finding]]:
    """A rule's check from what it says of one operation of upgrade().

    downgrade() undoes: what that locks follows from upgrade(), and nobody runs it in passing. With
    `both` it is judged too, save for tables that the rule has spoken of in upgrade().
    """

    def check(subject: Subject) -> Iterator[Finding]:
        said = set()
        for item in subject.migration.upgrade:
            found = find(subject, item)
            if found is not None:
                said.add(item.table)
                yield found
        for item in subject.migration.downgrade if both else ():
            if item.table not in said and (found := find(subject, item)) is not None:
                yield found

    return check


def waits(item: Operation, version: int | None) -> str:
    """Who waits, strongest lock first: "reads and writes of agreement wait"."""
    locks = sorted(locks_of(item, version), key=lambda lock: -lock.strength)
    return ", ".join(lock.blocks for lock in locks) or "reads and writes of the table wait"


def held(item: Operation, version: int | None) -> str:
    """ "ACCESS EXCLUSIVE on agreement and SHARE ROW EXCLUSIVE on vendor"."""
    locks: list[Lock] = sorted(locks_of(item, version), key=lambda lock: -lock.strength)
    return " and ".join(f"{lock.mode} on {lock.table}" for lock in locks) or "ACCESS EXCLUSIVE"
