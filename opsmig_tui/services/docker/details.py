"""Single questions to the engine, asked only when something is about to be done. They block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.services.secret_values import masked, of_container

from .container import ContainerState
from .endpoint import Endpoint
from .engine import client, in_words

# How deep a changed file's folder is named: /var/lib/postgresql, not each of its thousand.
DEPTH = 4
MOST_FOLDERS = 6
# What every server leaves lying about and makes anew.
_PASSING = ("/tmp/", "/run/", "/var/run/", "/proc/", "/sys/", "/dev/")
# A large container's differences take a while, and somebody asked for them.
PATIENCE_SECONDS = 20.0
# What the engine calls the kinds of change; the third is a deletion.
_MODIFIED, _ADDED = 0, 1


def image_id(endpoint: Endpoint, image: str) -> str:
    """The id that an image's name stands for now, "" when there is no such image.

    Raises OpsmigError when the engine does not answer.
    """
    from docker.errors import ImageNotFound

    def ask(engine: Any) -> str:
        try:
            return str(engine.api.inspect_image(image).get("Id") or "")
        except ImageNotFound:
            return ""

    return str(_asked(endpoint, ask))


def changed_files(endpoint: Endpoint, container: str) -> list[str]:
    """Paths of the files that were written in the container and lie on none of its volumes.

    Raises OpsmigError when the engine does not answer.
    """
    changes = _asked(endpoint, lambda engine: engine.api.diff(container)) or []
    written = {str(one["Path"]) for one in changes if one.get("Kind") in (_MODIFIED, _ADDED)}
    folders = {path.rpartition("/")[0] for path in written}
    return sorted(path for path in written - folders if not path.startswith(_PASSING))


def by_folder(paths: Iterable[str]) -> list[tuple[str, int]]:
    """(folder, number of files below it) of the largest groups, most first."""
    parts = (path.split("/")[:-1][: DEPTH + 1] for path in paths)
    return Counter("/".join(names) or "/" for names in parts).most_common(MOST_FOLDERS)


def last_lines(endpoint: Endpoint, container: str, count: int) -> list[str]:
    """The end of a container's log. Raises OpsmigError when the engine does not answer."""

    def ask(engine: Any) -> list[str]:
        secrets = of_container(engine.api.inspect_container(container).get("Config") or {})
        said = engine.api.logs(container, tail=count).decode("utf-8", "replace")
        return [masked(line, secrets) for line in said.splitlines()[-count:]]

    return list(_asked(endpoint, ask))


def is_ready(endpoint: Endpoint, container: ContainerState) -> bool:
    """Whether pg_isready inside the container reaches the server through TCP, as others will.

    Raises OpsmigError when the engine does not answer.
    """
    words = ["pg_isready", "-q", "-h", "127.0.0.1", "-U", container.user, "-d", container.database]

    def ask(engine: Any) -> bool:
        made = engine.api.exec_create(container.id, words)
        engine.api.exec_start(made["Id"])
        return bool(engine.api.exec_inspect(made["Id"]).get("ExitCode") == 0)

    return bool(_asked(endpoint, ask))


def _asked(endpoint: Endpoint, ask: Any) -> Any:
    try:
        with client(endpoint, PATIENCE_SECONDS) as engine:
            return ask(engine)
    except OpsmigError:
        raise
    except Exception as error:  # the SDK, requests and urllib3 raise of every kind
        raise OpsmigError(in_words(error, endpoint)) from error
