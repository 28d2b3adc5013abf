"""Dataclasses ↔ lines of JSON."""

from __future__ import annotations

import dataclasses
import json
import sys
import types
import typing
from collections.abc import Callable
from typing import Any, Optional, TypeVar, Union

from .events import EVENTS
from .requests import REQUESTS

T = TypeVar("T")


def encode_request(
    number: int, request: Any, clean: Optional[Callable[[Any], Any]] = None
) -> bytes:
    """One line for the worker's stdin. `clean` rewrites the arguments before they are written."""
    data = dataclasses.asdict(request)
    return _line({"id": number, "op": request.op, "args": clean(data) if clean else data})


def encode_event(
    number: Optional[int], event: Any, clean: Optional[Callable[[Any], Any]] = None
) -> bytes:
    """One line for the tool. `clean` rewrites the event's dict before it is written (redaction)."""
    data = _plain(event)
    return _line({"id": number, "event": event.event, **(clean(data) if clean else data)})


def decode_request(line: Union[bytes, str]) -> tuple[int, Any]:
    """(request id, request). Raises ValueError for anything that is not a known request."""
    data = _object(line)
    cls = REQUESTS.get(data.get("op", ""))
    if cls is None or not isinstance(data.get("id"), int):
        raise ValueError(f"not a request: {line[:200]!r}")
    return data["id"], from_dict(cls, data.get("args") or {})


def decode_event(
    line: Union[bytes, str], clean: Optional[Callable[[Any], Any]] = None
) -> tuple[Optional[int], Any]:
    """(request id or None, event). `Done.result` stays a dict: the asker knows its class (RESULTS).
    `clean` rewrites what was read before it becomes an event.

    Raises ValueError for anything that is not a known event.
    """
    data = _object(line)
    number = data.pop("id", None)
    cls = EVENTS.get(data.pop("event", ""))
    if cls is None:
        raise ValueError(f"not an event: {line[:200]!r}")
    return number, from_dict(cls, clean(data) if clean else data)


def from_dict(cls: type[T], data: dict[str, Any]) -> T:
    """A dataclass from what `dataclasses.asdict` made of it; unknown keys are ignored."""
    hints = _hints(cls)
    known = {
        f.name: _value(hints[f.name], data[f.name])
        for f in dataclasses.fields(cls)  # type: ignore[arg-type]
        if f.name in data
    }
    try:
        return cls(**known)
    except TypeError as error:
        raise ValueError(f"{cls.__name__}: {error}") from error


_HINTS: dict[Any, dict[str, Any]] = {}


def _hints(cls: Any) -> dict[str, Any]:
    if cls not in _HINTS:
        _HINTS[cls] = typing.get_type_hints(cls, vars(sys.modules[cls.__module__]))
    return _HINTS[cls]


def _value(hint: Any, value: Any) -> Any:
    if value is None or hint is Any:
        return value
    origin = typing.get_origin(hint)
    if origin is Union or origin is getattr(types, "UnionType", Union):
        inner = [item for item in typing.get_args(hint) if item is not type(None)]
        return _value(inner[0], value)
    if origin is tuple:
        return tuple(_value(typing.get_args(hint)[0], item) for item in value)
    if origin in (dict, list):
        return value
    if dataclasses.is_dataclass(hint):
        return from_dict(hint, value)  # type: ignore[arg-type]
    return value


_ENCODER = json.JSONEncoder(separators=(",", ":"), default=str)


_NAMES: dict[type, tuple[str, ...]] = {}


def _plain(value: Any) -> Any:
    """As dataclasses.asdict has it, but without copying what JSON takes as it is: a statement that
    runs within microseconds is told by two events."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    kind = type(value)
    if hasattr(kind, "__dataclass_fields__"):
        if kind not in _NAMES:
            _NAMES[kind] = tuple(field.name for field in dataclasses.fields(kind))
        return {name: _plain(getattr(value, name)) for name in _NAMES[kind]}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _line(data: dict[str, Any]) -> bytes:
    return _ENCODER.encode(data).encode() + b"\n"


def _object(line: Union[bytes, str]) -> dict[str, Any]:
    data = json.loads(line)
    if not isinstance(data, dict):
        raise ValueError(f"not an object: {line[:200]!r}")
    return data
