"""Several heads: what only one of them brings, and one branch moved on top of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from opsmig_tui.history.model import History, Revision
from opsmig_tui.history.reader import arranged
from opsmig_tui.project.errors import OpsmigError

# What is wrong with a file itself: moving revisions neither mends nor makes it.
_OF_FILES = frozenset({"unreadable", "duplicate-revision"})


def below(history: History, *starts: str) -> frozenset[str]:
    """The starts and what they stand on along down_revision alone."""
    seen: set[str] = set()
    todo = list(starts)
    while todo:
        item = history.by_id.get(todo.pop())
        if item is not None and item.revision not in seen:
            seen.add(item.revision)
            todo += item.down_revisions
    return frozenset(seen)


def only_of(history: History, head: str, others: Sequence[str]) -> tuple[Revision, ...]:
    """The revisions that `head` stands on and none of `others` does, the oldest first."""
    mine = below(history, head) - below(history, *others)
    return tuple(item for item in reversed(history.revisions) if item.revision in mine)


def parting(history: History, heads: Sequence[str]) -> tuple[str, ...]:
    """The newest revisions that all heads stand on; () where they have nothing in common."""
    common = frozenset.intersection(*(below(history, head) for head in heads))
    inner = {parent for name in common for parent in history.by_id[name].down_revisions}
    return tuple(r.revision for r in history.revisions if r.revision in common - inner)


def depended_on(history: History) -> frozenset[str]:
    """Everything that some revision depends on (depends_on), and what that stands on."""
    labels = {label: one.revision for one in history.revisions for label in one.branch_labels}
    needed = {labels.get(name, name) for one in history.revisions for name in one.depends_on}
    return history.ancestors(tuple(needed))


@dataclass(frozen=True)
class Move:
    """The revisions of one head on top of another one.

    `moved` come along, the oldest first, those in `parents` with these parents instead of their
    own. `after` is the history as it then is; `follow` are heads other than `mine` that stand on
    what moves.
    """

    mine: str
    onto: str
    moved: tuple[Revision, ...]
    parents: Mapping[str, tuple[str, ...]]
    after: History
    follow: tuple[str, ...] = ()


def plan_move(history: History, mine: str, onto: str) -> Move:
    """Raises OpsmigError, with what to do, where that makes no sound chain."""
    for name in (mine, onto):
        if name not in history.heads:
            heads = ", ".join(history.heads)
            raise OpsmigError(f"{name} is no head; the heads are {heads}.")
    if mine == onto:
        raise OpsmigError(f"{mine} cannot be moved on top of itself.", hint="Name another head.")
    moved = only_of(history, mine, (onto,))
    ids = frozenset(item.revision for item in moved)
    _refuse(history, moved, ids, onto)
    under = below(history, onto)
    parents = {
        item.revision: new
        for item in moved
        if (new := _parents(item, ids, under, onto)) != item.down_revisions
    }
    after = _with(history, parents)
    _check(history, after, mine, onto)
    follow = tuple(head for head in history.heads if head != mine and ids & below(history, head))
    return Move(mine, onto, moved, parents, after, follow)


def _refuse(history: History, moved: Sequence[Revision], ids: frozenset[str], onto: str) -> None:
    for item in moved:
        if item.computed:
            raise OpsmigError(
                f"{item.path.name} works its identifiers out when it runs, so it cannot be moved.",
                hint="Set its down_revision by hand, or merge the heads.",
            )
        if item.branch_labels:
            label = item.branch_labels[0]
            raise OpsmigError(
                f"{item.revision} begins the branch {label!r}, which is meant to have a head of "
                "its own.",
                hint="Merge the heads, or take the label away first.",
            )
    needed = [one for one in moved if one.revision in history.ancestors((onto,))]
    if needed:
        raise OpsmigError(
            f"{onto} depends on {needed[-1].revision} (depends_on), which can then not stand on "
            "top of it.",
            hint="Merge the heads instead.",
        )


def _parents(
    item: Revision, ids: frozenset[str], under: frozenset[str], onto: str
) -> tuple[str, ...]:
    """What it stands on afterwards: what moves with it, else the other head.

    A merge of the other line into this one, half-way, loses that parent: it lies below anyway.
    """
    inside = tuple(name for name in item.down_revisions if name in ids)
    if len(inside) == len(item.down_revisions) and inside:
        return inside
    strange = [name for name in item.down_revisions if name not in ids and name not in under]
    if strange:
        raise OpsmigError(
            f"{item.revision} stands on {strange[0]}, which neither head has.",
            hint="Mend that first: `opsmig review` says more.",
        )
    return inside or (onto,)


def _with(history: History, parents: Mapping[str, tuple[str, ...]]) -> History:
    revisions = [
        replace(item, down_revisions=parents.get(item.revision, item.down_revisions))
        for item in history.revisions
    ]
    kept = [problem for problem in history.problems if problem.kind in _OF_FILES]
    return arranged(revisions, kept)


def _check(before: History, after: History, mine: str, onto: str) -> None:
    """The whole chain is as sound as before, and has one head less."""
    made = after.worse_than(before)
    bad = next((one.message for one in made if one.kind != "multiple-heads"), "")
    if not bad and set(after.heads) != set(before.heads) - {onto}:
        bad = f"the heads would be {', '.join(after.heads)}"
    if bad:
        raise OpsmigError(
            f"{mine} cannot be moved on top of {onto}: {bad}.", hint="Merge the heads instead."
        )


def own_heads(
    history: History, heads: Sequence[str], new: frozenset[Path] | None
) -> tuple[str, ...]:
    """The heads whose own revisions are all new on this branch; `new` None: not known.

    Exactly one of them, and it is plain whose turn it is to move.
    """
    if new is None:
        return ()
    return tuple(
        head
        for head in heads
        if all(
            item.path in new
            for item in only_of(history, head, [one for one in heads if one != head])
        )
    )
