"""What one worker keeps between requests, passed to every operation."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Optional

from .cancel import Cancellation
from .channel import Channel
from .compared import Compared
from .config import Scripts, Settings
from .flaskapp import App
from .protocol import Failed
from .quick import OnlyRead, Quick
from .redact import Redactor
from .sqltrace import Trace
from .watch import Watcher


@dataclass
class Session:
    """The worker's belongings. `send` speaks for the request at hand."""

    settings: Settings
    channel: Channel
    redactor: Redactor
    scripts: Scripts
    trace: Trace
    cancellation: Cancellation
    quick: Quick
    watcher: Watcher
    compared: Optional[Compared] = None
    rehearsed: Optional[Compared] = None
    """The comparison at the end of the last rehearsal."""
    app: Optional[App] = None
    """The Flask app, once it was created."""
    app_failed: Optional[Failed] = None
    """Why it could not be: it is not tried twice in one process."""
    only_read: Optional[OnlyRead] = None
    """Of a runner's last run of env.py in sessions that could not write; None where it failed."""
    answered: bool = False
    """Whether env.py ever came as far as its migrations in this process."""
    import_failed: Optional[Exception] = None
    """What env.py's imports raised before that: half of them are done, so a second try would fail
    of something else ("Table … is already defined") and hide it."""
    started: float = field(default_factory=time.perf_counter)

    def send(self, event: Any) -> None:
        self.channel.send(event)

    def elapsed_ms(self) -> float:
        """Milliseconds since the request at hand began."""
        return (time.perf_counter() - self.started) * 1000
