"""What is read from a model file, whatever style it is written in."""

from opsmig_tui.changes.models import read_models

MODERN = '''
import enum
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

class Kind(str, enum.Enum):
    """What it is."""
    SMALL = "small"
    LARGE = "large"

    @property
    def shown(self): return self.value

class Agreement(Base):
    __tablename__ = "agreement"
    __table_args__ = (
        sa.Index("ix_agreement_number", "number", unique=True),
        sa.UniqueConstraint("vendor_id", "number"),
        {"schema": "ops"},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20))
    note: Mapped["str | None"]
    bare: Mapped[Optional[int]]
    other: Mapped[str] = mapped_column("other_name", sa.Text(), nullable=True)
    vendor_id: Mapped[int] = mapped_column(
        sa.ForeignKey("vendor.id", ondelete="CASCADE"), index=True
    )
    vendor: Mapped["Vendor"] = relationship(back_populates="agreements")
    limit: ClassVar[int] = 3

    def method(self): ...
'''


def columns(source: str, at: int = 0) -> dict[str, object]:
    return {column.name: column for column in read_models(source).classes[at].columns}


def test_a_modern_class():
    read = read_models(MODERN)
    (model,) = read.classes
    assert (model.name, model.table, model.bases) == ("Agreement", "agreement", ("Base",))
    by_name = {column.name: column for column in model.columns}
    assert list(by_name) == ["id", "number", "note", "bare", "other_name", "vendor_id"]
    assert by_name["id"].primary_key
    assert by_name["id"].nullable is False
    assert (by_name["number"].type, by_name["number"].nullable) == ("String(20)", False)
    assert (by_name["note"].type, by_name["note"].nullable) == ("str", True)
    assert (by_name["bare"].type, by_name["bare"].nullable) == ("int", True)
    assert by_name["other_name"].attribute == "other"
    assert by_name["other_name"].nullable is True
    assert by_name["other_name"].type == "Text"
    assert by_name["vendor_id"].foreign_key == "vendor.id ondelete CASCADE"
    assert by_name["vendor_id"].index
    assert [(item.kind, item.name, item.definition) for item in model.items] == [
        ("index", "ix_agreement_number", "number, unique=True"),
        ("unique", "", "vendor_id, number"),
    ]


def test_enum_members_are_listed_without_methods():
    (kind,) = read_models(MODERN).enums
    assert [(member.name, member.value) for member in kind.members] == [
        ("SMALL", "'small'"),
        ("LARGE", "'large'"),
    ]


def test_a_classic_class_and_a_table_object():
    read = read_models(
        "from sqlalchemy import Column, Integer, String, Table, Index\n"
        "class Vendor(db.Model):\n"
        "    id = Column(Integer, primary_key=True)\n"
        "    name = db.Column('full_name', String(50), nullable=False, default='x')\n"
        "    posts = db.relationship('Post')\n"
        "Index('ix_vendor_name', Vendor.name)\n"
        "links = Table(\n"
        "    'links', metadata, Column('a', Integer), Column('b', Integer), Index('x', 'a')\n"
        ")\n"
    )
    vendor, links = read.classes
    assert [column.name for column in vendor.columns] == ["id", "full_name"]
    assert vendor.columns[1].default == "'x'"
    assert vendor.table is None
    assert [item.name for item in vendor.items] == ["ix_vendor_name"]
    assert (links.name, links.table, links.is_table_object) == ("links", "links", True)
    assert [column.name for column in links.columns] == ["a", "b"]
    assert [item.name for item in links.items] == ["x"]


def test_declared_attr_deferred_and_conditional_columns():
    found = columns(
        "class Mixin:\n"
        "    @declared_attr\n"
        "    def owner_id(cls):\n"
        "        return Column(ForeignKey('user.id'))\n"
        "    @declared_attr.directive\n"
        "    def __table_args__(cls):\n"
        "        return (Index('ix', 'owner_id'),)\n"
        "    big = deferred(Column(Text))\n"
        "    if WITH_NOTE:\n"
        "        note = Column(Text)\n"
    )
    assert list(found) == ["owner_id", "big", "note"]


def test_sqlmodel_fields_are_columns_and_pydantic_ones_are_not():
    read = read_models(
        "class Hero(SQLModel, table=True):\n"
        "    id: int | None = Field(default=None, primary_key=True)\n"
        "    name: str = Field(index=True)\n"
        "    team_id: int | None = Field(default=None, foreign_key='team.id')\n"
        "    team: Team | None = Relationship(back_populates='heroes')\n"
        "class HeroIn(BaseModel):\n"
        "    name: str\n"
    )
    (hero,) = read.classes
    assert [(column.name, column.type, column.nullable) for column in hero.columns] == [
        ("id", "int", False),
        ("name", "str", False),
        ("team_id", "int", True),
    ]
    assert hero.columns[2].foreign_key == "team.id"


def test_enums_that_are_only_strings():
    read = read_models(
        "import enum\nfrom sqlalchemy import Enum\n"
        "Colour = enum.Enum('Colour', 'RED GREEN')\n"
        "class A(Base):\n"
        "    kind = Column(Enum('a', 'b', name='a_kind'))\n"
        "    state = Column(Enum(State, name='state'))\n"
    )
    assert {e.name: [m.name for m in e.members] for e in read.enums} == {
        "Colour": ["RED", "GREEN"],
        "a_kind": ["a", "b"],
    }
    assert read.classes[0].columns[0].type == "Enum(name='a_kind')"


def test_a_file_that_does_not_parse_says_where():
    assert read_models("x = 1\nclass :\n").problem_line == 2
    assert read_models("a\0b").problem
    assert read_models("(" * 100_000).problem
    assert read_models("\ud800").problem
