"""Which engine: as the docker command chooses it, else the socket of one that is usual."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.worker.protocol import mask

DEFAULT_SOCKET = "/var/run/docker.sock"
# Below the home folder; the name is what people call it.
_HOME_SOCKETS = (
    ("Docker Desktop", ".docker/run/docker.sock"),
    ("Docker Desktop", ".docker/desktop/docker.sock"),
    ("colima", ".colima/default/docker.sock"),
    ("colima", ".config/colima/default/docker.sock"),
    ("OrbStack", ".orbstack/run/docker.sock"),
    ("Rancher Desktop", ".rd/docker.sock"),
    ("Podman", ".local/share/containers/podman/machine/podman.sock"),
)
_RUNTIME_SOCKETS = (("rootless Docker", "docker.sock"), ("Podman", "podman/podman.sock"))
_SYSTEM_SOCKETS = (("Podman", "/run/podman/podman.sock"),)


@dataclass(frozen=True)
class Endpoint:
    """One engine. `host` is its address as DOCKER_HOST has it, "" for the platform's default;
    `name` what it is called on the screen, "" for the default one.

    `environment` is what the docker and compose commands must be given to reach the same engine:
    empty where they find it by themselves.
    """

    host: str = ""
    name: str = ""
    tls: Any = False
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def through_ssh(self) -> bool:
        return self.host.startswith("ssh:")

    @property
    def is_local(self) -> bool:
        """Whether it runs on this machine, as far as its address tells."""
        return self.host.partition("://")[0] in ("", "unix", "http+unix", "npipe")


def find_endpoint(
    environment: Mapping[str, str] | None = None, default: str = DEFAULT_SOCKET
) -> Endpoint:
    """DOCKER_HOST, DOCKER_CONTEXT, the current context of the docker command's settings, its
    `default` socket; where that is not there, the first usual one that is.

    Raises OpsmigError for a context that does not exist.
    """
    given = os.environ if environment is None else environment
    if host := given.get("DOCKER_HOST", ""):
        return Endpoint(host, f"DOCKER_HOST {mask(host)}", tls=_tls(given, host))
    if found := _context(given):
        return found
    if sys.platform != "win32" and not Path(default).exists():
        for name, path in _sockets(given):
            if _is_socket(path):
                host = f"unix://{path}"
                return Endpoint(host, name, environment={"DOCKER_HOST": host})
    return Endpoint()


def _context(given: Mapping[str, str]) -> Endpoint | None:
    """The context that is in force; None for the default one.

    Read here: the SDK looks for contexts beside its config.json, and elsewhere without one.
    """
    folder = Path(given.get("DOCKER_CONFIG") or Path(given.get("HOME") or Path.home()) / ".docker")
    asked = given.get("DOCKER_CONTEXT", "")
    name = asked or str(_read_json(folder / "config.json").get("currentContext") or "default")
    if name == "default":
        return None
    key = hashlib.sha256(name.encode()).hexdigest()
    meta = _read_json(folder / "contexts" / "meta" / key / "meta.json")
    docker = (meta.get("Endpoints") or {}).get("docker") or {}
    if not docker.get("Host"):
        where = "DOCKER_CONTEXT" if asked else str(folder / "config.json")
        raise OpsmigError(
            f"{where} names the context {name!r}, which does not exist: "
            "docker context ls lists those that do."
        )
    files = folder / "contexts" / "tls" / key / "docker"
    tls = _context_tls(files, bool(docker.get("SkipTLSVerify"))) if files.is_dir() else False
    return Endpoint(str(docker["Host"]), f"context {name}", tls=tls)


def _context_tls(folder: Path, unverified: bool) -> Any:
    from docker.tls import TLSConfig

    ca, cert, key = (folder / name for name in ("ca.pem", "cert.pem", "key.pem"))
    own = (str(cert), str(key)) if cert.is_file() and key.is_file() else None
    authority = str(ca) if ca.is_file() else None
    return TLSConfig(client_cert=own, ca_cert=authority, verify=not unverified)


def _read_json(path: Path) -> dict[str, Any]:
    """{} where there is no such file. Raises OpsmigError for one that cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise OpsmigError(f"{path}, the docker command's own, cannot be read: {error}") from error
    return found if isinstance(found, dict) else {}


def _tls(given: Mapping[str, str], host: str) -> Any:
    """DOCKER_TLS_VERIFY and DOCKER_CERT_PATH, as the docker command reads them."""
    from docker.utils import kwargs_from_env

    if not host.startswith("tcp:"):
        return False
    return kwargs_from_env(environment=dict(given)).get("tls") or False


def _sockets(given: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    runtime = given.get("XDG_RUNTIME_DIR", "")
    for name, path in _RUNTIME_SOCKETS if runtime else ():
        yield name, Path(runtime) / path
    home = given.get("HOME", "")
    for name, path in _HOME_SOCKETS if home else ():
        yield name, Path(home) / path
    for name, path in _SYSTEM_SOCKETS:
        yield name, Path(path)


def _is_socket(path: Path) -> bool:
    try:
        return path.is_socket()
    except OSError:  # a folder that may not be looked into
        return False
