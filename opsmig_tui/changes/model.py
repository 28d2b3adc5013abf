"""What changed in model files, first as files, then in terms of models."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ChangeKind = Literal[
    "class-added", "class-removed", "class-renamed",
    "table-renamed",
    "column-added", "column-removed", "column-changed", "column-renamed",
    "enum-added", "enum-removed", "enum-value-added", "enum-value-removed",
    "enum-value-changed",
    "index-added", "index-removed", "constraint-added", "constraint-removed",
    "unreadable",
]  # fmt: skip


@dataclass(frozen=True)
class ModelChange:
    """One line under a file: ``+ Agreement.vendor_type`` or ``~ Order.total Integer → BigInteger``.

    `sign` is ``+``, ``-`` or ``~``. `line` is the 1-based line on the side where the thing stands
    (new side for + and ~, old side for -).
    """

    kind: ChangeKind
    sign: Literal["+", "-", "~"]
    subject: str
    detail: str = ""
    line: int = 0


@dataclass(frozen=True)
class FileChange:
    """One model file that differs from the merge-base with the base branch.

    `letters` is what git would print for it: the letter against the merge-base (A M D R), then one
    each for staged and unstaged, "?" for untracked; `committed`, `staged`, `unstaged`, `untracked`
    say where the change stands. `path` is absolute, `shown` relative to the repository.
    `added`/`removed` count lines against the merge-base. `diff` is a unified diff without headers
    of colours, "" when the file is binary.
    """

    path: Path
    shown: str
    letter: str
    committed: bool = False
    staged: bool = False
    unstaged: bool = False
    untracked: bool = False
    added: int = 0
    removed: int = 0
    diff: str = ""
    models: tuple[ModelChange, ...] = ()
