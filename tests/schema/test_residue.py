"""What a round trip left, in words, at the line of upgrade() that caused it."""

from opsmig_tui.demo import SampleProject
from opsmig_tui.schema.residue import residue
from opsmig_tui.worker.protocol import RehearsedStatement, SchemaDelta, SchemaObject
from tests.worker.conftest import Start, add_revision, line_of
from tests.worker.conftest import project as project
from tests.worker.conftest import start as start
from tests.worker.rehearsals import rehearse


def statement(sql: str, line: int) -> RehearsedStatement:
    return RehearsedStatement(sql, "a.py", line, 1.0)


def test_what_a_table_brought_is_told_with_it() -> None:
    left = (
        SchemaObject("table", "ops.a", "", "TABLE", "5"),
        SchemaObject("column", "ops.a", "id", "integer", "5.1"),
        SchemaObject("owner", "ops.a", "", "ops"),
        SchemaObject("index", "ops.b", "by_name", "USING btree (name)", "6"),
    )
    found = residue(
        SchemaDelta((), left),
        [
            statement("CREATE TABLE ops.b (id int)", 3),
            statement('CREATE INDEX "by_name" ON ops.b (name)', 4),
            statement("CREATE TABLE ops.a (id int)", 5),
        ],
    )
    assert found == [
        (4, "index by_name of ops.b is left behind", False),
        (5, "table ops.a is left behind", False),
    ]


def test_what_no_statement_names_has_no_line() -> None:
    gone = SchemaObject("trigger", "ops.a", "on_change", "BEFORE UPDATE", "7")
    found = residue(SchemaDelta((gone,), ()), [statement("SELECT 1", 3)])
    assert found == [(0, "trigger on_change of ops.a is gone", False)]


async def test_each_kind_of_residue_is_found_at_its_line_on_a_real_server(
    start: Start, sample: SampleProject, at_head: None
) -> None:
    path = add_revision(
        sample,
        """
        op.execute("CREATE TYPE ops.mood AS ENUM ('good')")
        op.create_index("ix_left", "vendor", ["name"], schema="ops")
        op.execute("CREATE SEQUENCE ops.left_seq")
        op.alter_column("vendor", "name", type_=sa.Text(), schema="ops")
        op.execute("ALTER TABLE ops.vendor ADD CONSTRAINT positive CHECK (id > 0)")
        op.execute("CREATE VIEW ops.left_view AS SELECT id FROM ops.vendor")
        op.execute("COMMENT ON TABLE ops.site IS 'where'")
        op.execute("GRANT SELECT ON ops.site TO PUBLIC")
        op.add_column("site", sa.Column("kept", sa.Text()), schema="ops")
        op.add_column("site", sa.Column("undone", sa.Text()), schema="ops")
        op.execute("ALTER TABLE ops.site ALTER name SET DEFAULT 'none'")
        op.execute("CREATE FUNCTION ops.twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2'")
        """,
        'op.drop_column("site", "undone", schema="ops")',
    )
    result = await rehearse(start(runner=True))
    (trip,) = result.round_trips
    found = residue(trip.residue, result.legs[0].statements)
    expected = {
        "enum ops.mood is left": "CREATE TYPE",
        "index ix_left of ops.vendor is left": "ix_left",
        "sequence ops.left_seq is left": "CREATE SEQUENCE",
        "column name of ops.vendor is text": "type_=",
        "constraint positive of ops.vendor is left": "ADD CONSTRAINT",
        "view ops.left_view is left": "CREATE VIEW",
        "the comment on ops.site is left": "COMMENT ON",
        "the privileges of PUBLIC on ops.site are left": "GRANT",
        "column kept of ops.site is left": '"kept"',
        "column name of ops.site is char": "SET DEFAULT",
        "function ops.twice(n integer) is left": "CREATE FUNCTION",
    }
    for what, where in expected.items():
        (line,) = [line for line, told, _ in found if told.startswith(what)]
        assert line == line_of(path, where), what
    assert len(found) == len(expected)
