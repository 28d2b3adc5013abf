"""A rehearsal through each driver: what is seen, and that no way of committing gets through."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from opsmig_tui.demo import server as embedded
from tests.worker.conftest import HEAD
from tests.worker.drivers import DRIVERS, login
from tests.worker.rehearsals import Case, Outcome, project_at_head, rehearse_all

FILL = "op.execute(\"UPDATE ops.vendor SET name = name || '%'\")"
SHORTER = 'op.execute("ALTER TABLE ops.vendor ALTER name TYPE varchar(3) USING left(name, 3)")'
BACK = 'op.execute("ALTER TABLE ops.vendor ALTER name TYPE varchar(120)")'
SECOND = "sa.create_engine(op.get_bind().engine.url).connect()"


def cases(driver: str, url: str) -> dict[str, Case]:
    one = DRIVERS[driver]
    bodies = {
        "all": f"{FILL}\n{SHORTER}  # here",
        "commit of the driver": f"{FILL}\n{one.commit}",
        "commit in SQL": f"{FILL}\nop.execute('COMMIT')",
        "connection of the driver": f"{FILL}\n{one.connect}",
        "second engine": f"{FILL}\n{SECOND}",
        "too long": f"{FILL}\nop.execute('SELECT pg_sleep(60)')",
        "failure": f"{FILL}\nop.execute('ALTER TABLE ops.nowhere ADD i int')",
    }
    env = one.env(url)
    return {
        name: Case(body, BACK, env, 0.5 if name == "too long" else 30.0)
        for name, body in bodies.items()
    }


@pytest.fixture(scope="module", params=DRIVERS)
def outcomes(
    request: pytest.FixtureRequest,
    postgres: embedded.Server,
    role_password: str,
    files_template: Path,
    head_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Outcome]]:
    folder = tmp_path_factory.mktemp("drivers")
    with project_at_head(postgres, role_password, files_template, head_template, folder) as sample:
        url = login(postgres, sample.url, role_password)
        yield rehearse_all(sample, cases(request.param, url))


def test_all_is_seen_and_nothing_stays(outcomes: dict[str, Outcome]) -> None:
    assert [name for name, one in outcomes.items() if not one.untouched] == []
    found = outcomes["all"]
    assert found.result is not None, found.failed
    assert (found.result.refused, found.result.current) == ("", (HEAD,))
    assert found.result.unchanged
    assert [leg.outcome for leg in found.legs] == ["ok"] * 3
    fill, shorter = found.legs[0].statements
    (work,) = [item for item in fill.work if item.relation == "ops.vendor"]
    assert work.updated == fill.rows
    assert shorter.line == found.line
    keep_away = [one.relation for one in shorter.locks if one.mode == "ACCESS EXCLUSIVE"]
    assert keep_away == ["ops.vendor"]  # its indexes' locks follow from that
    assert any("rewriting table" in text for text in shorter.told)
    assert any(item.rewritten for item in shorter.work)
    assert [one.changed for one in shorter.retyped] == [fill.rows]


@pytest.mark.parametrize(
    ("name", "outcome", "words"),
    [
        ("commit of the driver", "refused", "commits by itself"),
        ("commit in SQL", "refused", "commits by itself"),
        ("connection of the driver", "refused", "second connection"),
        ("second engine", "refused", "second connection"),
        ("too long", "stopped", "took longer than 0.5 s"),
        ("failure", "failed", 'relation "ops.nowhere" does not exist'),
    ],
)
def test_what_is_not_let_happen(
    outcomes: dict[str, Outcome], name: str, outcome: str, words: str
) -> None:
    found = outcomes[name]
    assert found.result is not None, found.failed
    assert found.result.unchanged
    leg = found.legs[0]
    assert leg.failed is not None
    assert (leg.outcome, words in leg.failed.message) == (outcome, True), leg.failed
