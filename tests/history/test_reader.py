from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from opsmig_tui.history.model import HistoryProblem, Revision
from opsmig_tui.history.parse import Fields, NotARevision, _parse_plain
from opsmig_tui.history.reader import read_history, read_revision
from opsmig_tui.history.syntax import parse_syntax

TEMPLATE = '''"""add vendors

Revision ID: b2
Revises: a1
Create Date: 2025-03-01 10:11:12.131415

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'b2'
down_revision: Union[str, Sequence[str], None] = 'a1'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.add_column("vendor", sa.Column("name", sa.String()))
'''
HEAD = '"""m"""\n'
PLAIN = f"{HEAD}revision = 'b'\ndown_revision = None\n"


def read(text: str) -> Revision:
    found = read_revision(Path("/x/b_file.py"), text)
    assert isinstance(found, Revision), found
    return found


def test_what_the_template_writes() -> None:
    item = read(TEMPLATE)
    assert item == Revision(
        "b2",
        ("a1",),
        Path("/x/b_file.py"),
        message="add vendors",
        date="2025-03-01 10:11:12.131415",
        docstring=TEMPLATE.split('"""')[1].strip(),
    )
    assert _parse_plain(TEMPLATE) is not None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("'a'", ("a",)),
        ("('a')", ("a",)),
        ("('a',)", ("a",)),
        ("('a', 'c')", ("a", "c")),
        ("'a', 'c'", ("a", "c")),
        ("['a', 'c']", ("a", "c")),
        ("{'a'}", ("a",)),
        ("(\n  'a',\n  'c',\n)", ("a", "c")),
        ("(\n  'a',  # one\n  'c'\n)", ("a", "c")),
        ("('a'\n 'c')", ("ac",)),
        ("'a' + 'c'", ("ac",)),
        ("u'a'", ("a",)),
        ("'''a'''", ("a",)),
        ("'\\x61'", ("a",)),
        ("None", ()),
        ("()", ()),
        ("[]", ()),
        ("tuple()", ()),
        ("'a'  # the one before", ("a",)),
        ("'a'; depends_on = 'z'", ("a",)),
    ],
)
def test_ways_to_write_parents(written: str, meant: tuple[str, ...]) -> None:
    item = read(f"{HEAD}revision = 'b'\ndown_revision = {written}\n")
    assert item.down_revisions == meant
    assert not item.computed


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}import os\nrevision = 'b'\ndown_revision = os.environ['X']\n",
        f"{HEAD}revision = 'b'\nif True:\n    down_revision = 'a'\nelse:\n    x = 1\n",
        f"{PLAIN}for down_revision in ['a']:\n    pass\n",
        f"{PLAIN}from x import down_revision\n",
        f"{PLAIN}def f():\n    global down_revision\n    down_revision = 'a'\n",
        f"{HEAD}revision = 'b'\ndown_revision = [x for x in 'a']\n",
        f"{HEAD}revision = 'b'\ndown_revision = f'{{1}}'\n",
        f"{HEAD}revision = 'b'\nfrom x import a\ndown_revision = a\n",
        f"{PLAIN}down_revision += 'a'\n",
    ],
)
def test_a_computed_parent_is_not_guessed(text: str) -> None:
    item = read(text)
    assert item.revision == "b"
    assert item.computed
    assert item.down_revisions == ()
    assert not item.is_base


@pytest.mark.parametrize(
    "text",
    [
        f"{PLAIN}def upgrade():\n    # once this revision ran\n    op.f(f'k_{{revision[:8]}}')\n",
        f"{PLAIN}TABLE = 'rule_revision'\n_revision_table = make(TABLE)\n",
    ],
)
def test_what_only_mentions_a_name_is_read_the_quick_way(text: str) -> None:
    """A syntax tree takes a hundred times as long."""
    assert _parse_plain(text) == parse_syntax(text)


