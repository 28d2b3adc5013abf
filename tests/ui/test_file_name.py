"""The file name shown while one types must be the one alembic gives."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st

from opsmig_tui.history.file_names import create_date
from opsmig_tui.ui.file_name import likely_file_name

NOW = datetime(2026, 4, 15, 14, 20, 37)
TEMPLATE = "%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d-%(rev)s_%(slug)s"


@given(st.text(min_size=1).filter(str.strip), st.sampled_from([None, TEMPLATE]))
def test_it_is_alembics_own(message: str, template: str | None) -> None:
    more = {"file_template": template} if template else {}
    script = ScriptDirectory(".", **more)
    expected = script._rev_path(".", "a1b2", message, NOW)
    assert likely_file_name(template, message, "a1b2", NOW) == Path(expected).name


@pytest.mark.parametrize("zone", [None, "UTC", "utc", "Asia/Kolkata"])
def test_the_date_is_in_alembics_time_zone(zone: str | None) -> None:
    theirs = ScriptDirectory(".", timezone=zone)._generate_create_date()
    assert create_date(zone).utcoffset() == theirs.utcoffset()


def test_an_unknown_time_zone_is_left_to_alembic() -> None:
    assert create_date("Nowhere/At all").utcoffset() is None


@pytest.mark.parametrize("template", ["%(nothing)s", "100%", "%(rev)s %d"])
def test_a_template_only_alembic_understands_is_left_to_it(template: str) -> None:
    assert likely_file_name(template, "x", "a1", NOW) == ""


def test_no_message_no_name() -> None:
    assert likely_file_name(None, "  ", "a1", NOW) == ""
