"""Files are written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from opsmig_tui.project.atomic import write_whole


def test_a_new_file_has_the_permissions_of_any(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("x")
    write_whole(tmp_path / "new", b"text\r\n")
    assert (tmp_path / "new").read_bytes() == b"text\r\n"
    assert (tmp_path / "new").stat().st_mode == plain.stat().st_mode


def test_an_old_file_keeps_its_permissions_and_a_link_stays_one(tmp_path: Path) -> None:
    old, link = tmp_path / "old", tmp_path / "link"
    old.write_text("before")
    old.chmod(0o750)
    link.symlink_to(old)
    write_whole(link, b"after")
    assert old.read_text() == "after"
    assert stat.S_IMODE(old.stat().st_mode) == 0o750
    assert link.is_symlink()


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_whole(tmp_path / "folder", b"x")
    assert os.listdir(tmp_path) == ["folder"]


def test_a_private_file_is_for_nobody_else(tmp_path: Path) -> None:
    write_whole(tmp_path / "own", b"x", private=True)
    assert stat.S_IMODE((tmp_path / "own").stat().st_mode) == 0o600
