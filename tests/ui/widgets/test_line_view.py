from __future__ import annotations

from rich.style import Style
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown
from textual.strip import Strip

from opsmig_tui.ui.widgets.line_view import LineView
from opsmig_tui.ui.widgets.paint import line
from tests.ui.dump import screen_text


class Numbers(LineView):
    """Lines that count how often each was painted; every tenth takes no cursor."""

    def __init__(self, count: int, length: int = 0) -> None:
        super().__init__()
        self.count = count
        self.length = length
        self.painted_rows: list[int] = []

    @property
    def line_count(self) -> int:
        return self.count

    @property
    def longest(self) -> int:
        return self.length

    def fixed_cells(self, index: int) -> int:
        return 5

    def selectable(self, index: int) -> bool:
        return index % 10 != 9

    def render_row(self, index: int, selected: bool, width: int) -> Strip:
        self.painted_rows.append(index)
        tail = "".join(str(n % 10) for n in range(self.length))
        return line((f"{index:4} " + (tail or f"row {index}"), Style()))


class Host(App[None]):
    def __init__(self, view: LineView) -> None:
        super().__init__()
        self.view = view
        self.moved = 0
        self.chosen: list[int] = []

    def compose(self) -> ComposeResult:
        yield self.view

    def on_line_view_moved(self) -> None:
        self.moved += 1

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        self.chosen.append(event.index)


async def test_only_what_is_visible_is_painted_and_a_move_paints_two() -> None:
    view = Numbers(100_000)
    async with Host(view).run_test(size=(40, 20)) as pilot:
        await pilot.pause()
        assert set(view.painted_rows) <= set(range(21))
        view.painted_rows.clear()
        await pilot.press("j")
        await pilot.pause()
        assert set(view.painted_rows) <= {0, 1}


async def test_keys_move_the_cursor_and_leave_out_what_takes_none() -> None:
    view = Numbers(200)
    app = Host(view)
    async with app.run_test(size=(40, 21)) as pilot:
        await pilot.press("j", "down", "k")
        assert view.cursor == 1
        await pilot.press(*"jjjjjjjj")
        assert view.cursor == 10
        await pilot.press("k")
        assert view.cursor == 8
        await pilot.press("pagedown")
        assert view.cursor == 28
        await pilot.press("pageup", "pageup")
        assert view.cursor == 0
        await pilot.press("G")
        assert view.cursor == 198
        assert view.scroll_offset.y == 200 - 21
        await pilot.press("enter", "g", "enter", "end", "home")
        assert app.chosen == [198, 0]
        assert view.cursor == 0


async def test_mouse() -> None:
    view = Numbers(200)
    app = Host(view)
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.click(view, offset=(3, 4))
        assert view.cursor == 4
        await pilot.click(view, offset=(3, 9))
        assert view.cursor == 4
        await pilot.click(view, offset=(3, 6), times=2)
        assert app.chosen == [6]
        await pilot._post_mouse_events([MouseScrollDown], view)
        await pilot.pause()
        assert view.scroll_offset.y > 0


async def test_long_lines_move_sideways_but_the_gutter_stays() -> None:
    view = Numbers(3, length=100)
    app = Host(view)
    async with app.run_test(size=(20, 5)) as pilot:
        await pilot.pause()
        assert screen_text(app).splitlines()[0] == "   0 01234567890123…"
        await pilot.press("l")
        await pilot.pause()
        assert screen_text(app).splitlines()[0] == "   0 89012345678901…"
        await pilot.press("h", "left")
        await pilot.pause()
        assert view.shift == 0
        for _ in range(30):
            await pilot.press("right")
        assert view.shift == 80


async def test_search_goes_to_matches_around_the_end() -> None:
    view = Numbers(50)
    async with Host(view).run_test(size=(40, 20)):
        assert view.search("ROW 4") == 10
        assert view.cursor == 4
        view.next_match(1)
        assert view.cursor == 40
        view.next_match(-1)
        view.next_match(-1)
        assert view.cursor == 48
        view.count = 20
        view.lines_changed()
        assert view.matches == [4]
        assert view.search("nowhere") == 0
        assert view.cursor == 18


async def test_an_empty_list_says_its_hint_and_takes_every_key() -> None:
    view = Numbers(0)
    view.hint = "Nothing here."
    app = Host(view)
    async with app.run_test(size=(30, 6)) as pilot:
        await pilot.press("j", "k", "G", "g", "pagedown", "enter", "l")
        await pilot.pause()
        assert "Nothing here." in screen_text(app)
        assert app.chosen == []


async def test_fewer_rows_move_the_cursor_up() -> None:
    view = Numbers(50)
    async with Host(view).run_test(size=(30, 6)) as pilot:
        await pilot.press("G")
        view.count = 5
        view.lines_changed()
        await pilot.pause()
        assert view.cursor == 4
        assert view.scroll_offset.y == 0
