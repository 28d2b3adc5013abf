"""The command that opens a file in the person's editor, at a line."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

from opsmig_tui.project.errors import OpsmigError

# How each editor is told the line.
_PLUS = ("+{line}", "{path}")
_COLON = ("{path}:{line}",)
_STYLES = {
    **dict.fromkeys(
        ("vi", "vim", "nvim", "view", "gvim", "nano", "pico", "emacs", "emacsclient", "joe", "jed",
         "mg", "ne", "kak", "gedit", "mcedit", "vis", "ex", "micro"),
        _PLUS,
    ),
    **dict.fromkeys(("subl", "sublime_text", "hx", "helix", "zed", "zeditor"), _COLON),
    "kate": ("--line", "{line}", "{path}"),
    **dict.fromkeys(
        ("code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"),
        ("-g", "{path}:{line}"),
    ),
    **dict.fromkeys(
        ("idea", "pycharm", "charm", "webstorm", "goland"),
        ("--line", "{line}", "{path}"),
    ),
}  # fmt: skip
# Graphical editors that return at once unless asked to wait until the file is closed.
_WAIT = {
    **dict.fromkeys(
        ("code", "code-insiders", "codium", "vscodium", "cursor", "windsurf", "subl",
         "sublime_text", "zed", "zeditor", "idea", "pycharm", "charm", "webstorm", "goland",
         "gedit"),
        "--wait",
    ),
    "gvim": "-f",
    "kate": "--block",
}  # fmt: skip
_WAIT_SHORT = {"-w", "--wait", "-f", "--nofork", "--block", "-b"}
_FALLBACKS = ("nano", "vim", "vi")


def editor_command(path: Path, line: int | None, env: Mapping[str, str]) -> list[str]:
    """The arguments that open `path` at the 1-based `line`, by $VISUAL, $EDITOR or what is there.

    An editor that is not known gets the file without the line. Raises OpsmigError when no editor is
    set and none is installed, or when the variable cannot be read as a command.
    """
    command = _chosen(env)
    name = Path(command[0]).name.removesuffix(".exe")
    wait = _WAIT.get(name)
    if wait is not None and _WAIT_SHORT.isdisjoint(command):
        command.append(wait)
    style = _STYLES.get(name)
    if style is None or line is None or line < 1:
        return [*command, str(path)]
    words = [word.format(path=path, line=line) for word in style]
    return [*command, *words]


def _chosen(env: Mapping[str, str]) -> list[str]:
    for variable in ("VISUAL", "EDITOR"):
        value = env.get(variable, "").strip()
        if not value:
            continue
        try:
            command = shlex.split(value)
        except ValueError as error:
            raise OpsmigError(f"${variable} is {value!r}, which is no command: {error}.") from error
        if shutil.which(command[0], path=env.get("PATH")) is None:
            raise OpsmigError(
                f"${variable} names {command[0]!r}, which is not installed: set it to your editor."
            )
        return command
    for name in _FALLBACKS:
        found = shutil.which(name, path=env.get("PATH"))
        if found is not None:
            return [found]
    raise OpsmigError(f"No editor: set $EDITOR (looked for {', '.join(_FALLBACKS)}).")
