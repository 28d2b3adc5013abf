"""The last line: what the focused pane can do, and the way to everything else."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

Item = tuple[str, str, str]


class Footer(Widget):
    """Keys that do not fit are left out, from the right; help and palette always stay.

    While something runs (`running`), what cancels it comes first.
    """

    running: reactive[bool] = reactive(False)

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def items(self) -> tuple[list[Item], list[Item]]:
        """What stands on the left, the focused pane's keys first, and on the right.

        Each is the key to press, how it is shown, and what it does.
        """
        found: dict[str, Item] = {}
        bindings = list(self.screen.active_bindings.values())
        depth = {node: n for n, node in enumerate(self._focus_path())}
        bindings.sort(key=lambda active: depth.get(active.node, len(depth)))
        for active in bindings:
            binding = active.binding
            if binding.show and active.enabled and binding.action not in found:
                shown = self.app.get_key_display(binding)
                found[binding.action] = (binding.key, shown, binding.description)
        help_item = found.pop("help", None)
        palette = (self.app.COMMAND_PALETTE_BINDING, "^p", "palette")
        found.pop("app.command_palette", None)
        found.pop("command_palette", None)
        cancel = [("ctrl+c", "^c", "cancel")] if self.running else []
        return [*cancel, *found.values()], [*([help_item] if help_item else []), palette]

    def _focus_path(self) -> list[object]:
        focused = self.screen.focused
        return list(focused.ancestors_with_self) if focused is not None else []

    def placed(self) -> list[tuple[int, Item]]:
        """What fits, with the column each begins at."""
        left, right = self.items()
        end = self.size.width - sum(_width(item) + 2 for item in right) + 1
        placed, at = [], 1
        for item in left:
            if at + _width(item) + 1 > end:
                break
            placed.append((at, item))
            at += _width(item) + 2
        for item in right:
            placed.append((end, item))
            end += _width(item) + 2
        return placed

    def render(self) -> Content:
        line = Content("")
        for column, (_, shown, text) in self.placed():
            gap = " " * (column - line.cell_length)
            line += Content.assemble(gap, (shown, "bold $accent"), (f" {text}", "$dim"))
        return line

    def on_click(self, event: events.Click) -> None:
        for column, item in self.placed():
            if column <= event.x < column + _width(item):
                self.app.simulate_key(item[0])


def _width(item: Item) -> int:
    return Content(item[1]).cell_length + 1 + Content(item[2]).cell_length
