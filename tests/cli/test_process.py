"""The real command in its own process: signals, pipes, and a person at a terminal."""

import os
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject, point_to
from opsmig_tui.demo import server as embedded
from tests.cli.conftest import Opsmig
from tests.cli.terminal import COMMAND, Terminal, started, wait_until
from tests.conftest import Sql
from tests.support.forwarder import forwarded, own_address
from tests.support.postgres import locked
from tests.support.programs import lacking
from tests.workspace.conftest import CURRENT, HEAD, MIDDLE, write_revision

SLOW = "0a0a0a0a0a0a"
SLEEP = 'op.execute("CREATE TABLE ops.gone (id integer)")\nop.execute("SELECT pg_sleep(600)")'
SLEEPING = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE %s AND state = 'active'"


def position(sql: Sql) -> list[str]:
    return [row[0] for row in sql("SELECT version_num FROM public.alembic_version")]


def sleeping(sql: Sql) -> bool:
    return bool(sql(SLEEPING, "SELECT pg_sleep(600)%")[0][0])


def nothing_happened(sql: Sql) -> bool:
    return position(sql) == [CURRENT] and sql("SELECT to_regclass('ops.gone')") == [(None,)]


@pytest.fixture
def slow(versions: Path) -> None:
    write_revision(versions, SLOW, CURRENT, upgrade=SLEEP)


@pytest.fixture
def terminal(sample: SampleProject) -> Iterator[Callable[..., Terminal]]:
    made: list[Terminal] = []

    def start(*arguments: str, **environment: str) -> Terminal:
        made.append(Terminal(sample.backend, arguments, **environment))
        return made[-1]

    yield start
    for one in made:
        one.close()


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_cancels_the_run_and_a_second_run_is_refused(
    sample: SampleProject, sql: Sql, opsmig: Opsmig, number: signal.Signals, status: int
) -> None:
    yes = ("--yes", "--database", sample.database)
    with started(sample.backend, "upgrade", SLOW, *yes) as process:
        wait_until(lambda: sleeping(sql) or process.poll() is not None)
        if number == signal.SIGINT:
            second = opsmig("upgrade", MIDDLE, "--yes")
            assert second.exit_code == 2
            assert "Another run holds this database" in second.stderr
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == status
    assert "cancelling" in out
    assert "rolled back: 0a0a0a0a0a0a" in out
    assert f"the database stands at {CURRENT}" in out
    assert "Cancelled." in err
    assert nothing_happened(sql)
    assert not sleeping(sql)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_after_the_one_that_cancelled_the_run_ends_the_command(
    sample: SampleProject, sql: Sql, versions: Path, number: signal.Signals
) -> None:
    """Here env.py does not come back in the worker that is asked where the database stands."""
    note = "import os\nopen('runs', 'w').write(str(os.getpid()))"
    write_revision(versions, SLOW, CURRENT, upgrade=f"{note}\n{SLEEP}")
    env = sample.backend / "alembic" / "env.py"
    hang = (
        "import os, time\n"
        "if os.path.exists('runs') and open('runs').read() != str(os.getpid()):\n"
        "    open('hangs', 'w').close()\n"
        "    time.sleep(600)\n"
    )
    env.write_text(hang + env.read_text())
    settings = sample.backend / "opsmig.toml"
    settings.write_text(f"env-timeout-seconds = 600\n{settings.read_text()}")
    with started(sample.backend, "upgrade", SLOW, "--yes") as process:
        wait_until(lambda: sleeping(sql) or process.poll() is not None)
        process.send_signal(number)
        wait_until((sample.backend / "hangs").exists)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert "interrupted" in err
    assert nothing_happened(sql)


