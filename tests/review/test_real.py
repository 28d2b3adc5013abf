"""Migrations of real packages: read without a crash, and every error in them looked at by hand."""

from __future__ import annotations

from pathlib import Path

from opsmig_tui.review.engine import review_source
from opsmig_tui.review.model import Facts
from tests.review import real


def test_every_migration_is_read() -> None:
    found = {name: path for name, path in real.migrations()}
    assert len(found) > 100
    for path in found.values():
        assert review_source(path, path.read_bytes(), Facts()).summary.text


def test_every_error_is_written_down() -> None:
    assert set(real.errors()) == set(real.verdicts())


async def test_every_error_that_rendering_adds_is_written_down(tmp_path: Path) -> None:
    """And it takes none away: what the text shows is still said."""
    found = await real.rendered_errors(tmp_path / "project")
    assert set(found) == set(real.verdicts(rendering=True))


def test_nine_in_ten_errors_are_right() -> None:
    verdicts = list(real.verdicts(rendering=True).values())
    assert sum(verdicts) / len(verdicts) > 0.9
