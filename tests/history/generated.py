"""Histories made up by hypothesis, as files in the many ways people write them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st


@dataclass(frozen=True)
class Made:
    revision: str
    down: tuple[str, ...]
    depends: tuple[str, ...]
    labels: tuple[str, ...]
    style: int


@st.composite
def histories(draw: st.DrawFn, most: int = 14) -> list[Made]:
    """Any acyclic history: several bases, forks, merges, labels, depends_on ids and labels."""
    made: list[Made] = []
    for index in range(draw(st.integers(1, most))):
        ids = [item.revision for item in made]
        count = draw(st.sampled_from([0, 1, 1, 1, 1, 1, 2, 3])) if ids else 0
        down = (
            draw(
                st.lists(
                    st.sampled_from(ids), min_size=min(count, len(ids)), max_size=count, unique=True
                )
            )
            if count
            else []
        )
        labels = (f"label{index}",) if draw(st.integers(0, 5)) == 0 else ()
        known = [*ids, *(label for item in made for label in item.labels)]
        depends = (
            draw(st.lists(st.sampled_from(known), max_size=2, unique=True))
            if (known and draw(st.integers(0, 4)) == 0)
            else []
        )
        made.append(
            Made(
                f"{draw(st.integers(0, 0xFFFF)):04x}{index:04x}",
                tuple(down),
                tuple(depends),
                labels,
                draw(st.integers(0, 4)),
            )
        )
    return made


def write(folder: Path, made: list[Made]) -> None:
    """Write the files under names whose order is not the order of the history."""
    folder.mkdir(parents=True, exist_ok=True)
    for item in made:
        (folder / f"{item.revision}_step.py").write_text(source(item), encoding="utf-8")


def source(item: Made) -> str:
    """One file in one of five styles; `style` only changes how it is written, never its meaning."""
    down, depends, labels = (_value(x, item.style) for x in (item.down, item.depends, item.labels))
    day = int(item.revision[-2:], 16) + 1
    doc = (
        f'"""step {item.revision}\n\nRevision ID: {item.revision}\n'
        f"Revises: {', '.join(item.down)}\nCreate Date: 2024-01-{day:02d}\n\n"
        '"""\n'
    )
    if item.style == 1:
        note = ": Union[str, None]"
        return (
            f"{doc}from typing import Sequence, Union\n\n# revision identifiers, used by Alembic.\n"
            f"revision: str = '{item.revision}'\ndown_revision{note} = {down}\n"
            f"branch_labels: Union[str, Sequence[str], None] = {labels}  # labels\n"
            f"depends_on{note} = {depends}\n\n\ndef upgrade() -> None:\n    pass\n"
        )
    if item.style == 2:
        return (
            f"# a comment\n{doc.replace(chr(34) * 3, chr(39) * 3)}PARENT = {down}\n"
            f"revision = '{item.revision[:3]}' + '{item.revision[3:]}'\ndown_revision = PARENT\n"
            f"depends_on = {depends}\nbranch_labels = {labels}\n"
        )
    body = (
        "    print('the revision is done, so is down_revision')\n"
        if item.style == 3
        else "    pass\n"
    )
    return (
        f"{doc}from alembic import op\n\nrevision = {item.revision!r}\ndown_revision = {down}\n"
        + (f"branch_labels = {labels}\n" if item.labels else "")
        + (f"depends_on = {depends}\n" if item.depends else "")
        + f"\ndef upgrade():\n{body}"
    )


def _value(items: tuple[str, ...], style: int) -> str:
    if not items:
        return "()" if style == 4 else "None"
    if len(items) == 1 and style != 4:
        return f'("{items[0]}")' if style == 3 else repr(items[0])
    if style == 3:
        return "[\n    " + ",\n    ".join(f'"{x}"' for x in items) + ",\n]"
    return repr(list(items)) if style == 1 else repr(tuple(items))
