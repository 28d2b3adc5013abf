"""The warm workers of these tests: a project's code finds what the tool's own start gives it."""

from __future__ import annotations

import sys

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.worker import protocol
from tests.support.warm import Warm
from tests.worker.conftest import Start, Told

# What a process is, as env.py sees it.
LOOK = """
import os as o, signal as s, sys as y
print("ids", o.getpid() == o.getsid(0) == o.getpgid(0), o.getppid())
print("python", y.executable, y.argv, y.path, y.flags.isolated, y.flags.utf8_mode)
print("main", y.modules["__main__"].__name__, "_opsmig_worker" in y.modules)
print("streams", y.stdin.encoding, y.stdout.encoding, y.getdefaultencoding())
print("environment", sorted(o.environ.items()), o.getcwd(), o.umask(0o22))
print("signals", [(n, s.getsignal(n)) for n in sorted(s.valid_signals()) if n != s.SIGINT])
print("open", len(o.listdir("/dev/fd")))
"""


async def test_a_warm_worker_is_as_the_tool_starts_it(
    start: Start, sample: SampleProject, warm: Warm, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = sample.backend / "alembic" / "env.py"
    env.write_text(LOOK + env.read_text())
    seen: list[list[str]] = []
    forked = warm.forked
    for enabled in (warm.enabled, False):
        monkeypatch.setattr(warm, "enabled", enabled)
        told = Told()
        await start().request(protocol.Status(), told)
        seen.append([line.text for line in told.of(protocol.Output)])
    assert warm.forked - forked == (sys.platform == "linux")
    assert len(seen[0]) == 7
    assert seen[0] == seen[1]
