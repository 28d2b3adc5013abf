"""One container as the engine describes it, put into the words of the Database pane."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from opsmig_tui.services.secret_values import masked, of_container

State = Literal[
    "absent", "created", "running", "healthy", "unhealthy", "starting", "restarting", "paused",
    "exited", "dead",
]  # fmt: skip
_LIVE = frozenset({"running", "healthy", "unhealthy", "starting"})
# Where the official images keep their data; PostgreSQL's unless PGDATA says otherwise.
_DATA = "/var/lib/postgresql/data"
_DATA_OF_OTHERS = {"mysql": "/var/lib/mysql", "mariadb": "/var/lib/mysql"}
_LONGEST_CHECK = 300
# Of an exit status above 128: the signal that ended it.
_SIGNALS = {137: "killed", 143: "asked to stop", 139: "crashed", 134: "aborted", 130: "interrupted"}

PROJECT = "com.docker.compose.project"
SERVICE = "com.docker.compose.service"
FILES = "com.docker.compose.project.config_files"
CONFIG_HASH = "com.docker.compose.config-hash"


@dataclass(frozen=True)
class ContainerState:
    """The container of a compose service.

    `ports` are for the screen (``:5432→5432``); `bound` the (host address, host port) pairs that
    lead into it when it runs, `published` those that do now: empty while it is not running.
    `started_at` and `ended_at` are in UTC. `detail` adds what the state alone does not say (exit
    status, the health check's last words). `reason` says why this service was taken for the
    database. `addresses` are the container's own in its networks. `engine_is_local` is False when
    the engine runs on another machine.

    `project` is the compose project it belongs to, `elsewhere` the compose file of another folder
    it was made from, "" where it is this project's own. `volumes` are ``what → folder``, `data` the
    folder of the database's files, `data_is_kept` whether that lies on one of them, and
    `data_in_memory` whether it is gone whenever the container stops. `shares_network`: it has the
    host's own, and publishes no port. `user` and `database` are those the image makes at first.
    `config_hash` is compose's of the configuration it was made from, `image_id` what it runs,
    `image_created` when that was built (UTC).
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
    bound: tuple[tuple[str, int], ...] = ()
    id: str = ""
    project: str = ""
    elsewhere: str = ""
    ended_at: datetime | None = None
    restarts: int = 0
    has_check: bool = False
    volumes: tuple[str, ...] = ()
    data: str = _DATA
    data_is_kept: bool = False
    data_in_memory: bool = False
    shares_network: bool = False
    user: str = ""
    database: str = ""
    config_hash: str = ""
    image_id: str = ""
    image_created: datetime | None = None

    @property
    def is_up(self) -> bool:
        return self.state in _LIVE

    @property
    def can_start(self) -> bool:
        """Whether starting is what it wants: not of one that runs, is paused or starts again."""
        return self.state in ("absent", "created", "exited", "dead")

    @property
    def said(self) -> str:
        """The state with what it does not say by itself: "exited (exit status 3)"."""
        return f"{self.state} ({self.detail})" if self.detail else self.state


def read_container(
    inspected: Mapping[str, Any], service: str, reason: str = "", engine_is_local: bool = True
) -> ContainerState:
    """Translate the engine's answer to "inspect container" (API 1.24 and later)."""
    status = inspected.get("State") or {}
    state = _state(status)
    config = inspected.get("Config") or {}
    labels = config.get("Labels") or {}
    network = inspected.get("NetworkSettings") or {}
    host = inspected.get("HostConfig") or {}
    bindings = network.get("Ports") or {}
    if state not in _LIVE:
        bindings = host.get("PortBindings") or {}
    pairs = tuple(_pairs(bindings))
    networks = network.get("Networks") or {}
    own = [value for net in networks.values() for value in _addresses(net or {})]
    mounts = [one for one in inspected.get("Mounts") or () if one.get("Destination")]
    values = _environment(config)
    image = str(config.get("Image") or "")
    others = (folder for name, folder in _DATA_OF_OTHERS.items() if name in image)
    data = values.get("PGDATA") or next(others, _DATA)
    in_memory = [
        *(host.get("Tmpfs") or ()),
        *(one["Destination"] for one in mounts if _is_memory(one)),
    ]
    user = values.get("POSTGRES_USER") or "postgres"
    return ContainerState(
        service=service,
        state=state,
        name=str(inspected.get("Name") or "").removeprefix("/"),
        image=image,
        ports=_shown_ports(bindings),
        published=pairs if state in _LIVE else (),
        bound=pairs,
        started_at=moment(status.get("StartedAt")) if state in _LIVE else None,
        detail=masked(
            _detail(status, state, int(inspected.get("RestartCount") or 0)), of_container(config)
        ),
        reason=reason,
        addresses=tuple(own),
        engine_is_local=engine_is_local,
        id=str(inspected.get("Id") or ""),
        project=str(labels.get(PROJECT) or ""),
        ended_at=moment(status.get("FinishedAt")) if state in ("exited", "dead") else None,
        restarts=int(inspected.get("RestartCount") or 0),
        has_check=bool(status.get("Health")),
        volumes=tuple(_shown_mount(one) for one in mounts),
        data=data,
        data_is_kept=any(_holds(one["Destination"], data) for one in mounts if not _is_memory(one)),
        data_in_memory=any(_holds(one, data) for one in in_memory),
        shares_network=host.get("NetworkMode") == "host",
        user=user,
        database=values.get("POSTGRES_DB") or user,
        config_hash=str(labels.get(CONFIG_HASH) or ""),
        image_id=str(inspected.get("Image") or ""),
    )


def absent_container(
    service: str, image: str, ports: tuple[str, ...], reason: str, project: str
) -> ContainerState:
    """The one that is going to be: `ports` as the compose files have them. One that cannot be read
    is left out."""
    from docker.utils.ports import build_port_bindings

    bindings: dict[str, list[dict[str, str]]] = {}
    for port in ports:
        try:
            built = build_port_bindings([port])
        except ValueError:
            continue
        for inside, hosts in built.items():
            pairs = [one if isinstance(one, tuple) else ("", one) for one in hosts]
            found = bindings.setdefault(inside if "/" in inside else f"{inside}/tcp", [])
            found += [{"HostIp": at or "", "HostPort": number or ""} for at, number in pairs]
    return ContainerState(
        service, "absent", image=image, reason=reason, project=project,
        ports=_shown_ports(bindings), bound=tuple(_pairs(bindings)),
    )  # fmt: skip


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


def _pairs(bindings: Mapping[str, Any]) -> list[tuple[str, int]]:
    pairs = [
        (str(host.get("HostIp") or ""), int(host["HostPort"]))
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


def _shown_mount(mount: Mapping[str, Any]) -> str:
    """Named volumes by their name, bound folders by their path, others as what they are."""
    kind, name = mount.get("Type"), str(mount.get("Name") or "")
    if kind == "bind":
        what = str(mount.get("Source") or "")
    elif kind == "volume" and len(name) != 64:  # a digest is the name of one that has none
        what = name
    else:
        what = "anonymous" if kind == "volume" else str(kind or "mount")
    return f"{what} → {mount['Destination']}"


def _is_memory(mount: Mapping[str, Any]) -> bool:
    return mount.get("Type") == "tmpfs"


def _holds(place: str, folder: str) -> bool:
    where = place.rstrip("/")
    return folder == where or folder.startswith(f"{where}/")


def _environment(config: Mapping[str, Any]) -> dict[str, str]:
    """Of the container's variables only those that hold no secret."""
    wanted = ("PGDATA", "POSTGRES_USER", "POSTGRES_DB")
    pairs = (str(one).partition("=") for one in config.get("Env") or ())
    return {name: value for name, _, value in pairs if name in wanted}


def _addresses(network: Mapping[str, Any]) -> list[str]:
    keys = ("IPAddress", "GlobalIPv6Address")
    return [str(network[key]) for key in keys if network.get(key)]


def moment(text: object) -> datetime | None:
    """``2026-01-02T03:04:05.123456789Z``; the year 1 stands for "never"."""
    if not isinstance(text, str) or text.startswith("0001-"):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _detail(status: Mapping[str, Any], state: State, restarts: int) -> str:
    if state == "unhealthy":
        return _last_check(status) or "the health check fails"
    if state == "restarting":
        times = "once" if restarts == 1 else f"{restarts} times"
        return f"restarted {times}; it ended with {_exit(status)}"
    if state in ("exited", "dead", "created"):
        if status.get("Error"):
            return str(status["Error"])
        if status.get("OOMKilled"):
            return "killed: out of memory"
        if state == "exited":
            return _exit(status)
    return ""


def _exit(status: Mapping[str, Any]) -> str:
    code = status.get("ExitCode", "?")
    said = _SIGNALS.get(code, "")
    return f"exit status {code}" + (f" ({said})" if said else "")


def _last_check(status: Mapping[str, Any]) -> str:
    """What the last failed health check said, on one line; one that passed says nothing here."""
    checks = (status.get("Health") or {}).get("Log") or []
    failed = [one for one in checks if one.get("ExitCode")]
    said = " ".join(str(failed[-1].get("Output") or "").split()) if failed else ""
    return said if len(said) <= _LONGEST_CHECK else f"{said[: _LONGEST_CHECK - 1]}…"
