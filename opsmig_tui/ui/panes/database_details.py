"""The lower part of the database pane: the container's image, volumes, and what it takes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from opsmig_tui.ui.widgets.code import Piece
from opsmig_tui.ui.widgets.paint import cut_start, wrap

if TYPE_CHECKING:
    from opsmig_tui.services.docker import ContainerState, DockerAnswer
    from opsmig_tui.services.docker.usage import Usage

Line = tuple[Piece, ...]

_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 20
#: Below this a processor does nothing to speak of: a line of mere noise should look flat. Percent.
_CALM = 10.0
#: What is taken steadily must not look like everything there is.
_MEMORY_ROOM = 1.5
_LABEL = 9


def details(
    docker: DockerAnswer, usage: tuple[Usage, ...], width: int, now: datetime
) -> list[Line]:
    """One fact a line: what it takes (while it is measured), image, volumes, service, engine."""
    container = docker.container
    if container is None or container.state == "absent":
        return _service(docker, width)
    return [
        *_usage(usage, width),
        *_image(container, width, now),
        *_volumes(container, width),
        *_service(docker, width),
    ]


def _usage(usage: tuple[Usage, ...], width: int) -> list[Line]:
    if not usage:
        return []
    bars = max(4, min(_WIDTH, width - _LABEL - 13))
    processor = [one.cpu for one in usage]
    memory = [float(one.memory) for one in usage]
    return [
        (*_label("cpu"), (spark(processor, bars, _CALM), "accent"),
         (f"  {processor[-1]:.0f} %", "text")),
        (*_label("memory"), (spark(memory, bars, max(memory) * _MEMORY_ROOM), "accent"),
         (f"  {size(usage[-1].memory)}", "text")),
    ]  # fmt: skip


def spark(values: list[float], width: int, least: float = 1.0) -> str:
    """A bar for each of the last `width` values, from nothing to the largest of them (or `least`),
    at the right."""
    shown = values[-width:]
    top = max(least, *shown)
    steps = len(_BARS) - 1
    return "".join(_BARS[round(max(0.0, value) / top * steps)] for value in shown).rjust(width)


def size(count: int) -> str:
    """Bytes for people: "41 MB", "1.2 GB" (powers of 1,024, as docker stats has them)."""
    if count >= 1024**3:
        return f"{count / 1024**3:.1f} GB"
    return f"{count / 1024**2:.0f} MB"


def _image(container: ContainerState, width: int, now: datetime) -> list[Line]:
    digest = container.image_id.removeprefix("sha256:")[:12]
    built = f"{age(container.image_created, now)} old" if container.image_created else ""
    text = "  ".join(part for part in (digest, built) if part)
    return _fact("image", text, width) if text else []


def _volumes(container: ContainerState, width: int) -> list[Line]:
    """The one with the database's files matters; where there is none, that is a warning."""
    lines = [line for one in container.volumes for line in _fact("volume", one, width)]
    if not container.data_is_kept:
        lines += _fact("volume", f"none holds {container.data}", width, (" ▲ ", "warning"))
    return lines


def _service(docker: DockerAnswer, width: int) -> list[Line]:
    """Which service was taken, and why; from which files; of which engine."""
    lines: list[Line] = []
    if docker.service and docker.reason:
        lines += _fact("service", f"{docker.service}: {docker.reason}", width)
    if docker.compose is not None:
        room = width - _LABEL - 4
        path = cut_start(str(docker.compose.paths[0]), room)
        lines.append((*_label("compose"), (path, "dim")))
    container = docker.container
    if container is not None and container.project not in ("", docker.project):
        lines += _fact("project", container.project, width)
    if docker.engine.name:
        lines += _fact("engine", docker.engine.name, width)
    return lines


def _fact(name: str, text: str, width: int, sign: Piece = ("   ", "dim")) -> list[Line]:
    first, *rest = wrap(text, width - _LABEL - 4)
    return [
        (*_label(name, sign[0]), (first, sign[1])),
        *((*_label(""), (part, sign[1])) for part in rest),
    ]


def _label(name: str, sign: str = "   ") -> tuple[Piece, Piece]:
    return (sign, "warning"), (f"{name:<{_LABEL}}", "faint")


def age(since: datetime, now: datetime) -> str:
    """ "40 s", "12 min", "2 h", "3 d"."""
    seconds = max(0, int((now - since).total_seconds()))
    for length, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
