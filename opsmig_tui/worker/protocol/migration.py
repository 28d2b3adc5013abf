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

    "rows": how many rows `table` has; "values": rows where one of `columns` holds a value, and
    "nulls": where one of them is NULL; "duplicates": rows that share the values of `columns` with
    another row (NULLs are never alike); "orphans": rows whose `columns` have no match in
    `referent`.`referent_columns` (none named: its primary key); "longest": the greatest length of
    the one column's text, in characters; "unfit": rows whose one column does not fit the type
    `value` ("character varying(20)", "smallint", "numeric(8,2)"); "misfits": rows that break the
    CHECK constraint named `value`, which is over `columns`; "enum_used": rows of any table that
    hold the value `value` of the enum type `table`; "dependents": what uses `table`, or its
    `columns` where some are named.
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
class LiveObject:
    """Something of the catalog. `kind` is what PostgreSQL calls it ("view", "foreign key").

    `table` is the one that a trigger, policy, constraint, column or index belongs to. `blocks`: as
    long as it is there, PostgreSQL refuses to drop what it uses; a view, rule, trigger, policy,
    function or generated column stands in the way of another type, too. What does not block goes
    along with what it uses. `rows` is how many a column of an enum type holds of the value.
    """

    kind: str
    name: str
    schema: Optional[str] = None
    table: str = ""
    blocks: bool = True
    rows: int = 0


@dataclass(frozen=True)
class ProbeAnswer:
    """`number` counts rows (characters for "longest", blocking objects for "dependents").

    `estimated`: the table was too large to be read whole, so it comes from a sample or from the
    planner; `at_least`: there may be more. `objects` are what "dependents" and "enum_used" found.
    A table, column, type or value that does not exist (yet) is `absent`. `problem` is why there is
    no answer, in words that hold no value of the database.
    """

    probe: Probe
    number: int = 0
    estimated: bool = False
    at_least: bool = False
    objects: tuple[LiveObject, ...] = ()
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
    """Some of the rows behind a probe, as shortened printable text, NULL as None; `more` where
    there are others. Never logged."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Optional[str], ...], ...]
    more: bool = False
    problem: str = ""
