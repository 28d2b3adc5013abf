"""What a fix is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opsmig_tui.project.errors import OpsmigError

if TYPE_CHECKING:
    from opsmig_tui.review.fixes.sheet import Sheet


class FixRefused(OpsmigError):
    """The fix cannot be made here, and nothing was written; the message says why in a sentence."""


@dataclass(frozen=True)
class Ask:
    """What only a person can decide: `question` in words, `example` an answer of the right form.

    The answer is SQL, an expression such as ``'active'``, ``0`` or ``now()``.
    """

    question: str
    example: str = ""


@dataclass(frozen=True)
class Fix:
    """A change of the migration's text that mends one finding.

    `title` says in a sentence what it does. `edit` notes the changes on a `Sheet` of the text that
    was reviewed, with the answer to `ask`.
    """

    rule: str
    title: str
    edit: Callable[[Sheet, str], None] = field(compare=False, repr=False)
    ask: Ask | None = None

    def apply(self, source: str, value: str = "", *, guards: bool = True) -> str:
        """The new text. `source` is the text that the fix was planned for, `value` what was
        answered; `guards`: the project's alembic knows if_exists. Raises FixRefused. What it
        promises is kept by `checked.fixed`, not here."""
        # libcst takes half a second to import: only who fixes something waits for it.
        from opsmig_tui.review.fixes.sheet import open_sheet

        sheet = open_sheet(source)
        sheet.style.guards = guards
        self.edit(sheet, value)
        return sheet.result()
