"""What a benchmark says, and how it is printed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Result:
    """`ours` and `peer` in `unit`; `ratio` is ours / peer; `target` in words, `met` its verdict."""

    name: str
    ours: float
    peer: float
    unit: str
    target: str
    met: bool
    peer_name: str

    @property
    def ratio(self) -> float:
        return self.ours / self.peer


def as_json(results: Sequence[Result]) -> str:
    return json.dumps([{**asdict(one), "ratio": round(one.ratio, 4)} for one in results], indent=2)


def as_table(results: Sequence[Result]) -> str:
    rows = [("benchmark", "ours", "peer", "ratio", "target", "met", "peer is")]
    for one in results:
        rows.append(
            (
                one.name,
                f"{one.ours:.1f} {one.unit}",
                f"{one.peer:.1f} {one.unit}",
                f"{one.ratio:.3f}",
                one.target,
                "yes" if one.met else "NO",
                one.peer_name,
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)
