"""Questions about live data of MariaDB, which answers as MySQL does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.maria import connected, running
from tests.worker.live.asker import Asker

NOWHERE: dict[str, Any] = {"schema": None}
TABLES = (
    "CREATE TABLE `Ve%ndor` (id INT PRIMARY KEY, `co:de` VARCHAR(9))",
    "INSERT INTO `Ve%ndor` VALUES (1, 'A'), (2, 'B'), (3, 'b'), (4, NULL)",
    "CREATE TABLE agreement (id INT PRIMARY KEY, vendor_id INT)",
    "INSERT INTO agreement VALUES (1, 1), (2, 9), (3, NULL)",
)


@pytest.fixture(scope="module")
def socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with running(tmp_path_factory.mktemp("maria")) as path:
        yield path


@pytest.fixture(scope="module")
def db(socket: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    with connected(socket) as connection, connection.cursor() as cursor:
        for statement in ("CREATE DATABASE shop", "USE shop", *TABLES):
            cursor.execute(statement)
    root = tmp_path_factory.mktemp("shop") / "project"
    asker = Asker(root, f"mysql+pymysql://root@/shop?unix_socket={socket}")
    yield asker
    asker.stop()


@pytest.mark.parametrize(
    ("question", "number"),
    [
        (("rows", "Ve%ndor"), 4),
        (("values", "Ve%ndor", "co:de"), 3),
        (("nulls", "Ve%ndor", "co:de"), 1),
        (("duplicates", "Ve%ndor", "co:de"), 2),  # as its collation compares them
    ],
)
def test_counts(db: Asker, question: tuple[str, ...], number: int) -> None:
    answer = db.ask(*question, **NOWHERE)
    assert (answer.number, answer.problem, answer.absent) == (number, "", False)


def test_orphans(db: Asker) -> None:
    for columns in ((), ("id",)):
        to = {"referent": "Ve%ndor", "referent_columns": columns}
        assert db.ask("orphans", "agreement", "vendor_id", **to, **NOWHERE).number == 1


def test_what_is_not_there_or_not_asked(db: Asker) -> None:
    assert db.ask("rows", "nowhere", **NOWHERE).absent
    assert db.ask("nulls", "agreement", "nothing", **NOWHERE).absent
    assert db.ask("rows", "agreement", schema="nowhere").absent
    assert db.ask("dependents", "agreement", **NOWHERE).problem == "not asked of mysql"
    large = db.ask("nulls", "Ve%ndor", "co:de", sample_above=3, **NOWHERE)
    assert large.problem == "the table has more than 3 rows"


def test_a_locked_table_is_not_waited_for(db: Asker, socket: Path) -> None:
    with connected(socket) as connection, connection.cursor() as cursor:
        cursor.execute("LOCK TABLES shop.agreement WRITE")
        soon = db.ask("rows", "agreement", timeout_ms=200, **NOWHERE)
        answer = db.ask("rows", "agreement", timeout_ms=20_000, total_ms=20_000, **NOWHERE)
    assert soon.problem == "no answer within 200 ms"
    assert answer.problem == "the table is locked by another session"
    assert db.seconds < 15
    assert db.ask("rows", "agreement", **NOWHERE).number == 3
