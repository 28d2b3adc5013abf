"""The dialogs of the review: a diff to agree to, a line of text, some rows."""

from __future__ import annotations

from opsmig_tui.ui.screens.ask import AskScreen
from opsmig_tui.ui.screens.diff import DiffScreen
from opsmig_tui.ui.screens.peek import PeekScreen
from opsmig_tui.worker.protocol import PeekResult
from tests.ui.dump import screen_text, until
from tests.ui.screens.host import NOT_YET, DialogHost

DIFF = """\
--- a/b2.py
+++ b/b2.py
@@ -3,3 +3,3 @@ def upgrade():
     op.create_table("x")
-    op.drop_column("asset", "state")
+    op.drop_column("asset", "status")
"""


async def test_a_diff_wants_a_yes_that_was_not_typed_before_it_came() -> None:
    dialog = DiffScreen("Fix drop-column", DIFF, ["Renames it."])
    app = DialogHost(dialog)
    async with app.run_test(size=(90, 24)) as pilot:
        await until(pilot, lambda: "Renames it." in screen_text(app))
        shown = screen_text(app)
        assert '  −     op.drop_column("asset", "state")' in shown
        assert '4 +     op.drop_column("asset", "status")' in shown
        assert "b2.py" not in shown
        await until(pilot, lambda: not dialog.deaf)
        await pilot.press("enter")  # No has the focus
        await until(pilot, lambda: app.result is not NOT_YET)
        assert app.result is False


async def test_a_long_line_wraps_beside_its_number() -> None:
    long = ", ".join(f'"column_{number}"' for number in range(12))
    dialog = DiffScreen("Fix", f"--- a/b\n+++ b/b\n@@ -8,1 +8,2 @@\n a\n+    op.f({long})\n")
    async with DialogHost(dialog).run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: '"column_11")' in screen_text(pilot.app))
        shown = screen_text(pilot.app).splitlines()
        first = next(line for line in shown if "9 + " in line)
        code = first.index("op.f(") - 4
        following = shown[shown.index(first) + 1]
        assert following[code - 4 : code] == "    "
        assert following[code] == '"'


async def test_y_writes_once_the_dialog_hears() -> None:
    dialog = DiffScreen("Fix drop-column", DIFF)
    app = DialogHost(dialog)
    async with app.run_test(size=(60, 12)) as pilot:
        await until(pilot, lambda: app.screen is dialog)
        dialog.action_yes()
        assert app.result is NOT_YET
        await until(pilot, lambda: not dialog.deaf)
        await pilot.press("y")
        await until(pilot, lambda: app.result is True)


async def test_a_text_is_required_and_trimmed() -> None:
    dialog = AskScreen("Ignore", "Why?", option="with values")
    app = DialogHost(dialog)
    async with app.run_test(size=(80, 20)) as pilot:
        await until(pilot, lambda: app.focused is not None and app.focused.id == "message")
        await pilot.press("enter")
        await until(pilot, lambda: "Something must stand here." in screen_text(app))
        await pilot.press(*"y", "space", "ctrl+o")
        await until(pilot, lambda: "[x] with values" in screen_text(app))
        assert "Something must" not in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.result == "y")
        assert dialog.chosen


async def test_leaving_gives_no_text() -> None:
    app = DialogHost(AskScreen("Ignore", "Why?", text="written before"))
    async with app.run_test(size=(80, 20)) as pilot:
        await until(pilot, lambda: app.focused is not None and app.focused.id == "message")
        assert "written before" in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.result is None)


async def test_rows_are_a_table_that_scrolls() -> None:
    rows = tuple((str(n), None if n == 3 else f"[b]name {n}\n") for n in range(50))
    app = DialogHost(PeekScreen("1,204 rows hold a value.", PeekResult(("id", "name"), rows, True)))
    async with app.run_test(size=(70, 20)) as pilot:
        await until(pilot, lambda: "[b]name 1 " in screen_text(app))
        shown = screen_text(app)
        assert "1,204 rows hold a value." in shown
        assert "NULL" in shown
        assert "The first 50 rows; there are more." in shown
        await pilot.press(*"j" * 30)
        await until(pilot, lambda: "name 30" in screen_text(app))
        await pilot.press("q")
        await until(pilot, lambda: app.result is None)


async def test_rows_that_are_gone_say_so() -> None:
    app = DialogHost(PeekScreen("3 rows", PeekResult(("id",), ())))
    async with app.run_test(size=(50, 12)) as pilot:
        await until(pilot, lambda: "No such rows any more." in screen_text(app))
