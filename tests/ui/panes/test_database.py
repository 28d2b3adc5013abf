"""The database pane in every state that it can be in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from opsmig_tui.demo.model import BEFORE_PENDING
from opsmig_tui.services.compose import ComposeFiles
from opsmig_tui.services.docker import ContainerState, DockerAnswer
from opsmig_tui.services.docker.endpoint import Endpoint
from opsmig_tui.services.docker.usage import Usage
from opsmig_tui.services.locality import Locality
from opsmig_tui.ui.messages import (
    CopyRequested,
    LogsRequested,
    PsqlRequested,
    StartDatabaseRequested,
    UsageWanted,
)
from opsmig_tui.ui.panes.database import DatabasePane
from opsmig_tui.ui.panes.database_details import age, size
from opsmig_tui.ui.panes.database_rows import build
from opsmig_tui.ui.panes.output import OutputPane
from opsmig_tui.worker.protocol import DatabaseStatus, Failed, Identity, StatusResult
from opsmig_tui.workspace.output import OutputBuffer
from opsmig_tui.workspace.state import (
    Answered,
    Began,
    LocalityKnown,
    Staled,
    Unanswered,
    UsageMeasured,
    WorkspaceState,
)
from tests.ui.dump import check_golden, screen_text
from tests.ui.panes.host import Host, after, standing_at

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
CONTAINER = ContainerState(
    "db",
    "healthy",
    "field-ops-db-1",
    "postgres:16",
    (":5432→5432",),
    (("127.0.0.1", 5432),),
    NOW - timedelta(hours=2, minutes=4),
    bound=(("127.0.0.1", 5432),),
    data_is_kept=True,
)


def lines(state: WorkspaceState, width: int = 60) -> list[str]:
    return ["".join(text for text, _ in line).rstrip() for line in build(state, width, NOW)]


def contained(state: WorkspaceState, container: ContainerState = CONTAINER) -> WorkspaceState:
    return after(state, Answered("container", DockerAnswer(True, "", container, "db")))


@pytest.fixture
def real(history_state: WorkspaceState) -> WorkspaceState:
    """Not the sample's own server: a project as any other."""
    project = replace(history_state.project, is_sample=False)
    return replace(history_state, project=project, trusted=True)


def test_a_healthy_container(real: WorkspaceState) -> None:
    assert lines(standing_at(contained(real), BEFORE_PENDING)) == [
        " ● db  healthy  up 2 h",
        "   postgres:16  :5432→5432",
        "   PostgreSQL 18.1",
        "   ops@localhost:5432/ops",
        " ◉ 7e35d1  ○ 2 pending",
    ]


def test_at_head(real: WorkspaceState) -> None:
    assert lines(standing_at(real, "a7c3f15d8e92"))[-1] == " ◉ a7c3f1  ✓ head"


def test_nothing_applied(real: WorkspaceState) -> None:
    assert lines(standing_at(real))[-1] == " ○ nothing applied yet"


def test_a_stopped_container_says_how_to_start_it(real: WorkspaceState) -> None:
    stopped = replace(CONTAINER, state="exited", started_at=None, detail="exit status 1")
    assert lines(contained(real, stopped))[:4] == [
        " ○ db  exited",
        "   postgres:16  :5432→5432",
        "   exit status 1",
        "   → Press s to start it.",
    ]


def test_no_container_yet(real: WorkspaceState) -> None:
    absent = ContainerState("db", "absent")
    assert lines(contained(real, absent))[:2] == [
        " ○ db  no container yet",
        "   → Press s to start it.",
    ]


def test_docker_does_not_answer(real: WorkspaceState) -> None:
    answer = DockerAnswer(False, "The Docker engine is not running.")
    assert lines(after(real, Answered("container", answer)))[0] == (
        " ○ no container: The Docker engine is not running."
    )


def test_the_embedded_server_and_a_socket_name_no_container(real: WorkspaceState) -> None:
    identity = Identity("postgresql", "ops", "ops", "/run/postgresql", 5432)
    status = StatusResult((DatabaseStatus(identity, "18.1", ()),), ())
    socket = Locality("socket", True, "Unix socket /run/postgresql")
    state = after(contained(real), Answered("status", status), LocalityKnown(socket))
    assert lines(state)[:3] == [
        " ● Unix socket /run/postgresql",
        "   PostgreSQL 18.1",
        "   ops as ops",
    ]


def test_what_is_not_local_says_so(real: WorkspaceState) -> None:
    remote = Locality("remote", False, "remote: db.example.com:5432")
    shown = lines(after(standing_at(real, BEFORE_PENDING), LocalityKnown(remote)))
    assert shown[0] == " ▲ remote: db.example.com:5432"
    assert shown[-1] == "   → Changes here ask for the database's name."


def test_unreachable_says_why_and_what_to_do(real: WorkspaceState) -> None:
    failed = Failed("connection", "connection refused at localhost:5432", hint="Start the server.")
    assert lines(after(real, Unanswered("status", failed.message, failed)))[-2:] == [
        " ✖ unreachable: connection refused at localhost:5432",
        "   → Start the server.",
    ]


def test_an_old_answer_stays_while_asking_again(real: WorkspaceState) -> None:
    state = after(standing_at(real, BEFORE_PENDING), Staled(("status",)))
    assert lines(state)[-1] == " ◉ 7e35d1  ○ 2 pending  …"


def test_not_trusted(real: WorkspaceState) -> None:
    shown = lines(after(replace(real, trusted=False), Unanswered("status", "not asked")), 80)
    assert shown[-2:] == [
        " • Database not asked: its answer takes this project's own code.",
        "   → Press t to trust this project.",
    ]


