"""Naming revisions: ids, unique beginnings of ids, head, labels, and steps from any of those.

For showing only: what an upgrade or downgrade runs is asked of alembic in the worker.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from opsmig_tui.history.model import History, Revision
from opsmig_tui.project.errors import OpsmigError

_STEPS = re.compile(r"(?:(?P<label>.+?)@)?(?P<symbol>\w+)?(?P<steps>[+-]\d+)")


def resolve(history: History, text: str) -> Revision:
    """The one revision that `text` names: an id, the unique beginning of one, head, a branch
    label, ``label@head``, or any of those with ``+n`` or ``-n`` behind it.

    Raises OpsmigError where it names none or several; several are listed.
    """
    found = resolve_all(history, text)
    if len(found) == 1:
        return found[0]
    if not found:
        raise OpsmigError(f"{text!r} stands for no revision here; name one by its id")
    raise _several(text, [item.revision for item in found])


def resolve_all(history: History, text: str) -> tuple[Revision, ...]:
    """The revisions that `text` names: as `resolve`, and ``heads`` or ``base`` (which is none).

    Raises OpsmigError where a part of it is unknown or ambiguous.
    """
    steps = _STEPS.fullmatch(text)
    if steps and steps["symbol"] and text not in history.by_id:
        label = f"{steps['label']}@" if steps["label"] else ""
        start = resolve(history, label + steps["symbol"])
        return _walk(history, (start,), int(steps["steps"]), text)
    label, _, symbol = text.rpartition("@")
    if symbol in ("heads", "head"):
        heads = [history.by_id[name] for name in history.heads]
        if label:
            heads = [head for head in heads if _on_branch(history, head, label)]
        if symbol == "head" and len(heads) > 1:
            raise _several(text, [head.revision for head in heads])
        return tuple(heads)
    if symbol == "base":
        return ()
    return (_by_name(history, symbol, label),)


def walk_down(
    history: History, starts: Sequence[Revision], steps: int, text: str
) -> tuple[Revision, ...]:
    """`steps` parents below each start; nothing where that passes the base. Raises OpsmigError."""
    return _walk(history, starts, -steps, text)


def walk_up(
    history: History, starts: Sequence[Revision], steps: int, text: str
) -> tuple[Revision, ...]:
    """`steps` children above the start (the base when there is none). Raises OpsmigError."""
    if starts:
        return _walk(history, starts, steps, text)
    bases = [history.by_id[name] for name in history.bases]
    if len(bases) != 1:
        raise _several(text, [item.revision for item in bases])
    return _walk(history, bases, steps - 1, text)


def labelled(history: History, label: str) -> Revision:
    """The revision that carries a branch label, or that the label names as an id would."""
    for item in history.revisions:
        if label in item.branch_labels:
            return item
    return _by_name(history, label, "")


def descendants(history: History, of: Iterable[str]) -> frozenset[str]:
    """The given ids and everything that stands on them along down_revision."""
    seen: set[str] = set()
    todo = list(of)
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo += history.children.get(current, ())
    return frozenset(seen)


def _walk(
    history: History, starts: Sequence[Revision], steps: int, text: str
) -> tuple[Revision, ...]:
    ends: dict[str, Revision] = {}
    for start in starts:
        item: Revision | None = start
        for _ in range(abs(steps)):
            assert item is not None
            around = history.children.get(item.revision, ()) if steps > 0 else item.down_revisions
            if len(around) > 1:
                raise OpsmigError(
                    f"{text!r} is ambiguous: from {item.revision} there are several ways, "
                    f"{', '.join(around)}; name a revision instead"
                )
            item = history.by_id.get(around[0]) if around else None
            if item is None:
                break
        if item is not None:
            ends[item.revision] = item
        elif steps > 0:
            raise OpsmigError(f"{text!r} goes past the head; there are fewer revisions than that")
    return tuple(ends.values())


def _by_name(history: History, name: str, label: str) -> Revision:
    exact = history.by_id.get(name)
    if exact is None:
        exact = next((item for item in history.revisions if name in item.branch_labels), None)
    candidates = [exact] if exact else _beginning_with(history, name)
    if label:
        candidates = [item for item in candidates if _on_branch(history, item, label)]
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        raise _several(name, [item.revision for item in candidates])
    where = f" on the branch {label!r}" if label else ""
    raise OpsmigError(
        f"no revision or branch label {name!r}{where} in this history; "
        "`opsmig history` lists what there is"
    )


def _beginning_with(history: History, name: str) -> list[Revision]:
    if not name:
        return []
    return [
        item
        for item in history.revisions
        if item.revision.startswith(name) or any(x.startswith(name) for x in item.branch_labels)
    ]


def _on_branch(history: History, item: Revision, label: str) -> bool:
    """Whether it stands above or below the labelled revision, along down_revision."""
    owner = labelled(history, label).revision
    return item.revision in descendants(history, [owner]) or owner in descendants(
        history, [item.revision]
    )


def _several(text: str, ids: Sequence[str]) -> OpsmigError:
    shown = ", ".join(ids[:8]) + (", …" if len(ids) > 8 else "")
    return OpsmigError(
        f"{text!r} is ambiguous here: it may be any of {shown or 'nothing'}; name one of them"
    )
