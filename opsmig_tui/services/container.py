"""One container as the engine describes it, put into the words of the Database pane."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

State = Literal[
    "absent", "created", "running", "healthy", "unhealthy", "starting", "restarting", "paused",
    "exited", "dead",
]  # fmt: skip
_LIVE = frozenset({"running", "healthy", "unhealthy", "starting"})


@dataclass(frozen=True)
class ContainerState:
    """The container of a compose service.

    `ports` are for the screen (``:5432→5432``); `published` the (host address, host port) pairs
    that lead into it now, empty while it is not running. `started_at` is in UTC. `detail` adds what
    the state alone does not say (exit status, the health check's last words). `reason` says why
    this service was taken for the database. `addresses` are the container's own in its networks.
    `engine_is_local` is False when the engine runs on another machine.
    """

    service: str
    state: State
    name: str = ""
    image: str = ""
    ports: tuple[str, ...] = ()
    published: tuple[tuple[str, int], ...] = ()
    started_at: datetime | None = None
    detail: str = ""
    reason: str = ""
    addresses: tuple[str, ...] = ()
    engine_is_local: bool = True

    @property
    def is_up(self) -> bool:
        return self.state in _LIVE


def read_container(
    inspected: Mapping[str, Any], service: str, reason: str = "", engine_is_local: bool = True
) -> ContainerState:
    """Translate the engine's answer to "inspect container" (API 1.24 and later)."""
    status = inspected.get("State") or {}
    state = _state(status)
    network = inspected.get("NetworkSettings") or {}
    bindings = network.get("Ports") or {}
    if state not in _LIVE:
        bindings = (inspected.get("HostConfig") or {}).get("PortBindings") or {}
    live = [pair for pair in _published(bindings)] if state in _LIVE else []
    networks = network.get("Networks") or {}
    own = [value for net in networks.values() for value in _addresses(net or {})]
    return ContainerState(
        service=service,
        state=state,
        name=str(inspected.get("Name") or "").removeprefix("/"),
        image=str((inspected.get("Config") or {}).get("Image") or ""),
        ports=_shown_ports(bindings),
        published=tuple(live),
        started_at=_moment(status.get("StartedAt")) if state in _LIVE else None,
        detail=_detail(status, state),
        reason=reason,
        addresses=tuple(own),
        engine_is_local=engine_is_local,
    )


def _state(status: Mapping[str, Any]) -> State:
    health = (status.get("Health") or {}).get("Status")
    match status.get("Status"):
        case "running":
            if health in ("healthy", "unhealthy", "starting"):
                checked: State = health
                return checked
            return "running"
        case "created" | "restarting" | "paused" | "exited" as plain:
            same: State = plain
            return same
        case _:  # "dead" and "removing": neither will ever run again
            return "dead"


def _published(bindings: Mapping[str, Any]) -> list[tuple[str, int]]:
    """TCP bindings as (host address, host port), each once."""
    pairs = [
        (str(host.get("HostIp") or "0.0.0.0"), int(host["HostPort"]))
        for port, hosts in bindings.items()
        if port.endswith("/tcp")
        for host in hosts or ()
        if str(host.get("HostPort") or "").isdigit()
    ]
    return list(dict.fromkeys(pairs))


def _shown_ports(bindings: Mapping[str, Any]) -> tuple[str, ...]:
    shown = []
    for port, hosts in sorted(bindings.items()):
        inside = port.removesuffix("/tcp")
        for host in hosts or ():
            address = host.get("HostIp") or ""
            everywhere = address in ("", "0.0.0.0", "::")
            shown.append(f"{'' if everywhere else address}:{host.get('HostPort') or '?'}→{inside}")
    return tuple(dict.fromkeys(shown))


def _addresses(network: Mapping[str, Any]) -> list[str]:
    keys = ("IPAddress", "GlobalIPv6Address")
    return [str(network[key]) for key in keys if network.get(key)]


def _moment(text: object) -> datetime | None:
    """``2026-01-02T03:04:05.123456789Z``; the year 1 stands for "never"."""
    if not isinstance(text, str) or text.startswith("0001-"):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _detail(status: Mapping[str, Any], state: State) -> str:
    if state == "unhealthy":
        checks = (status.get("Health") or {}).get("Log") or []
        said = str(checks[-1].get("Output") or "").strip() if checks else ""
        return said.splitlines()[-1] if said else "the health check fails"
    if state in ("exited", "dead", "created"):
        if status.get("Error"):
            return str(status["Error"])
        if status.get("OOMKilled"):
            return "killed: out of memory"
        if state == "exited":
            return f"exit status {status.get('ExitCode', '?')}"
    return ""
