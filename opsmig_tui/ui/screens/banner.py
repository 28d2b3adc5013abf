"""The line under the header while the database and the branch do not belong together."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from opsmig_tui.workspace.banner import banner
from opsmig_tui.workspace.state import WorkspaceState


class Banner(Static):
    """Hidden while there is nothing to say. A click shows the ghosts and the ways out."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.text = ""
        self.display = False

    def show(self, state: WorkspaceState) -> None:
        text = banner(state)
        if text != self.text:
            self.text = text
            self.update(Content(f"▲ {text}"))
            self.display = bool(text)

    async def on_click(self) -> None:
        await self.run_action("screen.ghosts")
