"""A database of every shape that questions are asked about, and a worker that asks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from opsmig_tui.demo import server as embedded
from tests.worker.live.asker import DATABASE, Asker, make_database


@pytest.fixture(scope="session")
def url(postgres: embedded.Server, role_password: str) -> str:
    make_database(postgres, DATABASE, role_password)
    return postgres.url(DATABASE, role_password)


@pytest.fixture(scope="session")
def db(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    asker = Asker(tmp_path_factory.mktemp("live") / "project", url)
    yield asker
    asker.stop()
