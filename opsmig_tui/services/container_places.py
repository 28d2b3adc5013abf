"""Paths of this machine and of a container that some of its folders are bound into."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The fields of requests, results and events that are a path, and the texts that hold some.
PATHS = frozenset({"directory", "file", "files", "overlay", "path", "version_path"})
TEXTS = frozenset({"command", "detail", "hint", "message", "traceback"})


@dataclass(frozen=True)
class Places:
    """`pairs` are (folder here, folder in the container). `mounted`: the project's folder is one
    and the same in both, so that a file written there is here as well."""

    pairs: tuple[tuple[str, str], ...]
    mounted: bool = True

    def inward(self, path: str | Path) -> str:
        """Where a file of this machine is in the container, "" where it is not there."""
        return _moved(str(path), self.pairs)

    def outward(self, path: str) -> str:
        """Where a file of the container is here; as it was where it is not."""
        return _moved(path, ((inside, here) for here, inside in self.pairs)) or path

    def request(self, data: Any) -> Any:
        """A request's arguments for the worker in the container."""
        return _walked(data, lambda path: self.inward(path) or path, lambda text: text)

    def event(self, data: dict[str, Any]) -> Any:
        """What that worker says, with the paths of this machine. Of what the container itself lacks
        it speaks in the container's."""
        if data.get("kind") == "dependency":
            return data
        return _walked(data, self.outward, self._text)

    def _text(self, text: str) -> str:
        for here, inside in sorted(self.pairs, key=lambda pair: -len(pair[1])):
            if inside != "/":
                # Not in the middle of another path.
                text = re.sub(rf"(?<![\w./-]){re.escape(inside)}(?![\w.-])", lambda _: here, text)  # noqa: B023
        return text


def _moved(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """`path` below the other side of the deepest pair that holds it, "" where none does."""
    for one, other in sorted(pairs, key=lambda pair: -len(pair[0])):
        if path == one or path.startswith(one.rstrip("/") + "/"):
            return os.path.normpath(os.path.join(other, path[len(one) :].lstrip("/")))
    return ""


def _walked(data: Any, path: Any, text: Any, key: str = "") -> Any:
    if isinstance(data, Mapping):
        return {name: _walked(value, path, text, str(name)) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_walked(value, path, text, key) for value in data]
    if isinstance(data, str) and data:
        return path(data) if key in PATHS else text(data) if key in TEXTS else data
    return data
