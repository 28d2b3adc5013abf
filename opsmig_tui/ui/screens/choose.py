"""Several alembic configurations were found: which one is meant?"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from opsmig_tui.project.model import Candidates
from opsmig_tui.project.preferences import load_preferences
from opsmig_tui.ui.keys import key
from opsmig_tui.ui.screens.dialog import Dialog
from opsmig_tui.ui.theme import DARK_THEME, THEMES, variables

STYLES = Path(__file__).parent.parent / "styles" / "screens.tcss"


class ChooseScreen(Dialog[Path | None]):
    """Results in the chosen file, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [key("dialog.quit", "q", "close", "quit", "Leave")]

    def __init__(self, candidates: Candidates, text: str = "") -> None:
        super().__init__("Which project?")
        self.candidates = candidates
        self.text = text or f"{len(candidates.paths)} alembic configurations were found."

    def body(self) -> ComposeResult:
        yield Static(self.text, classes="text", markup=False)

    def below(self) -> ComposeResult:
        paths = self.candidates.paths
        options = [Option(Content(shorter(path)), id=str(n)) for n, path in enumerate(paths)]
        yield OptionList(*options, id="candidates", compact=True)
        hint = "enter opens it   esc leaves   next time: opsmig --config FILE"
        yield Static(Content.styled(hint, "$dim"), classes="text")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#candidates").focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self.candidates.paths[event.option_index])


class ChooseApp(App[Path]):
    """A screen of its own before there is a workspace. Its result is the chosen file."""

    CSS_PATH = STYLES
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, candidates: Candidates, text: str = "") -> None:
        super().__init__()
        self.candidates = candidates
        self.text = text
        for theme in THEMES:
            self.register_theme(theme)
        wanted = load_preferences().theme
        self.theme = wanted if wanted in self.available_themes else DARK_THEME.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variables(self.current_theme.dark)

    def on_mount(self) -> None:
        self.push_screen(ChooseScreen(self.candidates, self.text), self.exit)


def shorter(path: Path) -> str:
    """The path from the working directory when it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
