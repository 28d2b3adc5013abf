"""What makes alembic refuse a whole history, found from the files alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from opsmig_tui.history.model import HistoryProblem, Revision


def find_problems(
    revisions: Sequence[Revision], in_cycle: tuple[str, ...]
) -> Iterator[HistoryProblem]:
    """Gaps, label clashes, loops and several heads; `revisions` are newest first, ids unique."""
    yield from _unresolved(revisions)
    yield from _illegal(revisions)
    yield from _missing(revisions)
    yield from _labels(revisions)
    if in_cycle:
        yield HistoryProblem(
            "cycle",
            f"these revisions stand on each other in a loop: {_listed(in_cycle)}",
            revisions=in_cycle,
        )
    yield from _several_heads(revisions)


def _unresolved(revisions: Sequence[Revision]) -> Iterator[HistoryProblem]:
    for item in revisions:
        if item.conflict:
            yield HistoryProblem(
                "conflict",
                f"{item.path.name} holds conflict markers at line {item.conflict}: resolve them; "
                "it is shown as HEAD has it",
                path=item.path,
                revisions=(item.revision,),
            )


def _illegal(revisions: Sequence[Revision]) -> Iterator[HistoryProblem]:
    for item in revisions:
        signs = "" if item.revision.isalnum() else "".join(c for c in "@-+" if c in item.revision)
        if signs and not item.unknown:
            yield HistoryProblem(
                "unreadable",
                f"alembic does not allow {signs!r} in the revision id {item.revision!r}",
                path=item.path,
                revisions=(item.revision,),
            )


def _missing(revisions: Sequence[Revision]) -> Iterator[HistoryProblem]:
    if any(item.unknown for item in revisions):
        return  # it may be the one that is named
    ids = {item.revision for item in revisions}
    labels = {label for item in revisions for label in item.branch_labels}
    for item in revisions:
        gaps = [(name, "down_revision") for name in item.down_revisions if name not in ids]
        gaps += [
            (name, "depends_on")
            for name in item.depends_on
            if name not in ids and name not in labels
        ]
        for name, variable in gaps:
            yield HistoryProblem(
                "missing-parent",
                f"{item.revision} names {name!r} as its {variable}, which no file has",
                path=item.path,
                revisions=(item.revision, name),
            )


def _labels(revisions: Sequence[Revision]) -> Iterator[HistoryProblem]:
    owners: dict[str, str] = {item.revision: item.revision for item in revisions}
    for item in reversed(revisions):
        for label in item.branch_labels:
            owner = owners.setdefault(label, item.revision)
            if owner != item.revision or label == item.revision:
                yield HistoryProblem(
                    "duplicate-label",
                    f"branch label {label!r} of {item.revision} is already used by {owner}",
                    path=item.path,
                    revisions=(item.revision, owner),
                )


def _several_heads(revisions: Sequence[Revision]) -> Iterator[HistoryProblem]:
    """More than one head on one branch. A branch of its own label is meant to have its own head.

    Not said while a file computes its identifiers: what it stands on may be one of the heads.
    """
    if any(item.unknown for item in revisions):
        return
    parents_named = {name for item in revisions for name in item.down_revisions}
    heads = [item for item in revisions if item.revision not in parents_named]
    if len(heads) < 2:
        return
    labels = _labels_along(revisions)
    groups: dict[frozenset[str], list[str]] = {}
    for head in heads:
        groups.setdefault(labels[head.revision], []).append(head.revision)
    for ids in groups.values():
        if len(ids) > 1:
            yield HistoryProblem(
                "multiple-heads",
                f"{len(ids)} heads ({_listed(ids)}): `alembic upgrade head` refuses until they are"
                " merged, or one is moved on top of the other",
                revisions=tuple(ids),
            )


def _labels_along(revisions: Sequence[Revision]) -> dict[str, frozenset[str]]:
    """Branch labels met from each revision down to its bases."""
    found: dict[str, frozenset[str]] = {}
    for item in reversed(revisions):
        labels = frozenset(item.branch_labels)
        for parent in item.down_revisions:
            inherited = found.get(parent)
            if inherited:
                labels = labels | inherited if labels else inherited
        found[item.revision] = labels
    return found


def _listed(ids: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(ids[:most])
    return shown if len(ids) <= most else f"{shown} and {len(ids) - most} more"
