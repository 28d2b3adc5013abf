"""psql in the container, with the terminal handed over and taken back."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from opsmig_tui.demo import SampleProject
from tests.docker.project import Shop
from tests.e2e.terminal import running
from tests.support.projects import write_project

OPSMIG = str(Path(sys.executable).with_name("opsmig"))


def test_psql_has_the_terminal_and_gives_it_back(shop: Shop) -> None:
    shop.compose("up", "-d", "--wait", "db")
    write_project(shop.folder / "backend")
    with running([OPSMIG], shop.folder / "backend", {}, (120, 40)) as terminal:
        terminal.sees("2 History")
        terminal.press("1")
        terminal.sees("db  healthy")
        terminal.press("x")
        terminal.sees("ops=#")
        terminal.type("select 6 * 7 as answer;")
        terminal.press("enter")
        terminal.sees("42")
        # ctrl+c is psql's: it gives up the line, and nothing else ends.
        terminal.type("select 'be' || 'gun'; select pg_sleep(300);")
        terminal.press("enter")
        terminal.sees("begun")  # a ctrl+c before that would only give up the line
        terminal.press("ctrl+c")
        terminal.sees("canceling statement due to user request")
        terminal.type("\\q")
        terminal.press("enter")
        terminal.misses("ops=#")  # what opsmig painted before may still stand around psql's lines
        terminal.sees("2 History")
        terminal.sees("db  healthy")
        terminal.press("@")
        # It takes two rows of the dialog.
        terminal.sees(f"docker exec -it {shop.name}-db-1 psql")
        terminal.press("escape")
        terminal.misses("esc closes")
        terminal.press("q")
        assert terminal.ends() == 0
        assert terminal.mode() == terminal.mode_before


def test_asked_to_end_while_psql_has_the_terminal(shop: Shop) -> None:
    shop.compose("up", "-d", "--wait", "db")
    write_project(shop.folder / "backend")
    with running([OPSMIG], shop.folder / "backend", {}, (120, 40)) as terminal:
        terminal.sees("2 History")
        terminal.press("1")
        terminal.sees("db  healthy")
        terminal.press("x")
        terminal.sees("ops=#")
        terminal.process.terminate()
        assert terminal.ends() == 128 + signal.SIGTERM
        assert terminal.mode() == terminal.mode_before


def test_what_psql_said_last_can_be_read(shop: Shop) -> None:
    shop.write('\n    entrypoint: ["/bin/sleep", "1000"]')
    shop.compose("up", "-d", "db")
    write_project(shop.folder / "backend")
    with running([OPSMIG], shop.folder / "backend", {}, (120, 40)) as terminal:
        terminal.sees("2 History")
        terminal.press("1")
        terminal.sees("db  running")
        terminal.press("x")
        terminal.sees("Is the server running locally")
        terminal.sees("Enter returns to opsmig.")
        terminal.press("enter")
        terminal.sees("docker ended with status 2.")
        terminal.press("q")
        assert terminal.ends() == 0


def test_env_pys_own_user_and_database(sample_backend: SampleProject, shop: Shop) -> None:
    """Where env.py goes into this container, psql goes where env.py does."""
    shop.compose("up", "-d", "--wait", "db")
    shop.container.exec_run(["psql", "-U", "ops", "-c", "CREATE DATABASE another"])
    url = f"{shop.url.removesuffix('/ops')}/another"
    (sample_backend.backend / ".env").write_text(f"DATABASE_URL={url}\n")
    with running([OPSMIG], sample_backend.backend, {}, (120, 40)) as terminal:
        terminal.sees("Do you trust this project?")
        while "Do you trust" in terminal.text:
            terminal.press("y")
            terminal.soon(lambda: "Do you trust" not in terminal.text)
        terminal.sees("/another")
        terminal.press("1")
        terminal.sees("x psql")
        terminal.press("x")
        terminal.sees("another=#")
        terminal.type("\\q")
        terminal.press("enter")
        terminal.misses("another=#")  # the panes may have stood around psql's lines all the time
        terminal.sees("2 History")
        terminal.press("q")
        assert terminal.ends() == 0
