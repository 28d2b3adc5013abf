"""One migration as the server will get it, and what the database answers about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class RenderedStatement:
    """One statement that a direction emits offline.

    `lines` are the migration file's own lines on the call stack, innermost first (1-based): the
    call in upgrade() or downgrade() is the last. `autocommit`: inside an autocommit_block.
    """

    sql: str
    lines: tuple[int, ...]
    autocommit: bool = False


@dataclass(frozen=True)
class RenderedDirection:
    """The statements of upgrade() or downgrade() in order.

    `problem` is why rendering stopped ("reads rows"), at `line` of the file (0: not known); what
    came before stands in `statements`.
    """

    statements: tuple[RenderedStatement, ...] = ()
    problem: str = ""
    line: int = 0

    @property
    def complete(self) -> bool:
        return not self.problem


@dataclass(frozen=True)
class RenderedRevision:
    """`digest` is the SHA-256 of the file that was rendered: another text was not."""

    revision: str
    digest: str
    upgrade: RenderedDirection
    downgrade: RenderedDirection


@dataclass(frozen=True)
class RenderResult:
    """In the order they were asked for; `problem` where nothing could be rendered at all."""

    revisions: tuple[RenderedRevision, ...]
    problem: str = ""


@dataclass(frozen=True)
class Probe:
    """A question about live data. Which fields mean something depends on `kind`:

    "rows": how many rows `table` has (`where` may narrow it to rows whose columns hold a value:
    see `not_null`); "nulls": rows where `columns` hold NULL; "duplicates": rows that repeat over
    `columns`; "orphans": rows whose `columns` have no match in `referent`.`referent_columns`;
    "longest": the greatest length of the text (or digits of the number) in `columns`;
    "unfit": rows whose column does not fit the type `value`; "enum_used": rows of any table that
    hold the value `value` of the enum type `table`; "dependents": views, functions and others that
    use `table` (or its `columns`); "values": rows in which `columns` hold anything at all.
    """

    kind: str
    table: str
    schema: Optional[str] = None
    columns: tuple[str, ...] = ()
    referent: Optional[str] = None
    referent_schema: Optional[str] = None
    referent_columns: tuple[str, ...] = ()
    value: str = ""


@dataclass(frozen=True)
class ProbeAnswer:
    """`number` counts rows (a length for "longest"); `estimated` where the table was too large to
    be read whole, `objects` are names ("view active_agreements"). `problem`: it could not be
    asked, and why; a table or column that does not exist (yet) is `absent`.
    """

    probe: Probe
    number: int = 0
    estimated: bool = False
    objects: tuple[str, ...] = ()
    absent: bool = False
    problem: str = ""


@dataclass(frozen=True)
class LiveResult:
    """Answers in the order of the probes. `database` is its name, for "this database"."""

    answers: tuple[ProbeAnswer, ...]
    database: str = ""
    problem: str = ""


@dataclass(frozen=True)
class PeekResult:
    """Some of the rows behind a probe, as text; `more` where there are others. Never logged."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: bool = False
    problem: str = ""
