"""Files are written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from opsmig_tui.project.atomic import Replacement, write_all_whole, write_whole


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


def test_several_files_or_none(tmp_path: Path) -> None:
    one, two, taken = tmp_path / "one", tmp_path / "two", tmp_path / "taken"
    for path in (one, two, taken):
        path.write_text(path.name)
    moved = tmp_path / "moved"
    with pytest.raises(FileExistsError):
        write_all_whole([Replacement(one, b"new", one), Replacement(two, b"new", taken)])
    gone = tmp_path / "gone"
    with pytest.raises(FileNotFoundError):
        write_all_whole([Replacement(one, b"new", moved), Replacement(gone, b"new", gone)])
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):  # the last rename: the first is taken back
        write_all_whole(
            [Replacement(one, b"new", moved), Replacement(two, b"new", tmp_path / "folder" / "x/y")]
        )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "one", "taken", "two"]
    assert (one.read_text(), two.read_text(), taken.read_text()) == ("one", "two", "taken")
    two.chmod(0o640)
    write_all_whole([Replacement(one, b"1", moved), Replacement(two, b"2", two)])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "moved", "taken", "two"]
    assert (moved.read_bytes(), two.read_bytes()) == (b"1", b"2")
    assert two.stat().st_mode & 0o777 == 0o640


def test_a_rename_that_fails_half_way_takes_the_others_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("one")
    two.write_text("two")
    place = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target == two and self.read_bytes() == b"new two":
            raise OSError("no")
        return place(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(OSError, match="no"):
        write_all_whole(
            [Replacement(one, b"new one", tmp_path / "moved"), Replacement(two, b"new two", two)]
        )
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {"one": "one", "two": "two"}
