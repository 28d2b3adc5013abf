from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmig_tui.ui.theme import inks
from opsmig_tui.ui.widgets import code


def texts(lines: tuple[code.CodeLine, ...]) -> list[str]:
    return [code.text_of(line) for line in lines]


@pytest.mark.parametrize(
    "source", ["", "\n", "x = 1", "x = 1\n\n\n", "\n\nx", 's = """\na\n\nb"""\n', "\ta = '\x0c'\n"]
)
async def test_colours_leave_the_lines_as_they_are(source: str) -> None:
    assert texts(await code.coloured(source)) == texts(code.plain(source))


@given(st.text(alphabet="ab1 \n\t'\"#\\(){}=:\x0c\u2028éx", max_size=60))
async def test_whatever_the_text_is(source: str) -> None:
    assert texts(await code.coloured(source)) == texts(code.plain(source))


async def test_tokens_get_their_inks() -> None:
    (line,) = await code.coloured("def upgrade(): return 'x', 1  # why")
    inked = dict(line)
    assert inked["def"] == "code_keyword"
    assert inked["upgrade"] == "code_name"
    assert inked["1"] == "code_number"
    assert inked["# why"] == "code_comment"
    dark, light = code.inked(line, inks(True)), code.inked(line, inks(False))
    assert [text for text, _ in dark] == [text for text, _ in light]
    assert dark != light


async def test_a_huge_text_stays_plain() -> None:
    source = "x = 'a'\n" * (code.MOST_CHARACTERS // 8 + 1)
    assert await code.coloured(source) == code.plain(source)


async def test_the_last_texts_are_kept() -> None:
    source = "kept = True\n"
    lines = await code.coloured(source)
    assert code.cached(source) is lines
