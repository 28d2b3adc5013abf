"""An engine behind ssh: a real sshd of this machine, on 127.0.0.1."""

from __future__ import annotations

import asyncio
import getpass
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from opsmig_tui.services.docker import database_container
from opsmig_tui.services.docker.follow import changes
from tests.docker.conftest import HOST, unavailable
from tests.docker.project import Shop, free_port
from tests.services.test_compose import project_at

SSHD = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
StrictModes no
UsePAM no
PidFile none
SetEnv PATH={path} DOCKER_HOST={host}
"""
SSH = """\
Host *
  IdentityFile {folder}/user
  IdentitiesOnly yes
  UserKnownHostsFile {folder}/known
"""


@pytest.fixture
def sshd(
    engine: object, tmp_path: Path, docker_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Its address for DOCKER_HOST. ssh reads the test's own settings instead of the person's."""
    program, ssh = shutil.which("sshd", path="/usr/sbin:/usr/bin:/sbin"), shutil.which("ssh")
    if program is None or ssh is None:
        unavailable("no sshd and ssh")
    assert program is not None
    folder, port = tmp_path / "ssh", free_port()
    folder.mkdir(mode=0o700)
    for name in ("host", "user"):
        make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(make, check=True)
    key = (folder / "host.pub").read_text()
    (folder / "known").write_text(f"[127.0.0.1]:{port} {key}")
    host = HOST or "unix:///var/run/docker.sock"
    path = str(Path(shutil.which("docker") or "").parent) + ":/usr/bin:/bin"
    settings = folder / "sshd_config"
    settings.write_text(SSHD.format(port=port, folder=folder, path=path, host=host))
    (folder / "config").write_text(SSH.format(folder=folder))
    (folder / "bin").mkdir()
    (folder / "bin" / "ssh").write_text(f'#!/bin/sh\nexec {ssh} -F {folder}/config "$@"\n')
    (folder / "bin" / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder / "bin"), prepend=":")
    Path("/run/sshd").mkdir(exist_ok=True)
    server = subprocess.Popen(
        [program, "-D", "-e", "-f", str(settings)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=(folder / "log").open("w"),
    )  # fmt: skip
    until = time.monotonic() + 30
    while "Server listening" not in (folder / "log").read_text():
        assert server.poll() is None, (folder / "log").read_text()
        assert time.monotonic() < until
        time.sleep(0.02)
    try:
        yield f"ssh://{getpass.getuser()}@127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


async def test_an_engine_behind_ssh(shop: Shop, sshd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.write('\n    entrypoint: ["/bin/sleep", "1000"]')
    shop.compose("up", "-d", "db")
    monkeypatch.setenv("DOCKER_HOST", sshd)
    answer = await database_container(project_at(shop.folder))
    assert answer.available, answer.problem
    assert answer.container is not None
    assert answer.container.state == "running"
    assert not answer.container.engine_is_local
    assert answer.engine.name == f"DOCKER_HOST {sshd}"
    # Its events come as well, and listening can be given up.
    listening = changes()
    async with asyncio.timeout(30):
        await anext(listening)
        following = asyncio.ensure_future(anext(listening))
        await asyncio.to_thread(shop.container.kill)
        await following
        await listening.aclose()


async def test_ssh_may_not_ask_and_says_why_it_failed(
    shop: Shop, sshd: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "ssh" / "known").write_text("")
    monkeypatch.setenv("DOCKER_HOST", sshd)
    answer = await database_container(project_at(shop.folder))
    assert not answer.available
    assert "cannot be reached: Host key verification failed." in answer.problem
    monkeypatch.setenv("DOCKER_HOST", f"ssh://127.0.0.1:{free_port()}")
    answer = await database_container(project_at(shop.folder))
    assert "Connection refused" in answer.problem
