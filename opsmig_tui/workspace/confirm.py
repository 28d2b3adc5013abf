"""What a person is shown before anything changes, and what they must type for it.

Danger in proportion: an additive upgrade on a local database wants a `y`; anything destructive, not
local or undecided wants the revision's or the database's name typed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ConfirmationStep:
    """One line of the plan. `losses` are sentences ("1,204 rows of ops.agreement.nickname")."""

    revision: str
    message: str
    summary: str = ""
    losses: tuple[str, ...] = ()
    commits: str = ""


@dataclass(frozen=True)
class Confirmation:
    """The whole question. `typed` is the text that must be typed, None when `y` is enough.

    `warnings` are sentences about the database ("not local: …"), shown before the plan. `name` is
    the name of the database that is meant: of several the one that calls for the most care. `notes`
    are sentences that warn of nothing.
    """

    title: str
    database: str
    command: str
    steps: tuple[ConfirmationStep, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    typed: str | None = None
    typed_what: str = ""
    destructive: bool = False
    local: bool = True
    name: str = ""
