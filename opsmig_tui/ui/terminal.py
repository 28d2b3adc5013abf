"""The terminal as Textual drives it, which may close while another program has it."""

from __future__ import annotations

from typing import IO, Any

from textual.drivers.linux_driver import LinuxDriver


class Terminal(LinuxDriver):
    """Textual's driver, for a terminal that may be gone.

    Its threads would outlive the program else, or keep its end waiting for ever: the one that
    writes dies at the first word nobody takes, and a closing terminal (SIGCONT) starts both anew.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._file: Any = _Forgiving(self._file)
        self._starting = False

    def start_application_mode(self) -> None:
        """Nothing where it is started or being started already, or the program ends: SIGCONT, which
        a closing terminal sends, and the end of a hand-over may ask at any moment."""
        started = self._key_thread is not None and self._key_thread.is_alive()
        if self._starting or started or not self._app.is_running:
            return
        self._starting = True
        try:
            super().start_application_mode()  # type: ignore[no-untyped-call]
        finally:
            self._starting = False

    def write(self, data: str) -> None:
        """Nothing where no thread would take it out of the queue."""
        if self._writes:
            super().write(data)

    def close(self) -> None:
        """Ends the thread that writes, once."""
        if self._writes:
            super().close()

    @property
    def _writes(self) -> bool:
        return self._writer_thread is not None and self._writer_thread.is_alive()


class _Forgiving:
    """A file whose reader may be gone: what is said after that fails nothing."""

    def __init__(self, file: IO[str]) -> None:
        self._given = file

    def write(self, text: str) -> int:
        try:
            return self._given.write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        try:
            self._given.flush()
        except OSError:
            return

    def __getattr__(self, name: str) -> Any:
        return getattr(self._given, name)
