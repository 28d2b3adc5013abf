"""Comments are found where Python's own tokenizer finds them."""

from __future__ import annotations

import io
import tokenize

import pytest

from opsmig_tui.review.comments import comments
from tests.review.labelled import labelled
from tests.review.real import migrations
from tests.review.test_cases import CASES


def tokenized(source: str) -> list[tuple[int, int, str]]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [(*token.start, token.string) for token in tokens if token.type == tokenize.COMMENT]


def test_in_every_migration_there_is() -> None:
    sources = [case.source for case in CASES]
    sources += [case.path.read_text("utf-8") for case in labelled()]
    sources += [path.read_text("utf-8") for _, path in migrations()]
    found = [list(comments(source)) for source in sources]
    assert sum(map(len, found)) > 500
    assert found == [tokenized(source) for source in sources]


@pytest.mark.parametrize(
    "source",
    [
        "a = '#' # one\n",
        'a = "it\'s # none" # one\n',
        "a = 'it\\'s # none' # one\n",
        "a = r'\\' # none' # one\n",
        "a = b'\\\\' # one\n",
        "a = 'b\\\n# none' # one\n",
        'a = """\'# none\n# none \' \'\' "" \\""" # none""" # one\n',
        "a = '''# none''' '''''' '' # one\n",
        '# one \' """\n# two\n',
        "a = ('b'  # one\n     'c # none')\n# two",
        "é = 'é'  # one\n\f# two\n",
        "",
    ],
)
def test_among_strings(source: str) -> None:
    assert list(comments(source)) == tokenized(source)


def test_within_an_f_string() -> None:
    """As Python 3.12 reads it; the tokenizers before it refuse the second line."""
    source = 'a = f"{b[\'c\']}"  # one\nd = f"{e["f"]}"  # two\n'
    assert list(comments(source)) == [(1, 17, "# one"), (2, 17, "# two")]
