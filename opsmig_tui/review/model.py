"""What a review is made of: a parsed migration, facts from outside, and findings.

A rule is a pure function ``(Migration, Facts) -> findings``; everything it may know beside the
file is in `Facts`, gathered before by the workspace. A part of `Facts` that is None could not be
had, and `not_checked` then says which rules went without.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from opsmig_tui.history.model import History
    from opsmig_tui.review.migration import Migration
    from opsmig_tui.review.operations import Operation
    from opsmig_tui.review.suppress import Suppressed
    from opsmig_tui.worker.protocol import (
        DatabaseFacts,
        ModelFacts,
        Probe,
        ProbeAnswer,
        RenderedRevision,
    )

Severity = Literal["error", "warning", "note"]
Override = Literal["error", "warning", "note", "off"]
Evidence = Literal["static", "rendered", "live"]
GLYPHS: Mapping[Severity, str] = {"error": "✖", "warning": "▲", "note": "●"}


@dataclass(frozen=True)
class Finding:
    """One flagged place. Lines are 1-based, columns 0-based, as `ast` counts them.

    `message` says what is wrong, `why` why that matters, `remedy` what to do: a sentence each.
    `live` is a further sentence from this database ("1,204 rows hold a value"): it is shown, and
    stays out of exports unless asked for. `probe` is the question whose rows can be looked at.
    `operation` is what is flagged, where it is one operation; for fixes.
    """

    rule: str
    severity: Severity
    line: int
    message: str
    why: str
    remedy: str
    end_line: int = 0
    column: int = 0
    end_column: int = 0
    fixable: bool = False
    evidence: Evidence = "static"
    live: str = ""
    probe: Probe | None = None
    operation: Operation | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class NotChecked:
    """A rule that could not be judged, and why ("no database")."""

    rule: str
    reason: str


@dataclass(frozen=True)
class ChainFacts:
    """Where the file stands among the others.

    `new_revisions` are ids that exist on this branch but not on the base branch; `base_heads` the
    heads of the base branch's own history. Both None without git or without a base branch.
    """

    history: History
    new_revisions: frozenset[str] | None = None
    base_heads: frozenset[str] | None = None


@dataclass(frozen=True)
class Opinion:
    """What squawk says of a statement of upgrade(); `lines` are those of the statement."""

    rule: str
    message: str
    help: str
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Residue:
    """What a rehearsal found otherwise after upgrade() and downgrade() than before.

    `what` completes a sentence ("enum ops.state is left behind"); `line` is that of upgrade() which
    caused it, 0 where not known. `low`: a query by name would not see it.
    """

    line: int
    what: str
    low: bool = False


@dataclass(frozen=True)
class Facts:
    """Everything a rule may know beside the migration itself. None means: could not be had.

    `companions` maps a versioned table's name (without schema) to its companion table's name.
    `known_tables` are names (without schema) of tables that exist before this revision, read from
    the other revision files, `known_enums` the enum types they create. `enum_values_pending` are
    the values that other pending revisions add, by type name.
    `is_last_pending` tells whether the models describe the state right after this revision, so
    that rules comparing models with migrations may speak. `file_template` is the project's.

    `pending_before` are the migrations that run before this one in the same `alembic upgrade head`:
    in one transaction unless `transaction_per_migration`. `alembic` is the version of the project's
    own, such as (1, 13, 1). `bounds_waiting`: env.py sets a
    lock_timeout. `applied`: the database stands on or
    above this revision. `edited_after_apply`: git says that the file changed since it was applied.
    `rendered` is the migration as SQL, from the worker; `opinions` are squawk's on it. `live` are
    answers about live data, by question; None where nothing was asked. `postgresql` is the major
    version to judge by when a setting overrides the server's. `severities` are those of the
    settings for this file, by rule. `large_rows` is from how many rows on a table counts as large.
    `residue` is what the round trip of a rehearsal left, None where there was none.
    `left_alone` is the revision that the setting start-after names, for a file at or below it: old
    history is not judged.
    """

    chain: ChainFacts | None = None
    models: ModelFacts | None = None
    database: DatabaseFacts | None = None
    companions: Mapping[str, str] | None = None
    known_tables: frozenset[str] | None = None
    known_enums: frozenset[str] | None = None
    enum_values_pending: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_last_pending: bool = True
    companion_suffixes: tuple[str, ...] = ("_history", "_version")
    ignore: frozenset[str] = frozenset()
    file_template: str | None = None
    pending_before: tuple[Migration, ...] = ()
    transaction_per_migration: bool = False
    alembic: tuple[int, ...] | None = None
    bounds_waiting: bool = False
    applied: bool | None = None
    edited_after_apply: bool | None = None
    rendered: RenderedRevision | None = None
    opinions: tuple[Opinion, ...] = ()
    live: Mapping[Probe, ProbeAnswer] | None = None
    postgresql: int | None = None
    severities: Mapping[str, Override] = field(default_factory=dict)
    large_rows: int = 10_000
    residue: tuple[Residue, ...] | None = None
    left_alone: str = ""
    no_models_reason: str = "no worker"
    no_database_reason: str = "no database"
    no_render_reason: str = "no worker"
    no_live_reason: str = "no database"


@dataclass(frozen=True)
class Summary:
    """What upgrade() and downgrade() do, in words, one sentence an operation in file order."""

    upgrade: tuple[str, ...] = ()
    downgrade: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The upgrade in one sentence: "adds column agreement.vendor_type, drops table x"."""
        return ", ".join(self.upgrade) or "does nothing"


@dataclass(frozen=True)
class Review:
    """The result for one file. Findings are sorted by line, then severity, then rule.

    `diff_base` is the last committed text when the file was edited since, "" for a new file, and
    equal to `source` for an unchanged one. `not_seen` says in words what of the migration no
    reading could see ("rendered offline: no, reads rows at line 41"). `not_rendered` is why there
    is no `rendered` SQL, in a few words. `facts` are what it was judged by, for fixes.
    """

    path: Path
    revision: str
    source: str
    summary: Summary
    findings: tuple[Finding, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    diff_base: str = ""
    message: str = ""
    not_seen: tuple[str, ...] = ()
    rendered: RenderedRevision | None = None
    not_rendered: str = ""
    suppressed: tuple[Suppressed, ...] = ()
    left_alone: str = ""
    facts: Facts = field(default_factory=Facts, compare=False, repr=False)

    def count(self, severity: Severity) -> int:
        return sum(1 for item in self.findings if item.severity == severity)
