"""Two moments of a schema → what a person reads. The server's own rows: tests/worker."""

import json
from textwrap import dedent

import pytest

from opsmig_tui.schema.compare import changes
from opsmig_tui.schema.readable import as_json, lines, text
from opsmig_tui.worker.protocol import SchemaDelta, SchemaObject

Row = SchemaObject


def order(table: str, names: str) -> SchemaObject:
    return Row("column order", table, "", names)


CODE = Row("column", "ops.vendor", "code", "character varying(50) NOT NULL", "5.2")
NOTE = Row("column", "ops.vendor", "note", "timestamp with time zone", "5.3")
STATE = Row("enum", "ops.state", "", "'open', 'closed'", "9")
VENDOR = Row("table", "ops.vendor", "", "TABLE", "5")

CASES = {
    "a column": (
        (order("ops.vendor", "id, code"),),
        (order("ops.vendor", "id, code, note"), NOTE),
        """
        ~ table ops.vendor
          + column note  timestamptz
        """,
    ),
    "a type": (
        (CODE,),
        (Row("column", "ops.vendor", "code", "character varying(80) NOT NULL", "5.2"),),
        """
        ~ table ops.vendor
          ~ column code  varchar(50) NOT NULL → varchar(80) NOT NULL
        """,
    ),
    "a rename, and what only says so": (
        (
            CODE,
            Row("index", "ops.vendor", "by_code", "USING btree (code)", "7"),
            Row("view", "ops.named", "", "SELECT vendor.code FROM ops.vendor;", "8"),
            order("ops.vendor", "id, code"),
        ),
        (
            Row("column", "ops.vendor", "label", "character varying(50) NOT NULL", "5.2"),
            Row("index", "ops.vendor", "by_code", "USING btree (label)", "7"),
            Row("view", "ops.named", "", "SELECT vendor.label FROM ops.vendor;", "8"),
            order("ops.vendor", "id, label"),
        ),
        """
        ~ table ops.vendor
          ~ column label  (was code)
        """,
    ),
    "a column dropped and one added is no rename": (
        (CODE, order("ops.vendor", "id, code")),
        (
            Row("column", "ops.vendor", "label", "character varying(50) NOT NULL", "5.4"),
            order("ops.vendor", "id, label"),
        ),
        """
        ~ table ops.vendor
          - column code  varchar(50) NOT NULL
          + column label  varchar(50) NOT NULL
        """,
    ),
    "a table renamed keeps its parts": (
        (
            VENDOR,
            CODE,
            Row("constraint", "ops.deal", "fk", "FOREIGN KEY (v) REFERENCES ops.vendor(id)", "6"),
        ),
        (
            Row("table", "ops.seller", "", "TABLE", "5"),
            Row("column", "ops.seller", "code", "character varying(50) NOT NULL", "5.2"),
            Row("constraint", "ops.deal", "fk", "FOREIGN KEY (v) REFERENCES ops.seller(id)", "6"),
        ),
        """
        ~ table ops.seller  (was ops.vendor)
        """,
    ),
    "a whole table, its sequence with it, in the order of its columns": (
        (),
        (
            Row("owner", "ops.vendor", "", "ops"),
            Row("owner", "ops.vendor_id_seq", "", "ops"),
            Row("sequence", "ops.vendor_id_seq", "", "AS integer OWNED BY ops.vendor.id", "4"),
            NOTE,
            CODE,
            VENDOR,
            order("ops.vendor", "code, note"),
        ),
        """
        + table ops.vendor
          + sequence ops.vendor_id_seq  AS integer OWNED BY ops.vendor.id
          + column code  varchar(50) NOT NULL
          + column note  timestamptz
        """,
    ),
    "values of an enum": (
        (STATE,),
        (Row("enum", "ops.state", "", "'open', 'on hold', 'closed', 'it''s, gone'", "9"),),
        """
        ~ enum ops.state
          + value 'on hold' before 'closed'
          + value 'it''s, gone' at the end
        """,
    ),
    "a function": (
        (Row("function", "f()", "", "CREATE FUNCTION f()\n AS 'a'\n LANGUAGE sql", "3"),),
        (Row("function", "f()", "", "CREATE FUNCTION f()\n AS 'b'\n LANGUAGE sql", "3"),),
        """
        ~ function f()
            CREATE FUNCTION f()
          -  AS 'a'
          +  AS 'b'
             LANGUAGE sql
        """,
    ),
    "types come first": (
        (),
        (Row("column", "public.a", "x", "integer", "3.1"), STATE),
        """
        + enum ops.state  'open', 'closed'
        ~ table a
          + column x  integer
        """,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_written_as_a_person_would(name: str) -> None:
    before, after, expected = CASES[name]
    assert text(changes(SchemaDelta(before, after))) == dedent(expected).strip("\n")


def test_columns_in_another_order_are_of_low_severity() -> None:
    delta = SchemaDelta((order("t", "id, code, note"),), (order("t", "id, note, code"),))
    (found,) = changes(delta)
    assert (found.sign, found.severity) == ("~", "low")
    assert [line.low for line in lines([found])] == [False, True]


def test_the_words_that_differ_are_marked() -> None:
    delta = SchemaDelta((CODE,), (Row("column", "ops.vendor", "code", "text NOT NULL", "5.2"),))
    line = lines(changes(delta))[1]
    assert [one.text for one in line.pieces if one.sign == "-"] == ["varchar(50)"]
    assert [one.text for one in line.pieces if one.sign == "+"] == ["text"]


def test_json_tells_each_change_with_both_definitions() -> None:
    renamed = Row("column", "ops.vendor", "label", "text", "5.2")
    delta = SchemaDelta((CODE, STATE), (renamed,))
    told = json.loads(json.dumps(as_json(changes(delta))))
    assert [(one["change"], one["kind"], one["name"]) for one in told] == [
        ("changed", "column", "label"),
        ("removed", "enum", ""),
    ]
    assert (told[0]["renamed"], told[0]["after"]) == ("code", "text")


def test_no_difference_is_no_text() -> None:
    assert text(changes(SchemaDelta())) == ""
