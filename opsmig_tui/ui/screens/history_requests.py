"""What History and Changes ask the main screen for: revision files, their chain, and git."""

from __future__ import annotations

from opsmig_tui.ui import messages
from opsmig_tui.ui.screens.review_requests import ReviewRequests


class HistoryRequests(ReviewRequests):
    """A part of `MainScreen`. All but staging are jobs, one at a time."""

    def action_empty_revision(self) -> None:
        from opsmig_tui.ui.flows.create import create_empty

        main = self._main
        selected = main.selected_revision
        main.begin("empty_revision", lambda: create_empty(main, selected))

    def action_stamp(self, revision: str = "") -> None:
        """Suggests what History has selected."""
        from opsmig_tui.ui.flows.stamp import stamp_database

        main = self._main
        suggested = revision or main.board.history.selected or "head"
        main.begin("stamp", lambda: stamp_database(main, suggested))

    def action_version_table(self) -> None:
        from opsmig_tui.ui.flows.beginning import version_table

        main = self._main
        main.begin("version_table", lambda: version_table(main))

    def action_upgrade_sql(self) -> None:
        from opsmig_tui.ui.flows.export import export_sql

        main = self._main
        main.begin("upgrade_sql", lambda: export_sql(main))

    def action_ghosts(self) -> None:
        from opsmig_tui.ui.flows.ghosts import heal_ghosts

        main = self._main
        main.begin("ghosts", lambda: heal_ghosts(main))

    def on_ghosts_requested(self) -> None:
        self.action_ghosts()

    def action_heads(self) -> None:
        from opsmig_tui.ui.flows.heads import heal

        main = self._main
        main.begin("heads", lambda: heal(main))

    def action_rename(self) -> None:
        from opsmig_tui.ui.flows.heads import rename

        main = self._main
        selected = main.selected_revision
        main.begin("rename", lambda: rename(main, selected))

    def on_heads_requested(self) -> None:
        self.action_heads()

    def action_commit(self) -> None:
        from opsmig_tui.ui.flows.commit import commit

        main = self._main
        main.begin("commit", lambda: commit(main))

    def on_stage_requested(self, event: messages.StageRequested) -> None:
        from opsmig_tui.ui.flows.commit import toggle_staged

        main = self._main
        reason = main.why_not("stage")
        if reason:
            main.tell(reason, warning=True)
        else:
            main.host.start(lambda: toggle_staged(main, event.path), group="stage")
