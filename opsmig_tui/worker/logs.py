"""Log records of the project → `log` events, whatever env.py configures."""

from __future__ import annotations

import logging
from typing import Any

from .channel import Channel, Streams
from .protocol import Log

QUIET = ("sqlalchemy.engine", "sqlalchemy.pool", "alembic.runtime.plugins")
"""Loggers heard from WARNING up: statements have events of their own, with no parameters."""


def capture_logs(channel: Channel, streams: Streams) -> None:
    """Send every record that a logger makes, and keep console handlers from saying it again.

    A record factory survives the fileConfig and dictConfig of env.py; handlers do not.
    """
    make = logging.getLogRecordFactory()

    def factory(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        if not _is_noise(record):
            channel.send(Log(record.levelname, record.name, _text(record)))
        return record

    emit = logging.StreamHandler.emit

    def emit_elsewhere(self: Any, record: logging.LogRecord) -> None:
        if self.stream not in streams.ours:
            emit(self, record)

    logging.setLogRecordFactory(factory)
    logging.StreamHandler.emit = emit_elsewhere  # type: ignore[method-assign]


def _is_noise(record: logging.LogRecord) -> bool:
    """Also what alembic says of every context it makes: the plan tells dialect and transactions."""
    if record.levelno >= logging.WARNING:
        return False
    context = record.name == "alembic.runtime.migration" and record.funcName == "__init__"
    return context or record.name.startswith(QUIET)


def _text(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception as error:  # a bad format string must not fail a migration, and logging agrees
        return f"{record.msg} ({error})"
