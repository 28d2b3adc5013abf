"""What a run's events look like in the output."""

from opsmig_tui.demo import SampleProject
from opsmig_tui.worker import protocol
from opsmig_tui.workspace.failure_text import failure_details
from opsmig_tui.workspace.running import reported
from tests.workspace.conftest import Open


async def test_records_of_alembic_are_messages_and_its_steps_are_left_out(
    open_workspace: Open, sample: SampleProject
) -> None:
    ws = open_workspace(sample.backend, trusted=False)
    async with reported(ws, "upgrade", "alembic upgrade head") as reporter:
        migration = "alembic.runtime.migration"
        for event in (
            protocol.Log("INFO", migration, "Running upgrade a -> b, x"),
            protocol.Log("INFO", migration, "Running downgrade b -> a, x"),
            protocol.Log("WARNING", "alembic.autogenerate.compare", "no such thing"),
            protocol.Log("INFO", "alembicish", "not its own"),
            protocol.Log("WARNING", "app.models", "a word of the project"),
        ):
            reporter(event)
        reporter.succeed("done")
    assert [line.text for line in ws.output.lines if line.kind == "log"] == [
        "no such thing",
        "INFO alembicish: not its own",
        "WARNING app.models: a word of the project",
    ]


async def test_a_statement_is_one_line_with_its_time(
    open_workspace: Open, sample: SampleProject
) -> None:
    ws = open_workspace(sample.backend, trusted=False)
    async with reported(ws, "upgrade", "alembic upgrade head") as reporter:
        reporter(protocol.StepStart(1, 2, "b", ("a",), "upgrade", "x"))
        reporter(protocol.SqlStart(1, "SELECT\n  1", "x.py", 3))
        reporter(protocol.SqlEnd(1, 12.5, 7))
        reporter(protocol.SqlStart(2, "SELECT 2"))
        reporter(protocol.SqlEnd(99, 1.0))
        reporter.fail(protocol.Failed("database", "no", detail="because"))
        reporter.fail(protocol.Failed("database", "said once"))
    first, second = (line for line in ws.output.lines if line.kind == "sql")
    assert (first.text, first.state, first.elapsed_ms, first.rows) == ("SELECT 1", "done", 12.5, 7)
    assert (first.file, first.line) == ("x.py", 3)
    assert second.state == "failed"
    assert second.elapsed_ms is not None
    assert [line.text for line in ws.output.lines][-2:] == ["no", "detail: because"]
    assert not ws.cancel()


def test_everything_known_of_a_failure_is_a_line() -> None:
    failed = protocol.Failed(
        "database",
        "x",
        "detail",
        "hint",
        "42P01",
        "SELECT\n1",
        "/a/b.py",
        7,
        "",
        ("a",),
        ("b",),
        (),
    )
    assert failure_details(failed) == [
        "detail: detail",
        "hint: hint",
        "statement: SELECT 1",
        "at: /a/b.py:7",
        "committed: a",
        "rolled back: b",
        "the database stands at base (no revision applied)",
    ]


def test_what_stays_of_a_revision_that_is_not_applied_is_a_line() -> None:
    kept = tuple(f"CREATE TABLE t{number} ()" for number in range(7))
    failed = protocol.Failed(
        "cancelled", "x", rolled_back=("b",), kept=kept, invalid=(("s.ix", "s.t"),)
    )
    lines = failure_details(failed)
    assert lines[:2] == [
        "rolled back: b",
        "stays, though its revision is not applied: CREATE TABLE t0 ()",
    ]
    assert lines[6:] == [
        "… and 2 more statements that stay",
        "left invalid: index s.ix on s.t; DROP INDEX CONCURRENTLY s.ix removes it",
        "before the next run undo what stays, or let the migration pass over what is there",
    ]
