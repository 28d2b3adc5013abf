"""Newest first: the order of the history pane, of `opsmig history` and of the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from opsmig_tui.history.model import Revision


def parent_ids(revisions: Sequence[Revision]) -> dict[str, tuple[str, ...]]:
    """Of each revision: what must stand below it, by down_revision and by depends_on.

    Branch labels in depends_on are replaced by the revision that carries them; names that no file
    has are left out.
    """
    ids = {item.revision for item in revisions}
    labels = {label: item.revision for item in revisions for label in item.branch_labels}
    found: dict[str, tuple[str, ...]] = {}
    for item in revisions:
        wanted = item.down_revisions
        if item.depends_on:
            wanted += tuple(labels.get(name, name) for name in item.depends_on)
        if len(wanted) > 1:
            wanted = tuple(dict.fromkeys(wanted))
        found[item.revision] = tuple([name for name in wanted if name in ids])
    return found


def newest_first(
    revisions: Sequence[Revision], parents: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[Revision, ...], tuple[str, ...]]:
    """The revisions, children before parents and branches kept together, and the ids in a cycle.

    Siblings stand by date (the newer first), then by id. Where a loop leaves no first one, the
    newest of the rest is taken, so that a broken history can still be shown.
    """
    by_id = {item.revision: item for item in revisions}
    waiting = dict.fromkeys(by_id, 0)
    for below in parents.values():
        for parent in below:
            waiting[parent] += 1
    age = {item.revision: (item.date, item.revision) for item in revisions}
    # A stack: the last one in comes out first, which keeps a branch in one piece.
    ready = sorted((item for item, count in waiting.items() if not count), key=age.__getitem__)
    order: list[Revision] = []
    placed: set[str] = set()
    leftovers: list[str] | None = None
    in_cycle: tuple[str, ...] = ()
    while True:
        while ready:
            current = ready.pop()
            if current in placed:
                continue
            placed.add(current)
            order.append(by_id[current])
            below = parents[current]
            if len(below) > 1:
                below = tuple(sorted(below, key=age.__getitem__))
            for parent in below:
                waiting[parent] -= 1
                if not waiting[parent] and parent not in placed:
                    ready.append(parent)
        if len(placed) == len(by_id):
            return tuple(order), in_cycle
        if leftovers is None:
            leftovers = sorted(by_id.keys() - placed, key=age.__getitem__)
            in_cycle = _on_a_loop(leftovers, parents)
        ready.append(leftovers.pop())


def _on_a_loop(
    candidates: Sequence[str], parents: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Candidates without those merely below a loop. (Those above one were placed already.)"""
    inside = set(candidates)
    children: dict[str, list[str]] = {}
    open_parents: dict[str, int] = {}
    for item in candidates:
        below = [parent for parent in parents[item] if parent in inside]
        open_parents[item] = len(below)
        for parent in below:
            children.setdefault(parent, []).append(item)
    ends = [item for item, count in open_parents.items() if not count]
    while ends:
        item = ends.pop()
        inside.discard(item)
        for child in children.get(item, ()):
            open_parents[child] -= 1
            if not open_parents[child]:
                ends.append(child)
    return tuple(sorted(inside))
