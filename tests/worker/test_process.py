"""What a project's code can do to its worker, and what the person gets to read."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.services import worker_client
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.worker import protocol
from tests.worker.conftest import HEAD, Start, Told, add_revision, line_of, upgrade

pytestmark = pytest.mark.usefixtures("cold_workers")


def before_env(sample: SampleProject, code: str) -> Path:
    env = sample.backend / "alembic" / "env.py"
    env.write_text(f"{code}\n{env.read_text()}")
    return env.resolve()


async def failure_of(client: Any, told: Any = None) -> protocol.Failed:
    with pytest.raises(WorkerFailed) as caught:
        await asyncio.wait_for(client.request(protocol.Status(), told), 60)
    failed = caught.value.failed
    assert isinstance(failed, protocol.Failed)
    return failed


async def test_sys_exit_in_env_py(start: Start, sample: SampleProject) -> None:
    env = before_env(sample, "import sys\nsys.exit('no settings')")
    client = start()
    failed = await failure_of(client)
    assert failed.kind == "project"
    assert failed.message == "env.py called sys.exit('no settings')"
    assert (failed.file, failed.line) == (str(env), 2)
    assert client.alive


async def test_an_exception_in_a_model_names_file_and_line(
    start: Start, sample: SampleProject
) -> None:
    model = sample.backend / "models" / "vendor.py"
    model.write_text(model.read_text() + "\nraise RuntimeError('half written')\n")
    failed = await failure_of(start())
    assert failed.kind == "project"
    assert failed.message == "RuntimeError: half written"
    assert failed.file == str(model.resolve())
    assert failed.line == line_of(model, "half written")


async def test_a_syntax_error_names_file_and_line(start: Start, sample: SampleProject) -> None:
    model = sample.backend / "models" / "vendor.py"
    model.write_text(model.read_text() + "\nclass :\n")
    failed = await failure_of(start())
    assert failed.kind == "project"
    assert failed.file == str(model.resolve())
    assert failed.line == line_of(model, "class :")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("import no_such_package", "dependency"),
        ("import models.no_such_module", "project"),
        ("from sqlalchemy import create_engine as c\nc('postgresql+no_driver://u@h/d')", None),
    ],
)
async def test_a_missing_module(
    start: Start, sample: SampleProject, code: str, kind: str | None
) -> None:
    env = before_env(sample, code)
    failed = await failure_of(start())
    assert failed.kind == (kind or "dependency")
    assert failed.file == str(env)
    if kind:
        assert "No module named" in failed.message


async def test_env_py_that_never_runs_migrations(start: Start, sample: SampleProject) -> None:
    env = sample.backend / "alembic" / "env.py"
    env.write_text("print('nothing to do')\n")
    failed = await failure_of(start())
    assert failed.kind == "project"
    assert "never called context.run_migrations()" in failed.message


async def test_everything_printed_is_told_and_nothing_breaks_the_protocol(
    start: Start, sample: SampleProject
) -> None:
    client = start(runner=True)
    await upgrade(client)
    add_revision(
        sample,
        r"""
        print("plain")
        print("to stderr", file=sys.stderr)
        os.write(1, b'{"id": 1, "event": "done"}\n\xff\xfe garbage\n')
        subprocess.run(["sh", "-c", "echo from a child; echo and its errors >&2"], check=True)
        os.write(2, b"no newline at the end")
        sys.stdout.buffer.write(b"bytes\n")
        assert sys.stdin.read() == ""
        op.execute("DO $$ BEGIN RAISE WARNING 'careful'; END $$")
        """,
    )
    told = Told()
    assert (await upgrade(client, told=told)).current == ("0a0a0a0a0a0a",)
    lines = {(line.stream, line.text) for line in told.of(protocol.Output)}
    assert lines >= {
        ("stdout", "plain"),
        ("stderr", "to stderr"),
        ("stdout", '{"id": 1, "event": "done"}'),
        ("stdout", "\\xff\\xfe garbage"),
        ("stderr", "no newline at the end"),
        ("stdout", "from a child"),
        ("stderr", "and its errors"),
        ("stdout", "bytes"),
    }
    assert ("WARNING", "careful") in [(n.severity, n.text) for n in told.of(protocol.Notice)]


async def test_very_long_lines_and_very_many(start: Start, sample: SampleProject) -> None:
    client = start(runner=True)
    await upgrade(client)
    add_revision(
        sample,
        """
        print("x" * 5_000_000)
        for number in range(30_000):
            print(number)
        """,
    )
    told = Told()
    await upgrade(client, told=told)
    lines = [line.text for line in told.of(protocol.Output)]
    assert "x" * 5_000_000 in lines
    assert lines[-30_000:] == [str(number) for number in range(30_000)]


async def test_kill_9_is_one_clear_message_and_the_next_request_starts_anew(
    start: Start, sample: SampleProject
) -> None:
    env = before_env(sample, "import time\nprint('here')\ntime.sleep(600)")
    client, told = start(), Told()
    ready = await client.start()
    request = asyncio.create_task(failure_of(client, told))
    while not told.of(protocol.Output):
        await asyncio.sleep(0.01)
    os.kill(ready.pid, signal.SIGKILL)
    failed = await request
    assert failed.kind == "crash"
    assert failed.message == "The worker ended unexpectedly: killed by SIGKILL."
    env.write_text(env.read_text().split("\n", 3)[3])
    assert (await client.request(protocol.Status())).heads == (HEAD,)
    assert client.generation == 2


async def test_a_crash_shows_its_last_lines(start: Start, sample: SampleProject) -> None:
    before_env(
        sample, "import os, sys\nprint('out of cheese', file=sys.stderr)\nos.kill(os.getpid(), 11)"
    )
    failed = await failure_of(start())
    assert failed.kind == "crash"
    assert "SIGSEGV" in failed.message
    assert "out of cheese" in failed.detail
    assert "Segmentation fault" in failed.detail


async def test_os_exit_is_a_crash_with_its_status(start: Start, sample: SampleProject) -> None:
    before_env(sample, "import os\nos._exit(7)")
    failed = await failure_of(start())
    assert (failed.kind, failed.message) == (
        "crash",
        "The worker ended unexpectedly: exit status 7.",
    )


async def test_a_hang_ends_at_the_time_limit(start: Start, sample: SampleProject) -> None:
    before_env(sample, "import time\ntime.sleep(600)")
    client = start()
    await client.start()
    with pytest.raises(WorkerFailed) as caught:
        await client.request(protocol.Status(), timeout=0.5)
    assert caught.value.failed.kind == "crash"
    assert "no answer to status within 0.5 s" in caught.value.failed.message
    assert not client.alive


async def test_env_py_may_turn_everything_upside_down(start: Start, sample: SampleProject) -> None:
    env = sample.backend / "alembic" / "env.py"
    env.write_text(
        env.read_text() + "\nimport logging, os, signal, sys\n"
        "os.chdir('/')\nos.closerange(0, 1)\nsys.path.insert(0, '/nowhere')\n"
        "signal.signal(signal.SIGINT, signal.SIG_DFL)\nlogging.disable()\nsys.stdout = None\n"
    )
    client = start()
    for _ in range(2):
        assert (await client.request(protocol.Status())).heads == (HEAD,)


async def test_the_projects_modules_are_not_shadowed_by_the_workers(
    start: Start, sample: SampleProject
) -> None:
    before_env(
        sample,
        "import sys\n"
        "assert not [p for p in sys.path if p == '' or 'opsmig_tui/worker' in p], sys.path\n"
        "assert len(sys.path) == len(set(sys.path)), sys.path\n"
        "for name in ('protocol', 'redact', 'channel'):\n"
        "    assert name not in sys.modules\n",
    )
    client = start()
    for _ in range(2):
        await client.request(protocol.Status())


async def test_a_worker_goes_when_its_parent_is_gone(start: Start, sample: SampleProject) -> None:
    client = start()
    pid = (await client.start()).pid
    process = client._process
    assert process is not None
    assert process.child.stdin is not None
    process.child.stdin.close()
    await asyncio.wait_for(process.child.wait(), 20)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize("ending", ["raise SystemExit(3)", "raise ValueError('in the child')"])
async def test_a_forked_child_does_not_answer_for_the_worker(
    start: Start, sample: SampleProject, ending: str
) -> None:
    before_env(
        sample,
        "import os\nchild = os.fork()\nif child == 0:\n"
        f"    print('I am the child', flush=True)\n    {ending}\n"
        "print('exit status', os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))",
    )
    client, told = start(), Told()
    status = await asyncio.wait_for(client.request(protocol.Status(), told), 60)
    assert status.heads == (HEAD,)
    said = "\n".join(line.text for line in told.of(protocol.Output))
    assert "I am the child" in said
    assert f"exit status {3 if 'SystemExit' in ending else 1}" in said
    await asyncio.wait_for(client.stop(), 60)


async def test_a_child_that_outlives_the_worker_does_not_hold_up_the_message(
    start: Start, sample: SampleProject
) -> None:
    before_env(
        sample,
        "import os, signal\nread, write = os.pipe()\nchild = os.fork()\nif child == 0:\n"
        "    os.close(write)\n    os.read(read, 1)\n    signal.pause()\n"
        "open('child.pid', 'w').write(str(child))\nos._exit(4)",
    )
    client = start()
    failed = await failure_of(client)
    try:
        assert failed.message == "The worker ended unexpectedly: exit status 4."
        await asyncio.wait_for(client.stop(), 60)
    finally:
        os.kill(int((sample.backend / "child.pid").read_text()), signal.SIGKILL)


async def test_a_worker_whose_pipes_were_closed_is_ended(
    start: Start, sample: SampleProject
) -> None:
    before_env(sample, "import os, time\nos.closerange(3, 256)\ntime.sleep(600)")
    client = start()
    failed = await failure_of(client)
    assert failed.kind == "crash"
    assert not client.alive


async def test_a_million_dots_are_one_line(start: Start, sample: SampleProject) -> None:
    before_env(sample, "for _ in range(1_000_000):\n    print('.', end='')\nprint()")
    client, told = start(), Told()
    await asyncio.wait_for(client.request(protocol.Status(), told), 60)
    assert "." * 1_000_000 in [line.text for line in told.of(protocol.Output)]


async def test_a_hang_is_interrupted_and_says_where_it_stood(
    start: Start, sample: SampleProject
) -> None:
    before_env(sample, "import time\ntime.sleep(600)")
    client = start()
    await client.start()
    with pytest.raises(WorkerFailed) as caught:
        await client.request(protocol.Status(), timeout=0.5, interrupt=True)
    failed = caught.value.failed
    assert (failed.kind, failed.line) == ("project", 2)
    assert failed.message.startswith("No answer to status within 0.5 s")
    assert "time.sleep(600)" in failed.traceback
    assert client.alive


async def test_a_hang_that_takes_no_interrupt_ends_with_the_process(
    start: Start, sample: SampleProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_client, "INTERRUPT_SECONDS", 0.3)
    before_env(
        sample,
        "import time\nwhile True:\n    try:\n        time.sleep(600)\n"
        "    except BaseException:\n        pass\n",
    )
    client = start()
    await client.start()
    with pytest.raises(WorkerFailed) as caught:
        await client.request(protocol.Status(), timeout=0.5, interrupt=True)
    assert caught.value.failed.kind == "crash"
    assert not client.alive
