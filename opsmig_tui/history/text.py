"""A history as lines of text: what `opsmig history` prints, plain and verbose."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from opsmig_tui.history.model import NODE, GraphRow, History, Revision

APPLIED, PENDING, CURRENT, UNKNOWN = "●", "○", "◉", "•"
_WIDEST_ID = 16


def node_sign(revision: str, applied: Collection[str] | None, current: Collection[str] = ()) -> str:
    """● applied, ○ pending, ◉ where the database stands, • when it was not asked (None)."""
    if applied is None:
        return UNKNOWN
    if revision in current:
        return CURRENT
    return APPLIED if revision in applied else PENDING


def dump(
    history: History,
    rows: Sequence[GraphRow],
    *,
    applied: Collection[str] | None = None,
    current: Collection[str] = (),
    standing: Mapping[str, Sequence[str]] | None = None,
    verbose: bool = False,
    limit: int | None = None,
) -> list[str]:
    """The lines for `rows`, which may be those of a part of `history` only.

    Heads and parents are told from the whole history. `limit` is the number of revisions shown;
    a last line says how many more there are. `standing` has more tags by revision, in words.
    """
    told = standing or {}
    shown = rows if limit is None else rows[: max(limit, 0)]
    width = min(max((len(row.revision) for row in shown), default=0), _WIDEST_ID)
    lines: list[str] = []
    for row in shown:
        item = history.by_id[row.revision]
        sign = node_sign(row.revision, applied, current)
        if verbose:
            told_of = told.get(item.revision, ())
            lines += [*entry(history, item, sign, current, told_of), ""]
            continue
        words = (*_tags(history, item, current), *told.get(item.revision, ()))
        tags = "".join(f" ({tag})" for tag in words)
        cells = row.cells.replace(NODE, sign)
        text = f"{cells} {item.revision:<{width}}  {item.date[:10]:<10}  {item.message}{tags}"
        lines.append(text.rstrip())
        lines += [link.rstrip() for link in row.links]
    if len(shown) < len(rows):
        lines.append(f"… {len(rows) - len(shown)} more")
    return lines


def _tags(history: History, item: Revision, current: Collection[str]) -> list[str]:
    tags = []
    if item.revision in history.heads:
        tags.append("head")
    if item.revision in current:
        tags.append("current")
    if item.is_merge:
        tags.append("merge")
    if len(history.children.get(item.revision, ())) > 1:
        tags.append("branchpoint")
    if item.computed:
        tags.append("computed; known after the worker starts" if item.unknown else "computed")
    return [*tags, *item.branch_labels]


def named(history: History, item: Revision, current: Collection[str] = ()) -> str:
    """Its id with what there is to say of its place: "a1 (head) (reports)"."""
    return item.revision + "".join(f" ({tag})" for tag in _tags(history, item, current))


def entry(
    history: History,
    item: Revision,
    sign: str = UNKNOWN,
    current: Collection[str] = (),
    told: Sequence[str] = (),
) -> list[str]:
    """One revision as `alembic history -v` tells it."""
    tags = "".join(
        f" ({tag})" for tag in _tags(history, item, current) if tag not in item.branch_labels
    )
    parents = ", ".join(item.down_revisions) or ("unknown" if item.unknown else "<base>")
    children = history.children.get(item.revision, ())
    lines = [
        f"{sign} Rev: {item.revision}{tags}",
        f"{'Merges' if item.is_merge else 'Parent'}: {parents}",
    ]
    if item.depends_on:
        lines.append(f"Also depends on: {', '.join(item.depends_on)}")
    if len(children) > 1:
        lines.append(f"Branches into: {', '.join(children)}")
    if item.branch_labels:
        lines.append(f"Branch names: {', '.join(item.branch_labels)}")
    if item.date:
        lines.append(f"Date: {item.date}")
    if told:
        lines.append(f"Stands: {', '.join(told)}")
    lines.append(f"Path: {item.path}")
    lines += ["", *(f"    {line}".rstrip() for line in item.docstring.splitlines())]
    return lines
