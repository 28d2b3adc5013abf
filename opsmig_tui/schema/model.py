"""What differs between two moments of a schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Sign = Literal["+", "-", "~"]
Severity = Literal["normal", "low"]


@dataclass(frozen=True)
class Change:
    """One thing added, removed, or changed or renamed ("~").

    `kind`, `object` and `name` are those of `SchemaObject`, as the second moment calls them (the
    first, for what is gone). `before` and `after` are definitions, "" where there is none.
    `renamed` is the former name ("code", or "ops.vendor" for a whole object), "" where it kept its
    own. Low is what changes nothing that a query by name would see.
    """

    sign: Sign
    kind: str
    object: str
    name: str
    before: str = ""
    after: str = ""
    renamed: str = ""
    severity: Severity = "normal"


@dataclass(frozen=True)
class Piece:
    """A part of a definition: "=" in both, "-" only in the first, "+" only in the second."""

    sign: Literal["=", "-", "+"]
    text: str
