"""Two versions of a file, told as changes of models."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsmig_tui.changes.companions import static_companions
from opsmig_tui.changes.compare import compare
from tests.support.effort import examples

BASE = """
class Kind(enum.Enum):
    A = "a"
    B = "b"

class Vendor(Base):
    __tablename__ = "vendor"
    __table_args__ = (Index("ix_name", "name"),)
    id = Column(Integer, primary_key=True)
    name = Column(String(50))
    nickname = Column(String(80))
    total = Column(Integer, nullable=False)
"""


def told(old: str | None, new: str | None) -> list[str]:
    return [
        f"{change.sign} {change.subject} {change.detail}".strip() for change in compare(old, new)
    ]


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ("name = Column(String(50))", "name = Column(String(20))",
         ["~ Vendor.name String(50) → String(20)"]),
        ("name = Column(String(50))", "name = Column(sa.String(50), nullable=False)",
         ["~ Vendor.name nullable → NOT NULL"]),
        ("name = Column(String(50))", "name = Column(String(50), index=True, unique=True)",
         ["~ Vendor.name + unique, + index"]),
        ("name = Column(String(50))", "name = Column(String(50), server_default='x')",
         ["~ Vendor.name server default none → 'x'"]),
        ("name = Column(String(50))", "name = Column(String(50), ForeignKey('a.b'))",
         ["~ Vendor.name foreign key none → a.b"]),
        ("name = Column(String(50))", "name = Column(String(50), comment='hm')",
         ["~ Vendor.name comment none → 'hm'"]),
        ("nickname = ", "nick_name = ", ["~ Vendor.nickname → nick_name"]),
        ("nickname = ", "alias = ", ["~ Vendor.nickname → alias"]),
        ("    nickname = Column(String(80))\n", "", ["- Vendor.nickname String(80)"]),
        ("    total =", "    kind = Column(Text)\n    total =", ["+ Vendor.kind Text"]),
        ('    B = "b"\n', '    B = "b"\n    PARTNER = "p"\n', ["+ Kind.PARTNER"]),
        ('    B = "b"\n', "", ["- Kind.B"]),
        ('B = "b"', 'B = "bee"', ["~ Kind.B 'b' → 'bee'"]),
        ('Index("ix_name", "name")', 'Index("ix_name", "name", "total")',
         ["- Vendor.ix_name index (name)", "+ Vendor.ix_name index (name, total)"]),
        ("(Index", '(UniqueConstraint("name"), Index', ["+ Vendor unique (name)"]),
        ("class Vendor", "class Supplier", ["~ Vendor → Supplier"]),
        ('"vendor"', '"vendors"', ["~ Vendor table vendor → vendors"]),
        ("class Vendor(Base):", "class Vendor(Base):\n    posts = relationship('Post')", []),
        ("Integer, primary_key", "Integer(), primary_key", []),
    ],
)  # fmt: skip
def test_one_edit(was: str, now: str, expected: list[str]):
    assert was in BASE
    assert told(BASE, BASE.replace(was, now, 1)) == expected


def test_a_column_moved_is_not_a_change():
    lines = BASE.splitlines()
    assert told(BASE, "\n".join([*lines[:-3], lines[-1], lines[-3], lines[-2]])) == []


def test_same_definition_elsewhere_under_another_name_is_no_rename():
    new = BASE.replace("    name = Column(String(50))\n", "") + "    zip = Column(String(50))\n"
    assert told(BASE, new) == ["- Vendor.name String(50)", "+ Vendor.zip String(50)"]


def test_of_two_candidates_the_closer_name_is_the_rename():
    new = BASE.replace(
        "    nickname = Column(String(80))\n",
        "    city = Column(String(80))\n    nick_name = Column(String(80))\n",
    )
    assert told(BASE, new) == ["+ Vendor.city String(80)", "~ Vendor.nickname → nick_name"]


def test_whole_files_come_and_go():
    assert told(None, BASE) == [
        "+ Kind enum: A, B",
        "+ Vendor table vendor, 4 columns",
    ]
    assert told(BASE, None) == ["- Kind enum: A, B", "- Vendor table vendor, 4 columns"]
    assert told(None, None) == []


def test_a_side_that_does_not_parse_is_one_line():
    (change,) = compare(BASE, "x = 1\nclass Vendor(:\n")
    assert (change.kind, change.line) == ("unreadable", 2)
    (change,) = compare("def (", BASE)
    assert change.kind == "unreadable"
    assert change.detail.startswith("before: ")


def test_lines_point_into_the_file():
    new = BASE.replace("    total", "    kind = Column(Text)\n    total")
    (change,) = compare(BASE, new)
    assert new.splitlines()[change.line - 1].strip().startswith("kind =")


@given(st.text(), st.text())
@settings(max_examples=examples(100), deadline=None)
def test_any_text_is_answered(old: str, new: str):
    for change in compare(old, new):
        assert change.sign in "+-~"


LINES = st.sampled_from(
    [*BASE.splitlines(), "class A(Vendor):", "  x: Mapped[", "x: Mapped['", "    y = Column()",
     "    y: Mapped['int |'] = mapped_column(ForeignKey())", "Table()", "Index()",
     "Enum('', name='')",
     "    __table_args__ = (Index(), *x, {})", "    @declared_attr()", "    def z(self): return 1",
     "    k: Mapped[Optional[Union[None, None]]]", "T = Table('t', m, Column(), Column('a'))"]
)  # fmt: skip


@given(st.lists(LINES, max_size=25), st.lists(LINES, max_size=25))
@settings(max_examples=examples(200), deadline=None)
def test_any_lines_of_models_are_answered(old: list[str], new: list[str]):
    before, after = "\n".join(old), "\n".join(new)
    changes = compare(before, after)
    try:
        ast.parse(before)
        ast.parse(after)
    except SyntaxError:
        assert [change.kind for change in changes] == ["unreadable"]
    else:
        assert "unreadable" not in {change.kind for change in changes}
    assert compare(after, after) == () or changes[0].kind == "unreadable"


def test_companions_are_pairs_of_names_in_the_files():
    sources = [
        'class A(B):\n    __tablename__ = "vendor"\n',
        "h = Table('site_history', m)\n__tablename__: str = 'site'\n",
        'op.create_table(\n        "vendor_version",\n',
        "__tablename__ = 'audit'",
    ]
    assert static_companions(sources, ("_history", "_version")) == {
        "site": "site_history",
        "vendor": "vendor_version",
    }
    assert static_companions([], ("_history",)) == {}


def test_tables_that_share_few_columns_are_no_companions():
    def created(name: str, *columns: str) -> str:
        inside = "".join(f'        sa.Column("{column}", sa.Text()),\n' for column in columns)
        return f'    op.create_table(\n        "{name}",\n{inside}    )\n    op.create_index("i")\n'

    sources = [
        created("flow", "id", "name", "owner", "data", "icon"),
        created("flow_version", "id", "flow_id", "number"),
        created("site", "id", "name", "town"),
        created("site_history", "history_id", "id", "name", "town"),
    ]
    assert static_companions(sources, ("_history", "_version")) == {"site": "site_history"}
