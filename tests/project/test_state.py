from __future__ import annotations

from pathlib import Path

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.project.preferences import Preferences, load_preferences, save_preferences
from opsmig_tui.project.state_file import state_folder
from opsmig_tui.project.trust import is_trusted, trust


def test_trust_is_for_one_folder(tmp_path: Path) -> None:
    state, project = tmp_path / "state", tmp_path / "project"
    (project / "inner").mkdir(parents=True)
    assert not is_trusted(project, state)
    trust(project, state)
    assert is_trusted(project, state)
    assert not is_trusted(project / "inner", state)
    assert not is_trusted(tmp_path, state)
    (tmp_path / "link").symlink_to(project)
    assert is_trusted(tmp_path / "link", state)
    trust(tmp_path / "other", state)
    assert is_trusted(project, state)
    assert is_trusted(tmp_path / "other", state)
    assert [item.name for item in state.iterdir()] == ["trusted.json"]


@pytest.mark.parametrize("damage", [b"{", b"[1]", b'{"paths": 3}', b"\xff\xfe", b'{"paths": [3]}'])
def test_a_damaged_file_means_no_until_it_is_written_anew(tmp_path: Path, damage: bytes) -> None:
    trust(tmp_path, tmp_path)
    (tmp_path / "trusted.json").write_bytes(damage)
    assert not is_trusted(tmp_path, tmp_path)
    trust(tmp_path, tmp_path)
    assert is_trusted(tmp_path, tmp_path)


def test_a_state_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OpsmigError, match="cannot be written"):
        trust(tmp_path, tmp_path / "file")


def test_preferences_come_back(tmp_path: Path) -> None:
    assert load_preferences(tmp_path) == Preferences()
    wanted = Preferences(theme="textual-light")
    save_preferences(wanted, tmp_path)
    assert load_preferences(tmp_path) == wanted
    (tmp_path / "preferences.json").write_text('{"theme": "a", "gone": "x"}')
    assert load_preferences(tmp_path) == Preferences(theme="a")
    (tmp_path / "preferences.json").write_text('{"theme": 3}')
    assert load_preferences(tmp_path) == Preferences()
    (tmp_path / "preferences.json").write_text("nonsense")
    assert load_preferences(tmp_path) == Preferences()


def test_the_state_folder_is_the_platforms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/somewhere/state")
    assert state_folder().name == "opsmig"