def test_a_computed_id_is_a_row_of_its_own() -> None:
    item = read(f"{HEAD}revision = make()\ndown_revision = 'a'\n")
    assert (item.revision, item.down_revisions, item.computed) == ("?b_file", ("a",), True)


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}revision = 'a'\nrevision = 'b'\ndown_revision = None\n",
        f"{HEAD}revision_environment = 'x'\nrevision = 'b'\ndown_revision = None\n",
        f"{HEAD}X = '''\nrevision = 'no'\n'''\nrevision = 'b'\ndown_revision = None\n",
        f"{PLAIN}NOTE = '''\nrevision = 'no'\n'''\n",
        f"{PLAIN}op.execute('update revision set down_revision = 1')\n",
        "revision = 'b'\ndown_revision = None\n",
        "'single'\nrevision = 'b'\ndown_revision = None\n",
        f"#!/usr/bin/python\n\n{PLAIN}",
        f"{HEAD}_ID = 'b'\nrevision: str = _ID\ndown_revision = None\n",
        f"{PLAIN}revision_note: str\n",
    ],
)
def test_the_last_plain_assignment_counts(text: str) -> None:
    item = read(text)
    assert (item.revision, item.down_revisions, item.computed) == ("b", (), False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "sets no revision"),
        ("x = 1\n", "sets no revision"),
        ("revision = 'b'\n", "sets revision but no down_revision"),
        ("revision = ()\ndown_revision = None\n", "not a string"),
        (f"{PLAIN}\ndef broken(:\nrevision = 1\n", "not valid Python at line 5"),
        ("revision = 'b'\0\n", "not valid Python"),
        ("(" * 500, "not valid Python"),
    ],
)
def test_what_alembic_would_refuse_is_said(text: str, said: str) -> None:
    found = read_revision(Path("/x/helper.py"), text)
    assert isinstance(found, HistoryProblem)
    assert found.kind == "unreadable"
    assert found.path == Path("/x/helper.py")
    assert found.message.startswith("helper.py ")
    assert said in found.message


def test_an_odd_escape_is_no_noise(capsys: pytest.CaptureFixture[str]) -> None:
    read(f"{PLAIN}X = 'revision \\d'\n")
    assert capsys.readouterr().err == ""


def test_encodings_and_newlines(tmp_path: Path) -> None:
    latin = "# -*- coding: latin-1 -*-\n" + PLAIN.replace("m", "Überlauf", 1)
    cases = {
        "a.py": PLAIN.replace("'b'", "'a'").encode("utf-8-sig"),
        "b.py": latin.encode("latin-1"),
        "c.py": TEMPLATE.replace("'b2'", "'c'").replace("\n", "\r\n").encode(),
    }
    for name, data in cases.items():
        (tmp_path / name).write_bytes(data)
    found = read_history([tmp_path]).by_id
    assert found["b"].message == "Überlauf"
    assert found["c"].date == "2025-03-01 10:11:12.131415"
    assert "\r" not in found["c"].docstring
    assert "a" in found


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\n# \xff\n", "not UTF-8 at line 2"),
        (b"# coding: klingon\n", "cannot be decoded"),
        (b"# coding: ascii\nx = '\xff'\n", "cannot be decoded"),
    ],
)
def test_what_cannot_be_decoded(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "x.py").write_bytes(data)
    (problem,) = read_history([tmp_path]).problems
    assert (problem.kind, problem.path) == ("unreadable", tmp_path / "x.py")
    assert said in problem.message


def test_a_long_file_is_read_to_its_end(tmp_path: Path) -> None:
    rows = "".join(f"# row {number}\n" for number in range(20_000))
    (tmp_path / "x.py").write_text(f"{HEAD}{rows}revision = 'b'\ndown_revision = None\n")
    assert list(read_history([tmp_path]).by_id) == ["b"]


