"""What counts as local, and what only looks it."""

from dataclasses import replace

import pytest

from opsmig_tui.services.docker import ContainerState
from opsmig_tui.services.locality import locality, mismatch
from opsmig_tui.worker.protocol import Identity

UP = ContainerState(
    "db", "healthy", name="shop-db-1", published=(("0.0.0.0", 5432), ("::", 5432)),
    addresses=("172.18.0.2",),
)  # fmt: skip


def at(host: str | None, port: int | None = 5432, server: str | None = "172.18.0.2") -> Identity:
    return Identity("postgresql", "ops", "ops", host, port, server)


@pytest.mark.parametrize(
    ("identity", "kind"),
    [
        (at("/run/postgresql", server=None), "socket"),
        (at(None, server=None), "socket"),
        (at("localhost"), "container"),
        (at("127.0.0.1"), "container"),
        (at("::1"), "container"),
        (at("localhost", None), "container"),
        (at("localhost", server="172.18.0.2/32"), "container"),
        (at("localhost", server=None), "container"),
        (at("127.0.0.1", 5433), "unverified"),
        (at("127.0.0.1", server="127.0.0.1"), "unverified"),
        (at("127.0.0.1", server="10.1.2.3"), "unverified"),
        (at(None, server="127.0.0.1"), "unverified"),
        (at("db.example.org"), "remote"),
        (at("10.0.0.5"), "remote"),
        (at("172.18.0.2"), "remote"),
        (at("localhost,db.example.org"), "remote"),
        (at("/run/postgresql,db.example.org", server=None), "remote"),
        (at("localhost.evil.example"), "remote"),
        (at(None, server="10.0.0.5"), "remote"),
        (Identity("sqlite", "app.db", ""), "embedded"),
        (Identity("mysql", "app", "app"), "remote"),
    ],
)
def test_beside_a_running_container(identity: Identity, kind: str):
    judged = locality(identity, UP)
    assert judged.kind == kind
    assert judged.is_local is (kind in ("embedded", "socket", "container"))
    assert judged.text


@pytest.mark.parametrize(
    ("container", "why"),
    [
        (None, "no container"),
        (replace(UP, state="exited", published=()), "not running"),
        (replace(UP, published=(("10.0.0.9", 5432),)), "does not publish"),
        (replace(UP, published=(("::1", 5432),)), "does not publish"),
        (replace(UP, published=()), "does not publish"),
        (replace(UP, engine_is_local=False), "another machine"),
        (replace(UP, elsewhere="/other/compose.yaml"), "made from /other/compose.yaml"),
    ],
)
def test_a_loopback_port_nobody_vouches_for(container: ContainerState | None, why: str):
    judged = locality(at("127.0.0.1"), container)
    assert (judged.kind, judged.is_local) == ("unverified", False)
    assert why in judged.text


def test_the_embedded_server_is_only_believed_on_this_machine():
    assert locality(at("/tmp/x", server=None), embedded=True).kind == "embedded"
    assert locality(at("127.0.0.1", server="127.0.0.1"), embedded=True).is_local
    assert locality(at("db.example.org"), embedded=True).kind == "remote"


BOUND = replace(UP, ports=(":5432→5432",), bound=UP.published)
UNASKED = Identity("postgresql", "", "", "localhost", 5432)


@pytest.mark.parametrize(
    ("identity", "container", "text"),
    [
        (at("localhost"), BOUND, ""),
        (at("localhost", server=None), BOUND, ""),
        (at("/run/postgresql", server=None), BOUND, ""),
        (at("localhost"), None, ""),
        (at("localhost", 5433), ContainerState("db", "absent"), ""),
        (
            replace(UNASKED, port=5433),
            ContainerState("db", "absent", ports=(":5432→5432",), bound=(("", 5432),)),
            "localhost:5433 is not db: that publishes :5432→5432.",
        ),
        (at("localhost"), replace(BOUND, ports=(), bound=(), shares_network=True), ""),
        (Identity("sqlite", "app.db", ""), BOUND, ""),
        (at("localhost", 5433), BOUND, "localhost:5433 is not db: that publishes :5432→5432."),
        (at("localhost"), replace(BOUND, ports=(), bound=()), "that publishes no port."),
        (at("localhost", server="127.0.0.1"), BOUND, "listens on this machine's own loopback"),
        (at("localhost"), replace(BOUND, state="exited"), "is not db: db is not running."),
        (at("db.example.org"), BOUND, "is another server than this project's db."),
        # Not reached: only the address can be judged, and that the container is down is no news.
        (UNASKED, replace(BOUND, state="exited"), ""),
        (replace(UNASKED, port=5433), replace(BOUND, state="exited"), "that publishes :5432→5432."),
        (replace(UNASKED, host="db"), BOUND, "db is a name inside the compose network only"),
    ],
)
def test_a_database_that_is_not_the_containers(
    identity: Identity, container: ContainerState | None, text: str
):
    said = mismatch(identity, container)
    assert text in said
    assert bool(text) == bool(said)


@pytest.mark.parametrize(
    ("identity", "kind", "wrong"),
    [
        (at("db"), "container", ""),
        (at("shop-db-1"), "container", ""),
        (at("db", server="10.0.0.5"), "unverified", "the server says it is at 10.0.0.5"),
        (at("db", server=None), "unverified", "the server says it is at no address"),
        (at("alias"), "remote", ""),
        (at("prod.example.org", server="10.0.0.5"), "remote", "is another server than"),
        (at("localhost"), "unverified", ""),
        (UNASKED, "unverified", "is the container of web itself: in there db is db."),
        (replace(UNASKED, host="db"), "unverified", ""),
        (Identity("sqlite", "app.db", ""), "embedded", ""),
    ],
)
def test_from_inside_another_service(identity: Identity, kind: str, wrong: str):
    judged = locality(identity, BOUND, inside="web")
    assert judged.kind == kind
    assert judged.is_local is (kind in ("embedded", "container"))
    said = mismatch(identity, BOUND, "web")
    assert wrong in said
    assert bool(wrong) == bool(said)