def test_a_lock_of_another_session_does_not_keep_a_command_that_is_done(
    sample: SampleProject, sql: Sql
) -> None:
    with locked(sample, "ops.site"):
        with started(sample.backend, "upgrade", "head", "--yes") as process:
            _, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, "")
        check = subprocess.run(
            [*COMMAND, "check"], cwd=sample.backend, capture_output=True, text=True
        )
    assert position(sql) == [HEAD]
    assert check.returncode == 2
    assert "could not tell: a table is locked by another session" in check.stderr


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("command", ["upgrade", "rehearse"])
def test_a_command_that_is_killed_leaves_nothing_running_and_nothing_done(
    sample: SampleProject, sql: Sql, command: str
) -> None:
    upgrade = ("--yes", "--database", sample.database)
    options = upgrade if command == "upgrade" else ("--seconds", "300")
    with started(sample.backend, command, SLOW, *options) as process:
        wait_until(lambda: sleeping(sql) or process.poll() is not None)
        process.kill()
        process.wait()
        wait_until(lambda: not sleeping(sql))
        others = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        )
        wait_until(lambda: sql(others, sample.database) == [(0,)])
    assert nothing_happened(sql)


def test_where_no_file_can_be_written_a_run_goes_on_and_says_so(
    sample: SampleProject, sql: Sql
) -> None:
    """As on a full disk: the limit of a file's size is nought, for the worker as well."""
    before = sorted(sample.root.rglob("*"))
    yes = ("--yes", "--database", sample.database)
    for command in (("rehearse", MIDDLE, "--seconds", "60"), ("upgrade", MIDDLE, *yes)):
        result = subprocess.run(
            [*COMMAND, *command],
            cwd=sample.backend,
            capture_output=True,
            text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
        )
        assert result.returncode == 0, result
    assert "the log of this run cannot be written (File too large)" in result.stdout
    assert position(sql) == [MIDDLE]
    assert [path for path in sorted(sample.root.rglob("*")) if "__pycache__" not in path.parts] == [
        path for path in before if "__pycache__" not in path.parts
    ]


def test_a_reader_that_goes_away_does_not_stop_the_run(sample: SampleProject, sql: Sql) -> None:
    with started(sample.backend, "upgrade", "head", "--yes") as process:
        assert process.stdout is not None
        while "1 of 2" not in process.stdout.readline():
            assert process.poll() is None
        process.stdout.close()
        process.stdout = None
        wait_until(lambda: process.poll() is not None)
    assert position(sql) == [HEAD]


def test_output_that_is_cut_short_ends_quietly(sample: SampleProject) -> None:
    command = subprocess.list2cmdline([*COMMAND, "history", "-v", "--all"])
    result = subprocess.run(
        f"{command} | head -1", shell=True, cwd=sample.backend, capture_output=True, text=True
    )
    assert HEAD in result.stdout
    assert result.stderr == ""


# -------------------------------------------------------------------------------- at a terminal


def test_questions_at_a_terminal(
    terminal: Callable[..., Terminal], sql: Sql, sample: SampleProject
) -> None:
    """Enter is no answer to anything, ctrl+c is one to all."""
    one = terminal("upgrade", MIDDLE)
    one.sees("adds column agreement.currency", f"$ alembic upgrade {MIDDLE}", "Do it? [y/N]")
    one.types("\n")
    one.sees("Nothing was changed.")
    assert one.ends() == 1

    one = terminal("upgrade", MIDDLE)
    one.sees("Do it?")
    one.types("\x03")
    one.sees("interrupted")
    assert one.ends() == 130
    assert position(sql) == [CURRENT]

    one = terminal("downgrade")
    one.sees("300 rows hold a value", f"({CURRENT}) to do it")
    one.types("yes\n")
    one.sees("Nothing was changed.")
    assert one.ends() == 1
    assert position(sql) == [CURRENT]

    one = terminal("downgrade", NO_COLOR="1")
    one.sees("to do it")
    one.types(f"{CURRENT}\n")
    one.sees("the database stands at c80b4f1e97d5")
    assert one.ends() == 0
    assert "\x1b[" not in one.text


def test_ctrl_c_while_a_statement_runs(
    terminal: Callable[..., Terminal], sql: Sql, slow: None
) -> None:
    one = terminal("upgrade", SLOW)
    one.sees("Do it?")
    one.types("y\n")
    one.sees("SELECT pg_sleep(600)")
    wait_until(lambda: sleeping(sql))
    one.types("\x03")
    one.sees("cancelling", "Cancelled.", f"the database stands at {CURRENT}")
    assert one.ends() == 130
    assert nothing_happened(sql)


