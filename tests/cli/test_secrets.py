"""A password is in no output of any command and in no file that opsmig writes."""

from pathlib import Path

import pytest

from opsmig_tui.demo import SampleProject
from opsmig_tui.project.trust import trust
from tests.cli.conftest import Opsmig

SECRET = "hidden-w0rd/of ours"
QUOTED = "hidden-w0rd%2Fof%20ours"

COMMANDS = [
    ("status",),
    ("check", "--json"),
    ("history", "--applied", "--json"),
    ("review",),
    ("create", "x", "--yes"),
    ("upgrade", "--yes"),
    ("downgrade", "--yes"),
    ("test", "--yes"),
]


def said(opsmig: Opsmig, home: Path, commands: list[tuple[str, ...]] = COMMANDS) -> str:
    """Everything that the commands wrote, into files of the person's home as well."""
    texts = []
    for command in commands:
        result = opsmig(*command)
        texts += [result.output, result.stderr]
    texts += [path.read_text("utf-8", "replace") for path in home.rglob("*") if path.is_file()]
    return "\n".join(texts)


@pytest.fixture
def trusted(sample: SampleProject) -> SampleProject:
    """The review asks the worker as well."""
    trust(sample.root)
    return sample


@pytest.mark.parametrize(
    "address", ["@127.0.0.1:1/ops", "@/ops?host={host}&port=5432", "@127.0.0.1:1/ops?password={it}"]
)
def test_a_connection_that_fails(
    trusted: SampleProject,
    opsmig: Opsmig,
    isolated_environment: Path,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
) -> None:
    """Refused by the port, by the server, and with the password in the URL's query."""
    (trusted.backend / ".env").unlink()
    user = "ops" if "password=" in address else f"ops:{QUOTED}"
    url = "postgresql+psycopg://" + user + address.format(host=trusted.host, it=QUOTED)
    monkeypatch.setenv("DATABASE_URL", url)
    commands = COMMANDS if "5432" in address else COMMANDS[:3]
    text = said(opsmig, isolated_environment, commands)
    assert "could not tell" in text
    assert SECRET not in text
    assert QUOTED not in text
    assert "hidden" not in text


def test_code_of_the_project_that_tells_its_address(
    trusted: SampleProject, opsmig: Opsmig, isolated_environment: Path
) -> None:
    env = trusted.backend / "alembic" / "env.py"
    env.write_text(
        "import logging, sys\n"
        f"url = 'postgresql://ops:{QUOTED}@db.example.com/ops'\n"
        "print('connecting to', url)\n"
        "logging.getLogger('app').warning('to %s', url)\n"
        "raise RuntimeError(f'cannot reach {url}')\n"
    )
    text = said(opsmig, isolated_environment, COMMANDS[:6])
    assert "cannot reach postgresql://ops:***@db.example.com/ops" in text
    assert QUOTED not in text


def test_what_works(
    trusted: SampleProject, opsmig: Opsmig, isolated_environment: Path, role_password: str
) -> None:
    both = ("--yes", "--database", trusted.database)
    told = [
        ("upgrade", "-x", f"api_token={SECRET}", *both),
        ("test", *both),
        ("create", "x", "--yes"),
        ("status", "--json"),
        ("check",),
        ("review", "--json"),
    ]
    text = said(opsmig, isolated_environment, told)
    assert "api_token=***" in text
    assert SECRET not in text
    assert role_password not in text
