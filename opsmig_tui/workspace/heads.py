"""Several heads side by side: what each brings, what both touch, and whose turn it is to move."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from opsmig_tui.history.heads import only_of, own_heads, parting
from opsmig_tui.history.model import History, Revision
from opsmig_tui.history.targets import resolve
from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.review.migration import Migration
from opsmig_tui.review.operations import Operation, qualified
from opsmig_tui.review.summary import summarize
from opsmig_tui.workspace.shared import history_of
from opsmig_tui.workspace.standing import read_all

if TYPE_CHECKING:
    from opsmig_tui.workspace.workspace import Workspace

# Of a longer branch the rest is counted, not read: it would take seconds.
MOST_READ = 200


@dataclass(frozen=True)
class Step:
    """One revision of a side; `does` are sentences, () where its file cannot be read."""

    revision: Revision
    does: tuple[str, ...]
    applied: bool | None = None


@dataclass(frozen=True)
class Side:
    """What only this head brings, the oldest first. `mine`: all of it is new on this branch.

    `touches` are (schema, name) of tables and enum types. `unsure` says why there may be more, "".
    """

    head: str
    steps: tuple[Step, ...]
    touches: frozenset[tuple[str | None, str]] = frozenset()
    unsure: str = ""
    mine: bool = False

    @property
    def applied(self) -> tuple[str, ...]:
        return tuple(step.revision.revision for step in self.steps if step.applied)


@dataclass(frozen=True)
class Heads:
    """`common` are the newest revisions below all of them. `shared` are the tables and types that
    more than one side touches: there the order matters. `asked`: the database was."""

    sides: tuple[Side, ...]
    common: tuple[str, ...]
    shared: tuple[str, ...] = ()
    asked: bool = False

    @property
    def mine(self) -> str | None:
        """The one head that is this branch's own; None where that cannot be told."""
        own = [side.head for side in self.sides if side.mine]
        return own[0] if len(own) == 1 else None

    def side(self, head: str) -> Side:
        return next(one for one in self.sides if one.head == head)


async def look(workspace: Workspace, names: Sequence[str] = ()) -> Heads:
    """The heads, or those of them that `names` name. Runs no code of the project.

    Raises OpsmigError where there are not at least two, or a name is none of a head.
    """
    history = history_of(workspace)
    heads = tuple(dict.fromkeys(resolve(history, name).revision for name in names))
    for name in heads:
        if name not in history.heads:
            raise OpsmigError(
                f"{name} is no head.", hint=f"The heads are {', '.join(history.heads)}."
            )
    heads = heads or _rivals(history)
    if len(heads) < 2:
        only = f"There is one head, {heads[0]}" if heads else "There are no revisions"
        raise OpsmigError(f"{only}: nothing to merge or move.", exit_status=0)
    new = await new_here(workspace)
    applied = workspace.state.applied
    own = own_heads(history, heads, new)
    sides = [
        await asyncio.to_thread(
            _side, head, only_of(history, head, [h for h in heads if h != head]), applied
        )
        for head in heads
    ]
    told = tuple(
        Side(one.head, one.steps, one.touches, one.unsure, one.head in own) for one in sides
    )
    return Heads(told, parting(history, heads), _shared(told), applied is not None)


def _rivals(history: History) -> tuple[str, ...]:
    """The heads that keep alembic from going to "head"; branches of their own labels are meant."""
    found = [one.revisions for one in history.problems if one.kind == "multiple-heads"]
    return found[0] if len(found) == 1 else history.heads


async def new_here(workspace: Workspace) -> frozenset[Path] | None:
    """The revision files that the base branch has not; None where git cannot tell."""
    from opsmig_tui.services import git

    project = workspace.project
    if project.repository is None:
        return None
    if workspace.state.git.value is None:
        await workspace.refresh("git")
    view = workspace.state.git.value
    branch = view.branch if view is not None else None
    if branch is None or branch.base is None or branch.merge_base is None:
        return None
    return await git.new_files(
        project.repository, branch.merge_base, project.config.version_locations
    )


def _side(head: str, revisions: Sequence[Revision], applied: frozenset[str] | None) -> Side:
    read = {one.path: one for one in read_all(item.path for item in revisions[:MOST_READ])}
    steps = tuple(
        Step(
            item,
            summarize(read[item.path]).upgrade if item.path in read else (),
            None if applied is None else item.revision in applied,
        )
        for item in revisions
    )
    touches = frozenset(touch for one in read.values() for touch in touched(one))
    return Side(head, steps, touches, _unsure(revisions, read))


def _unsure(revisions: Sequence[Revision], read: dict[Path, Migration]) -> str:
    lost = [item.revision for item in revisions if item.path not in read]
    vague = [one.revision.revision for one in read.values() if one.opaque_upgrade]
    if lost:
        return f"{lost[0]} was not read"
    return f"what {vague[0]} does is not all told by its text" if vague else ""


def touched(migration: Migration) -> Iterable[tuple[str | None, str]]:
    """(schema, name) of what upgrade() changes: tables, and enum types as "type NAME"."""
    for item in migration.upgrade:
        yield from _touched(item)


def _touched(item: Operation) -> Iterable[tuple[str | None, str]]:
    if item.table is not None:
        yield item.schema, item.table
    if item.kind == "rename_table" and item.old_name is not None:
        yield item.schema, item.old_name
    if item.kind.endswith(("_enum", "_enum_value")) and item.name is not None:
        yield item.schema, f"type {item.name}"


def _shared(sides: Sequence[Side]) -> tuple[str, ...]:
    """What two sides touch. A schema that one of them leaves to the search path may be any."""
    found = {
        qualified(name, schema or other_schema)
        for one, two in combinations(sides, 2)
        for schema, name in one.touches
        for other_schema, other in two.touches
        if name == other and (schema is None or other_schema in (None, schema))
    }
    return tuple(sorted(found))


def choose(heads: Heads, mine: str | None, onto: str | None) -> tuple[str, str]:
    """(the head that moves, the one it moves onto), ids as in `heads`.

    Raises OpsmigError, naming what to say, where it cannot be told.
    """
    every = [side.head for side in heads.sides]
    mine = mine or heads.mine
    if mine is None and onto is not None and len(every) == 2:
        mine = next(name for name in every if name != onto)
    if mine is None:
        raise OpsmigError(
            f"It cannot be told which of the heads is this branch's own: {', '.join(every)}.",
            hint="Name the one that moves: opsmig move REV.",
        )
    others = [name for name in every if name != mine]
    if onto is None and len(others) > 1:
        raise OpsmigError(
            f"{mine} can go on top of {' or '.join(others)}.", hint="Name one with --onto."
        )
    return mine, onto or others[0]


def warnings(heads: Heads) -> tuple[str, ...]:
    """What there is to mind before the heads are joined in any way, a sentence each."""
    found = []
    if heads.shared:
        found.append(f"Both touch {', '.join(heads.shared)}: the order matters.")
    if sum(bool(side.applied) for side in heads.sides) > 1:
        found.append("This database has revisions of both applied: merging suits that, moving not.")
    found += [f"There may be more: {side.unsure}." for side in heads.sides if side.unsure]
    return tuple(found)
