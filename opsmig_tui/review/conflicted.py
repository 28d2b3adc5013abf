"""The review of a file that a merge left with conflict markers: that is the finding, and all.

Nothing else is judged, as nobody knows yet what the file will hold; and no fix is offered, as one
would have to choose a side.
"""

from __future__ import annotations

from pathlib import Path

from opsmig_tui.history.conflict import conflicts
from opsmig_tui.history.model import HistoryProblem
from opsmig_tui.history.reader import read_revision
from opsmig_tui.review.migration import decode
from opsmig_tui.review.model import Facts, Review, Summary
from opsmig_tui.review.rules.conflict import found_at

_UNTOLD = "nothing that can be told: the file holds conflict markers"


def conflicted(path: Path, source: bytes | str, facts: Facts, diff_base: str) -> Review | None:
    """None where the file holds no conflict, or not even one side of it is a revision.

    Raises NotReviewable where the bytes are no text.
    """
    text = decode(path, source)
    found = conflicts(text)
    own = read_revision(path, text) if found is not None else None
    if found is None or own is None or isinstance(own, HistoryProblem):
        return None
    return Review(
        path=path,
        revision=own.revision,
        source=text,
        summary=Summary((_UNTOLD,), (_UNTOLD,)),
        findings=tuple(found_at(first, last) for first, last in found.places),
        left_alone=facts.left_alone,
        diff_base=diff_base,
        message=own.message,
        not_seen=("the rest of the file: it is reviewed when the conflict is resolved",),
        not_rendered="the file holds conflict markers",
        facts=facts,
    )
