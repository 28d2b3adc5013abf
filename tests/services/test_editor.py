"""The editor's command line, for the editors people use."""

from pathlib import Path

import pytest

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services.editor import editor_command

FILE = Path("/src/a b.py")
EDITORS = [
    ("vim", ["vim", "+7", "/src/a b.py"]),
    ("nvim -u NONE", ["nvim", "-u", "NONE", "+7", "/src/a b.py"]),
    ("nano", ["nano", "+7", "/src/a b.py"]),
    ("emacs -nw", ["emacs", "-nw", "+7", "/src/a b.py"]),
    ("kak", ["kak", "+7", "/src/a b.py"]),
    ("micro", ["micro", "+7", "/src/a b.py"]),
    ("code", ["code", "--wait", "-g", "/src/a b.py:7"]),
    ("code -w", ["code", "-w", "-g", "/src/a b.py:7"]),
    ("subl", ["subl", "--wait", "/src/a b.py:7"]),
    ("hx", ["hx", "/src/a b.py:7"]),
    ("gvim", ["gvim", "-f", "+7", "/src/a b.py"]),
    ("idea", ["idea", "--wait", "--line", "7", "/src/a b.py"]),
    ("pycharm", ["pycharm", "--wait", "--line", "7", "/src/a b.py"]),
    ("ed", ["ed", "/src/a b.py"]),
]


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in [spec[0].split()[0] for spec in EDITORS]:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.parametrize(("editor", "expected"), EDITORS)
def test_each_editor_is_told_the_line(bin_folder: Path, editor: str, expected: list[str]):
    env = {"EDITOR": editor, "PATH": str(bin_folder)}
    assert editor_command(FILE, 7, env) == expected


def test_visual_comes_first_and_no_line_is_fine(bin_folder: Path):
    env = {"VISUAL": str(bin_folder / "vim"), "EDITOR": "nano", "PATH": str(bin_folder)}
    assert editor_command(FILE, None, env) == [str(bin_folder / "vim"), "/src/a b.py"]


def test_without_a_setting_what_is_installed(bin_folder: Path, tmp_path: Path):
    env = {"EDITOR": " ", "PATH": str(bin_folder)}
    assert editor_command(FILE, 1, env) == [str(bin_folder / "nano"), "+1", "/src/a b.py"]
    with pytest.raises(OpsmigError, match=r"set \$EDITOR"):
        editor_command(FILE, 1, {"PATH": str(tmp_path)})


@pytest.mark.parametrize("value", ["absent --wait", "vim 'open", "''"])
def test_a_setting_that_cannot_run_is_named(bin_folder: Path, value: str):
    with pytest.raises(OpsmigError, match=r"\$EDITOR"):
        editor_command(FILE, 1, {"EDITOR": value, "PATH": str(bin_folder)})
