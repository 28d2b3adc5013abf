"""Whether a database is local: decided once, and what cannot be decided is not."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal

from opsmig_tui.worker.protocol import Identity

from .docker import ContainerState

Kind = Literal["embedded", "socket", "container", "unverified", "remote"]
_DEFAULT_PORTS = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306, "mssql": 1433, "oracle": 1521}


@dataclass(frozen=True)
class Locality:
    """`is_local` is what confirmations go by; `text` says it on the screen, with the reason."""

    kind: Kind
    is_local: bool
    text: str


def locality(
    identity: Identity,
    container: ContainerState | None = None,
    *,
    embedded: bool = False,
    inside: str = "",
) -> Locality:
    """Judge a connection. Local are: the embedded server (`embedded`: the sample project's own), a
    file (SQLite), a Unix socket, and a loopback port that the project's container publishes; from
    `inside` a compose service, the database's service by its name.

    Any other loopback address may be a tunnel, so it counts as remote and says "unverified".
    """
    dialect = identity.dialect.split("+")[0]
    if dialect == "sqlite":
        return Locality(
            "embedded", True, f"a file in {inside}" if inside else "a file on this machine"
        )
    host = (identity.host or "").strip()
    by_default = not host and dialect == "postgresql" and identity.server_address is None
    over_socket = by_default or (host.startswith(("/", "@")) and "," not in host)
    loopback = _is_loopback(host or identity.server_address or "")
    if embedded and (over_socket or loopback):
        return Locality("embedded", True, "embedded server")
    if over_socket:
        return Locality("socket", True, f"Unix socket {host}".rstrip())
    port = identity.port or _DEFAULT_PORTS.get(dialect)
    shown = f"{host or identity.server_address or 'unknown host'}:{port or '?'}"
    if inside and container is not None and _is_name_of(host, container):
        doubt = _doubt_of_service(identity, container)
        if not doubt:
            return Locality("container", True, f"container {container.name}, as {shown}")
        return Locality("unverified", False, f"unverified: {shown} may be another ({doubt})")
    if inside and loopback:
        doubt = f"in there it is the container of {inside}"
        return Locality("unverified", False, f"unverified: {shown} may be a tunnel ({doubt})")
    if not loopback:
        return Locality("remote", False, f"remote: {shown}")
    doubt = _doubt(identity, container, host, port)
    if doubt or container is None:
        return Locality("unverified", False, f"unverified: {shown} may be a tunnel ({doubt})")
    return Locality("container", True, f"container {container.name} at {shown}")


def mismatch(identity: Identity, container: ContainerState | None, inside: str = "") -> str:
    """Says that a connection does not lead into this project's container, and why: one sentence.

    "" where it does, and where there is nothing to compare: no container, a file, a Unix socket.
    An `identity` without a server's answer (it could not be reached) is judged by its address;
    `inside` is the compose service that it was tried from, "" for this machine.
    """
    host = (identity.host or "").strip()
    dialect = identity.dialect.split("+")[0]
    if container is None or dialect not in _DEFAULT_PORTS or container.shares_network:
        return ""
    if container.state == "absent" and not container.bound:
        return ""
    if not host or host.startswith(("/", "@")):
        return ""
    port = identity.port or _DEFAULT_PORTS[dialect]
    service, ports = container.service, ", ".join(container.ports) or "no port"
    if inside:
        return _mismatch_inside(identity, container, inside, f"{host}:{port}")
    if host.lower() == service.lower() and not identity.database:
        return (
            f"{host} is a name inside the compose network only: from this machine {service} is "
            f"reached where it publishes {ports}."
        )
    if not _is_loopback(host):
        return f"{host}:{port} is another server than this project's {service}."
    if not any(number == port and _serves(address, host) for address, number in container.bound):
        return f"{host}:{port} is not {service}: that publishes {ports}."
    doubt = _doubt(identity, container, host, port) if identity.database else ""
    return f"{host}:{port} is not {service}: {doubt}." if doubt else ""


def _mismatch_inside(
    identity: Identity, container: ContainerState, inside: str, address: str
) -> str:
    service, host = container.service, (identity.host or "").strip()
    doubt = _doubt_of_service(identity, container) if identity.database else ""
    if _is_name_of(host, container):
        return f"{address} is not {service}: {doubt}." if doubt else ""
    if identity.database and not doubt:
        return ""  # by another name, which the files may give it
    if _is_loopback(host):
        if identity.database or inside == service:
            return ""
        return f"{address} is the container of {inside} itself: in there {service} is {service}."
    return f"{address} is another server than this project's {service}."


def _is_name_of(host: str, container: ContainerState) -> bool:
    return host.lower() in (container.service.lower(), container.name.lower())


def _doubt_of_service(identity: Identity, container: ContainerState) -> str:
    """Why a service's name, asked inside the compose network, cannot be taken for its container."""
    if not container.is_up:
        return f"{container.service} is not running"
    if container.elsewhere:
        return f"{container.service} was made from {container.elsewhere}"
    if not container.engine_is_local:
        return "the Docker engine runs on another machine"
    seen = (identity.server_address or "").split("/")[0]
    if seen not in container.addresses:
        return f"the server says it is at {seen or 'no address'}, {container.service} is not"
    return ""


def _doubt(
    identity: Identity, container: ContainerState | None, host: str, port: int | None
) -> str:
    """Why a loopback port cannot be taken for the container's, "" when it can."""
    if container is None:
        return "no container of this project is known"
    if not container.is_up:
        return f"{container.service} is not running"
    if container.elsewhere:
        return f"{container.service} was made from {container.elsewhere}"
    if not container.engine_is_local:
        return "the Docker engine runs on another machine"
    if container.shares_network:
        return f"{container.service} has no network of its own"
    if not any(
        number == port and _serves(address, host) for address, number in container.published
    ):
        return f"{container.service} does not publish port {port}"
    # The server sees its own address: behind a published port that is one inside the container.
    seen = identity.server_address
    if seen and _is_loopback(seen):
        return "the server listens on this machine's own loopback"
    if seen and container.addresses and seen.split("/")[0] not in container.addresses:
        return f"the server says it is at {seen}, {container.service} is not"
    return ""


def _is_loopback(host: str) -> bool:
    if host.lower().rstrip(".") in ("localhost", "ip6-localhost", "localhost.localdomain"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _serves(address: str, host: str) -> bool:
    """Whether a port published at `address` is what a connection to loopback `host` reaches."""
    if not address:
        return True
    published = ipaddress.ip_address(address.strip("[]"))
    if not (published.is_unspecified or published.is_loopback):
        return False
    try:
        asked = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return True  # "localhost" tries both families
    same_family = asked.version == published.version
    return same_family and (published.is_unspecified or asked == published)
