"""No password leaves the worker, in whatever shape it comes along."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from sqlalchemy import URL

from opsmig_tui.demo import SampleProject, point_to
from opsmig_tui.services.worker_client import WorkerFailed
from opsmig_tui.worker import protocol
from opsmig_tui.worker.redact import Redactor, secret_of, x_argument
from tests.worker.conftest import Start, Told, add_revision, opened, run_of, upgrade


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("postgresql://ops:geheim@host/db", "postgresql://ops:***@host/db"),
        ("postgresql+psycopg://ops:a%40b:c@h:1/d?x=y", "postgresql+psycopg://ops:***@h:1/d?x=y"),
        ("ALTER ROLE ops PASSWORD 'it''s me' LOGIN", "ALTER ROLE ops PASSWORD '***' LOGIN"),
        ("create role x encrypted password $$q$$", "create role x encrypted password '***'"),
        ("git clone https://ghp_a1b2@host/x.git", "git clone https://***@host/x.git"),
        ("ssh://git@host/x https://***@host/", "ssh://git@host/x https://***@host/"),
        ("http://localhost:8000/path", "http://localhost:8000/path"),
        ("column password is not null", "column password is not null"),
        ("host=h password=geheim user=u", "host=h password=*** user=u"),
        (r"password='it\'s me' user=u", "password=*** user=u"),
        ("{'user': 'u', 'password': 'geheim'}", "{'user': 'u', 'password': ***}"),
    ],
)
def test_shapes_that_are_always_masked(given: str, left: str) -> None:
    assert Redactor().text(given) == left


@pytest.mark.parametrize("password", ["p@ss w'rd/1", "50%-ünï©ødé", 'a"b\\s:c', "a%40b+c"])
def test_a_known_password_is_masked_in_every_spelling(password: str) -> None:
    redactor = Redactor()
    redactor.add(password)
    url = URL.create("postgresql", "ops", password, "h", database="d")
    spelled = [
        password,
        quote(password),
        quote(password, safe="").lower(),
        quote_plus(password),
        password.replace("@", "%40"),
        password.replace("%", "%%"),
        quote(password).replace("%", "%%"),
        password.replace("'", "''"),
        repr(password)[1:-1],
        json.dumps(password)[1:-1],
        url.render_as_string(hide_password=False)[len("postgresql://ops:") : -len("@h/d")],
    ]
    for text in spelled:
        assert redactor.text(f"<{text}>") == "<***>"


def test_a_password_that_names_a_folder_leaves_paths_alone() -> None:
    redactor = Redactor()
    redactor.add("backend")
    cleaned = redactor.clean({"file": "/srv/backend/env.py", "text": "in backend"})
    assert cleaned == {"file": "/srv/backend/env.py", "text": "in ***"}


def test_what_no_terminal_could_print_is_spelled_out() -> None:
    assert Redactor().clean(["caf\xe9 \udcff"]) == ["café \\udcff"]


def test_a_short_word_is_masked_as_a_word() -> None:
    redactor = Redactor()
    redactor.add("secret")
    assert redactor.text("secret secretary secrets.py") == "*** secretary secrets.py"


def test_a_password_that_is_the_users_name_does_not_mask_the_name() -> None:
    redactor = Redactor()
    redactor.add("postgres", ("postgres", "db"))
    assert redactor.text("postgres on postgresql") == "postgres on postgresql"
    assert redactor.text("postgresql://postgres:postgres@h/d") == "postgresql://postgres:***@h/d"


def test_fields_with_a_fixed_set_of_values_stay() -> None:
    redactor = Redactor()
    redactor.add("upgrade")
    cleaned = redactor.clean({"direction": "upgrade", "text": "upgrade", "rows": {"upgrade": 1}})
    assert cleaned == {"direction": "upgrade", "text": "***", "rows": {"upgrade": 1}}


def test_x_arguments() -> None:
    redactor = Redactor()
    assert x_argument("tenant=acme", redactor) == "tenant=acme"
    assert x_argument("db_password=hush", redactor) == "db_password=***"
    assert x_argument("url=postgresql://u:p@h/d", redactor) == "url=postgresql://u:***@h/d"
    assert x_argument("hush", redactor) == "***"
    assert secret_of("db_password=hush") == "hush"
    assert secret_of("tenant=acme") == ""


async def test_nothing_that_a_run_says_holds_the_password(
    start: Start, sample: SampleProject, role_password: str
) -> None:
    assert role_password in sample.url
    client = start(runner=True)
    await upgrade(client)
    add_revision(
        sample,
        """
        import logging
        from models import settings
        url = settings.database_url()
        print(url)
        print("the url", url, file=sys.stderr)
        os.write(1, (url + "\\n").encode())
        logging.getLogger("project").warning("connecting to %s", url)
        password = op.get_bind().engine.url.password
        print("password is", password)
        op.execute(f"DO $$ BEGIN RAISE NOTICE '{password}'; END $$")
        op.execute(f"COMMENT ON TABLE ops.vendor IS '{password}'")
        op.execute("ALTER TABLE ops.vendor RENAME TO " + '"' + password + '"')
        raise RuntimeError(url)
        """,
    )
    told = Told()
    with pytest.raises(WorkerFailed) as caught:
        await upgrade(client, told=told)
    told(caught.value.failed)
    assert caught.value.failed.message.startswith("RuntimeError: postgresql")
    assert len(told.of(protocol.Output)) >= 4
    assert role_password not in told.text()
    assert role_password not in "".join(client.last_lines)


async def test_a_password_that_libpq_finds_by_itself_is_known(
    start: Start, sample: SampleProject, role_password: str, tmp_path: Path
) -> None:
    passfile = tmp_path / "pgpass"
    passfile.write_text(f"*:*:*:*:{role_password}\n")
    passfile.chmod(0o600)
    point_to(sample.root, sample.url.replace(":" + role_password, ""))
    env = sample.backend / "alembic" / "env.py"
    env.write_text(env.read_text() + f"\nprint('it is', {role_password!r})\n")
    for variable in ({"PGPASSFILE": str(passfile)}, {"PGPASSWORD": role_password}):
        client, told = start(extra_environment=variable), Told()
        await client.request(protocol.Status(), told)
        assert "it is ***" in [line.text for line in told.of(protocol.Output)]
        assert role_password not in told.text()


async def test_a_failed_login_does_not_tell_the_password(
    start: Start, sample: SampleProject, role_password: str
) -> None:
    wrong = "n0t-the-right-one"
    point_to(sample.root, sample.url.replace(role_password, wrong).replace("/ops:", "/nobody:"))
    point_to(sample.root, sample.url.replace("ops:" + role_password, "nobody:" + wrong))
    with pytest.raises(WorkerFailed) as caught:
        await start().request(protocol.Status())
    assert caught.value.failed.kind == "connection"
    told = Told()
    told(caught.value.failed)
    assert wrong not in told.text()


async def test_x_arguments_reach_env_py_and_stay_out_of_sight(
    start: Start, sample: SampleProject
) -> None:
    env = sample.backend / "alembic" / "env.py"
    env.write_text(
        env.read_text() + "\nprint('given', context.get_x_argument(as_dictionary=True))\n"
    )
    project = opened(sample.backend, x_arguments=("tenant=acme", "api_token=tok-12345"))
    client, told = start(project), Told()
    plan: Any = await client.request(protocol.Plan("upgrade", "head"), told)
    assert plan.command == "alembic -x tenant=acme -x 'api_token=***' upgrade head"
    assert "given {'tenant': 'acme', 'api_token': '***'}" in [
        line.text for line in told.of(protocol.Output)
    ]
    run_of(plan)


async def test_the_process_list_shows_no_secret(
    start: Start, sample: SampleProject, role_password: str
) -> None:
    client = start(opened(sample.backend, x_arguments=("api_token=tok-12345",)))
    ready = await client.start()
    shown = Path(f"/proc/{ready.pid}/cmdline").read_bytes().decode()
    assert "tok-12345" not in shown
    assert role_password not in shown
