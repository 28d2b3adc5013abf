"""The labelled migrations of `tests/review/cases`, written from the catalogue of rules alone.

``#! rule, rule`` at a line's end: these errors or warnings must be found there. ``#? rule``: they
may be; people of good sense would differ. Nothing else of weight may be found. Notes are free.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "cases"
_MARK = re.compile(r"#([!?])\s*([a-z0-9-]+(?:,\s*[a-z0-9-]+)*)")


@dataclass(frozen=True)
class Labelled:
    """One migration. `must` and `may` are (rule, line)."""

    path: Path
    must: frozenset[tuple[str, int]]
    may: frozenset[tuple[str, int]]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def downgrade_line(self) -> int:
        """Where downgrade() begins; beyond the end where there is none."""
        lines = self.path.read_text(encoding="utf-8").split("\n")
        starts = (at for at, line in enumerate(lines, start=1) if line.startswith("def downgrade"))
        return next(starts, len(lines) + 1)

    @property
    def clean(self) -> bool:
        return not self.must


def labelled(folder: Path = FOLDER) -> Iterator[Labelled]:
    """All of them, by name."""
    for path in sorted(folder.glob("*.py")):
        marks: dict[str, set[tuple[str, int]]] = {"!": set(), "?": set()}
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            for sign, rules in _MARK.findall(line):
                marks[sign] |= {(rule.strip(), number) for rule in rules.split(",")}
        yield Labelled(path, frozenset(marks["!"]), frozenset(marks["?"]))