@pytest.mark.parametrize("command", ["rehearse", "upgrade"])
def test_a_database_elsewhere_wants_its_name(
    terminal: Callable[..., Terminal],
    sql: Sql,
    sample: SampleProject,
    postgres: embedded.Server,
    opsmig: Opsmig,
    command: str,
) -> None:
    if not (address := own_address()):
        lacking("this machine has no address but loopback")
    with forwarded(postgres, address) as port:
        login = sample.url.partition("@")[0]
        point_to(sample.root, f"{login}@{address}:{port}/{sample.database}")

        one = terminal(command, MIDDLE)
        one.sees(f"remote: {address}:{port}", f"({sample.database}) to do it")
        one.types("y\n")
        one.sees("Nothing was changed.")
        assert one.ends() == 1

        wrong = opsmig(command, MIDDLE, "--yes", "--database", "production")
        assert (wrong.exit_code, sample.database in wrong.stderr) == (2, True), wrong.stderr
        assert position(sql) == [CURRENT]

        done = opsmig(command, MIDDLE, "--yes", "--database", sample.database)
        assert done.exit_code == 0, done.output
        assert f"stands at {CURRENT if command == 'rehearse' else MIDDLE}" in done.stdout
    assert position(sql) == [CURRENT if command == "rehearse" else MIDDLE]


def test_creating_with_all_its_questions(
    terminal: Callable[..., Terminal], sql: Sql, versions: Path, tmp_path: Path
) -> None:
    before = set(versions.glob("*.py"))
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nfor last; do :; done\necho '# edited' >> \"$last\"\n")
    editor.chmod(0o755)
    one = terminal("create", "onboard vendors", EDITOR=str(editor))
    one.sees("✖ at head", "Upgrade to head first?")
    one.types("y\n")
    one.sees("Do it?")
    one.types("y\n")
    one.sees(f"the database stands at {HEAD}", "✓ at head", "It will be ", "Generate it?")
    assert set(versions.glob("*.py")) == before
    one.types("y\n")
    one.sees("Wrote ", "rename-as-drop-add-column", "Looks right?")
    (path,) = set(versions.glob("*.py")) - before
    assert one.text.count(f"▲ 1 of 2  {MIDDLE}") == 1
    one.types("edit\n")
    one.sees("rename-as-drop-add-column", "Looks right?")
    assert path.read_text().endswith("# edited\n")
    one.types("keep\n")
    one.sees("Test it now")
    one.types("n\n")
    assert one.ends() == 1
    assert path.exists()

    # A second one on top is refused: the first is pending now.
    one = terminal("create", "more")
    one.sees("Upgrade to head first?")
    one.types("n\n")
    one.sees("Run opsmig upgrade first.")
    assert one.ends() == 2
    path.unlink()

    one = terminal("create", "onboard vendors")
    one.sees("Generate it?")
    one.types("y\n")
    one.sees("Looks right?")
    one.types("discard\n")
    one.sees("Discarded")
    assert one.ends() == 1
    assert set(versions.glob("*.py")) == before


def test_testing_after_create(
    terminal: Callable[..., Terminal], sql: Sql, sample: SampleProject, versions: Path
) -> None:
    subprocess.run(
        ["git", "stash", "--quiet", "--include-untracked"],
        cwd=sample.root,
        check=True,
        env={**os.environ, "GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x@example.com",
             "GIT_COMMITTER_NAME": "x", "GIT_COMMITTER_EMAIL": "x@example.com"},
    )  # fmt: skip
    before = set(versions.glob("*.py"))
    assert position(sql) == [CURRENT]
    one = terminal("create", "remember when")
    one.sees("Upgrade to head first?")
    one.types("y\n")
    one.sees("Do it?")
    one.types("y\n")
    one.sees("Generate it?")
    one.types("y\n")
    one.sees("Looks right?")
    one.types("\n")
    one.sees("Test it now")
    one.types("y\n")
    one.sees("upgrade, downgrade one step, upgrade again", "to do it")
    (path,) = set(versions.glob("*.py")) - before
    revision = path.name.split("-")[1].split("_")[0]
    one.types(f"{revision}\n")
    one.sees("✓ verify current", "✓ downgrade", "✓ verify current")
    assert one.ends() == 0
    assert position(sql) == [revision]