def test_an_unknown_revision(real: WorkspaceState) -> None:
    state = standing_at(real, "deadbeef0000", unknown=("deadbeef0000",))
    assert lines(state)[-1] == " ◉ deadbe  ✖ no such file"


def test_several_databases_and_tenants_of_one(real: WorkspaceState) -> None:
    state = standing_at(real, BEFORE_PENDING)
    value, one = state.status.value, state.database
    assert value is not None
    assert one is not None
    other = replace(one, identity=replace(one.identity, database="reports"), current=())
    several = replace(value, databases=(one, other))
    assert lines(after(state, Answered("status", several)))[-3:] == [
        " ◉ ops  7e35d1",
        " ○ reports  nothing applied",
        "   ○ 2 pending in one of them or more",
    ]
    tenants = (replace(one, version_table="acme.alembic_version"), replace(one, current=()))
    shown = lines(after(state, Answered("status", replace(value, databases=tenants))))
    assert shown[-3:-1] == [
        " ◉ ops: acme.alembic_version  7e35d1",
        " ○ ops: alembic_version  nothing applied",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"), [(-5, "0 s"), (40, "40 s"), (750, "12 min"), (7300, "2 h"), (3e5, "3 d")]
)
def test_age(seconds: float, text: str) -> None:
    assert age(NOW - timedelta(seconds=seconds), NOW) == text


def test_how_long_ago_it_ended(real: WorkspaceState) -> None:
    ended = replace(
        CONTAINER, state="exited", started_at=None, published=(),
        ended_at=NOW - timedelta(minutes=3),
        detail="killed: out of memory",
    )  # fmt: skip
    assert lines(contained(real, ended))[:3] == [
        " ○ db  exited  3 min ago",
        "   postgres:16  :5432→5432",
        "   killed: out of memory",
    ]


def test_paused_is_not_started_but_let_go_on(real: WorkspaceState) -> None:
    paused = replace(CONTAINER, state="paused", started_at=None, published=())
    assert lines(contained(real, paused))[2] == "   → docker unpause lets it go on."


def test_the_wrong_database_comes_right_after_the_container(real: WorkspaceState) -> None:
    other = replace(CONTAINER, ports=(":5433→5432",), bound=(("", 5433),), published=(("", 5433),))
    shown = lines(standing_at(contained(real, other), BEFORE_PENDING), 80)
    assert shown[2] == " ▲ localhost:5432 is not db: that publishes :5433→5432."


def test_details(real: WorkspaceState) -> None:
    container = replace(
        CONTAINER,
        image_id="sha256:0123456789abcdef0123",
        image_created=NOW - timedelta(days=18),
        volumes=("db-data → /var/lib/postgresql/data", "./conf → /conf"),
        project="elsewhere",
    )
    files = ComposeFiles((Path("/home/mara/code/field-ops/compose.yaml"),), Path("/"))
    docker = DockerAnswer(
        True, "", container, "db", "image postgres:16", files, "field-ops",
        Endpoint("unix:///x", "context colima"),
    )  # fmt: skip
    state = after(real, Answered("container", docker))
    for cpu, megabytes in ((0.0, 20), (50.0, 40), (100.0, 30)):
        state = after(state, UsageMeasured(Usage(cpu, megabytes * 1024**2)))
    found = [line for line in lines(state, 50) if not line.startswith((" ●", " •"))]
    assert found[1:] == [
        "   cpu                       ▁▅█  100 %",
        "   memory                    ▃▆▅  30 MB",
        "   image    0123456789ab  18 d old",
        "   volume   db-data → /var/lib/postgresql/data",
        "   volume   ./conf → /conf",
        "   service  db: image postgres:16",
        "   compose  …ome/mara/code/field-ops/compose.yaml",
        "   project  elsewhere",
        "   engine   context colima",
    ]
    loose = after(real, Answered("container", replace(docker, container=replace(
        container, volumes=(), data_is_kept=False
    ))))  # fmt: skip
    assert " ▲ volume   none holds /var/lib/postgresql/data" in lines(loose, 60)


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 MB"), (41 * 1024**2, "41 MB"), (1288490189, "1.2 GB")]
)
def test_sizes(count: int, text: str) -> None:
    assert size(count) == text


async def test_looking_at_it_measures_it(real: WorkspaceState) -> None:
    pane, other = DatabasePane(), OutputPane(OutputBuffer())
    app = Host(pane, other)
    async with app.run_test(size=(60, 30)) as pilot:
        app.give(contained(real))
        pane.focus()
        await pilot.pause()
        other.focus()
        await pilot.pause()
        assert app.heard == [UsageWanted(True), UsageWanted(False)]


async def test_frame_and_keys(real: WorkspaceState) -> None:
    pane = DatabasePane()
    app = Host(pane)
    async with app.run_test(size=(40, 11)) as pilot:
        stopped = replace(CONTAINER, state="exited", started_at=None)
        app.give(standing_at(contained(real, stopped), BEFORE_PENDING))
        pane.focus()
        await pilot.press("s", "l", "x", "y", "j", "enter")
        await pilot.pause()
        await check_golden(pilot, "database")
        assert app.heard == [
            UsageWanted(True),
            StartDatabaseRequested(),
            LogsRequested(),
            PsqlRequested(),
            CopyRequested("ops@localhost:5432/ops", "database"),
        ]


async def test_asking_and_read_only_are_in_the_title(real: WorkspaceState) -> None:
    app = Host(DatabasePane())
    async with app.run_test(size=(60, 8)) as pilot:
        app.give(after(real, Began("status")))
        await pilot.pause()
        assert "asking …" in screen_text(app).splitlines()[0]
        read_only = replace(real, project=replace(real.project, read_only=True))
        app.give(standing_at(read_only, BEFORE_PENDING))
        await pilot.pause()
        assert "read-only" in screen_text(app).splitlines()[0]