def test_which_files_count(tmp_path: Path) -> None:
    def put(name: str, revision: str) -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PLAIN.replace("'b'", repr(revision)))

    for name in ("one.py", "__init__.py", "__init__x.py", ".#lock.py", "note.txt", "two.pyc"):
        put(name, name)
    put("sub/inner.py", "inner")
    put("sub/__pycache__/cached.py", "cached")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "0123abcd.py").write_text("down_revision = None\n")
    os.mkfifo(tmp_path / "pipe.py")
    flat = read_history([tmp_path, tmp_path / "gone"])
    assert set(flat.by_id) == {"one.py", "0123abcd"}
    deep = read_history([tmp_path, tmp_path / "sub"], recursive=True)
    assert set(deep.by_id) == {"one.py", "0123abcd", "inner"}
    assert not [x for x in deep.problems if x.kind != "multiple-heads"]


def test_a_link_is_the_file_it_leads_to(tmp_path: Path) -> None:
    target, versions = tmp_path / "shared.py", tmp_path / "versions"
    versions.mkdir()
    target.write_text(PLAIN)
    (versions / "link.py").symlink_to(target)
    (versions / "dead.py").symlink_to(tmp_path / "gone.py")
    history = read_history([versions])
    assert history.by_id["b"].path == target
    assert [item.kind for item in history.problems] == ["unreadable"]


@given(st.binary(max_size=300))
@example(b"\xef\xbb\xbf\xff")
@example(b"# coding: utf-16\n")
@example(b"# coding: idna\n\x80")
@example(b"# coding: hex\n00")
def test_no_bytes_make_it_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.py"
    path.write_bytes(data)
    assert isinstance(read_revision(path), (Revision, HistoryProblem))


PIECES = st.sampled_from(
    [
        *('"""m"""\n', '"""m\n\nCreate Date: 1\n"""\n', "'''n'''\n", "'s'\n", '"""\\d"""\n'),
        *("revision = 'b'\n", 'revision: str = "c"\n', "revision='d' # x\n", "revision = ''\n"),
        *(
            "down_revision = None\n",
            "down_revision: str | None = 'a'\n",
            "down_revision = (\n'a',)\n",
        ),
        *("down_revision = ['a',\n 'c']\n", "down_revision = 'a' 'b'\n", "down_revision = 'a',\n"),
        *("branch_labels = ('x',)\n", "depends_on = None\n", "depends_on: Any = ['q']\n"),
        *("# revision identifiers, used by Alembic.\n", "# revision = 'z'\n", "x = 1\n", "\n"),
        *(
            "if x:\n    revision = 'i'\n",
            "'''\nrevision = 'k'\n'''\n",
            "del down_revision\n",
            "\\\n",
        ),
        *(
            "down_revision = (\n'a',  # it's \"x\"\n# 'y',\n'c'  # z\n)\n",
            "depends_on = [# 'a'\n]\n",
        ),
        *("# before this revision is done\n", "x = f'{revision[:8]} {revision!r}'\n"),
        *("import \\\n revision\n", "from x import (a,\n revision\n)\n", "revision **= 2\n"),
        *("for revision in x:\n  pass\n", "x = revision = 'y'\n", "def depends_on(): pass\n"),
        *("with x as revision:\n  pass\n", "(revision) = 'y'\n", "[x, *revision] = 'yz'\n"),
        *("match x:\n  case {'y': revision}:\n    pass\n", "def f():\n  global revision\n"),
        *("match x:\n  case revision if x:\n    pass\n", "(revision\n# why\n) = 'y'\n"),
    ]
)


@given(st.lists(PIECES, max_size=8).map("".join))
@example("\"\"\"m\"\"\"\ndown_revision = None\n'''\nrevision = 'k'\n'''\n")
def test_the_quick_way_never_disagrees_with_the_syntax_tree(text: str) -> None:
    quick = _parse_plain(text)
    if quick is None:
        return
    try:
        careful: Fields | None = parse_syntax(text)
    except NotARevision:
        return  # broken elsewhere in the file: the history still shows it
    assert quick == careful
