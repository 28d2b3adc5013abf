"""File names taken apart and made again."""

from datetime import datetime
from pathlib import Path

import pytest

from opsmig_tui.history.file_names import has_date, renamed

DATED = "%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d-%(rev)s_%(slug)s"
NOON = datetime(2026, 3, 4, 12, 5, 6)


@pytest.mark.parametrize(
    ("template", "name", "message", "date", "expected"),
    [
        (DATED, "2020_01_02_0304-a1_add_x", None, NOON, "2026_03_04_1205-a1_add_x"),
        (DATED, "2020_01_02_0304-a1_add_x", "Drop y!", None, "2020_01_02_0304-a1_drop_y"),
        (None, "a1_add_x", "Drop y", NOON, "a1_drop_y"),
        ("%(year)d/%(month).2d/%(rev)s_%(slug)s", "2020/01/a1_x", None, NOON, "2026/03/a1_x"),
        ("%(year)d%%%(rev)s%(year)d", "2020%a12020", None, NOON, "2026%a12026"),
        (DATED, "by_hand", "Drop y", None, None),
        ("%(author)s_%(rev)s", "me_a1", "Drop y", None, None),
    ],
)
def test_renamed(
    template: str | None,
    name: str,
    message: str | None,
    date: datetime | None,
    expected: str | None,
) -> None:
    path = Path("/versions") / f"{name}.py"
    made = renamed(template, path, "a1", message=message, date=date)
    assert made == (Path("/versions") / f"{expected}.py" if expected else None)


def test_has_date() -> None:
    assert has_date(DATED)
    assert has_date("%(epoch)s_%(rev)s")
    assert not has_date(None)
