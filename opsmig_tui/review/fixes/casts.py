"""cast-without-using: the cast that the new type needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from opsmig_tui.review.fixes.common import place_of, sql_name
from opsmig_tui.review.fixes.model import Fix
from opsmig_tui.review.model import Finding
from opsmig_tui.review.subject import Subject

if TYPE_CHECKING:
    from opsmig_tui.review.fixes.sheet import Sheet

_CAST = re.compile(r'postgresql_using="[^"]*?::([^"…]+)"')


def using(subject: Subject, finding: Finding) -> Iterator[Fix]:
    """``postgresql_using="col::type"``, with the cast that the finding names."""
    item, place = finding.operation, place_of(subject, finding.operation)
    cast = _CAST.search(finding.remedy)
    if item is None or place is None or item.is_sql or item.column is None or cast is None:
        return
    sql = f"{sql_name(item.column)}::{cast.group(1)}"

    def edit(sheet: Sheet, value: str) -> None:
        sheet.set_argument(sheet.call(place.call), "postgresql_using", sheet.style.quoted(sql))

    yield Fix(finding.rule, f"Casts the values: USING {sql}.", edit)
