"""`?`: what every key does right here, told by the bindings themselves."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Static

from opsmig_tui.ui.keys import GROUPS, key
from opsmig_tui.ui.screens.dialog import Dialog
from opsmig_tui.ui.screens.lines import Line

Section = tuple[str, list[tuple[str, str]]]


class HelpScreen(Dialog[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        key("dialog.close-help", "question_mark,q", "close", "close", "Close help")
    ]

    def __init__(self, title: str, sections: list[Section]) -> None:
        super().__init__(f"Keys: {title}", classes="-wide")
        self.sections = sections

    def body(self) -> ComposeResult:
        width = max((len(keys) for _, rows in self.sections for keys, _ in rows), default=0)
        for heading, rows in self.sections:
            yield Line("", Content.styled(heading, "bold $accent"))
            for keys, text in rows:
                yield Line(Content.styled(f"{keys:<{width}}  ", "bold"), text, indent=2)
            yield Line("", "")

    def below(self) -> ComposeResult:
        hint = "esc closes   ctrl+p finds every action by name"
        yield Static(Content.styled(hint, "$dim"), classes="text")


def sections(screen: Screen[Any], pane: DOMNode) -> list[Section]:
    """The keys that work with the present focus: the pane's own first, then by group.

    Several keys of one action share a row. Nothing is listed by hand. The signs that stand in the
    pane's lines come last.
    """
    found: dict[str, dict[str, tuple[list[str], str]]] = {}
    for _, binding, enabled, tooltip in screen.active_bindings.values():
        text = tooltip or binding.description
        if binding.system or not enabled or not text or binding.id is None:
            continue
        heading = GROUPS.get(_group(binding), f"{str(pane.id).capitalize()} pane")
        keys, _ = found.setdefault(heading, {}).setdefault(binding.action, ([], text))
        shown = screen.app.get_key_display(binding)
        if shown not in keys:
            keys.append(shown)
    order = [h for h in found if h not in GROUPS.values()]
    order += [h for h in dict.fromkeys(GROUPS.values()) if h in found]
    told = [(h, [(" ".join(keys), text) for keys, text in found[h].values()]) for h in order]
    signs = list(getattr(pane, "signs", ()))
    return [*told, ("Signs", signs)] if signs else told


def _group(binding: Binding) -> str:
    return (binding.id or "").split(".")[0]
