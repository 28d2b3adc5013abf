"""Writing a file so that whoever looks sees the old text or the new one, never half of it."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


def write_whole(path: Path, data: bytes, *, private: bool = False) -> None:
    """Writes beside the file, then renames. Raises OSError, and leaves nothing behind then.

    A file that was there keeps its permissions; a new one has those of any new file, or is for this
    person alone when `private`. What a symbolic link leads to is written, not the link.
    """
    path = path.resolve()
    beside = _beside(path, data, None if private else _mode(path))
    try:
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


@dataclass(frozen=True)
class Replacement:
    """A file that is there, its new bytes, and the path it has from then on."""

    path: Path
    data: bytes
    target: Path


def write_all_whole(changes: Sequence[Replacement]) -> None:
    """Several files: every new text is written beside before the first one is put in place.

    From then on only renames are left; where one of them fails, those before are taken back. Raises
    OSError (FileExistsError where a file would go over another one); the files are then as before.
    """
    staged: list[Path] = []
    placed: list[tuple[Replacement, Path]] = []
    try:
        for one in changes:
            if one.target != one.path and one.target.exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(one.target))
            mode = _mode(one.path)
            staged.append(_beside(one.target, one.data, mode))
            staged.append(_beside(one.path, one.path.read_bytes(), mode))
        for one, new, old in zip(changes, staged[::2], staged[1::2], strict=True):
            placed.append((one, old))
            new.replace(one.target)
            if one.target != one.path:
                one.path.unlink()
    except BaseException:
        for one, old in reversed(placed):
            if one.target != one.path:
                one.target.unlink(missing_ok=True)
            old.replace(one.path)
        raise
    finally:
        for path in staged:
            path.unlink(missing_ok=True)


def _beside(path: Path, data: bytes, mode: int | None) -> Path:
    """The bytes in a new file of the same folder, for this person alone where `mode` is None."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        if mode is not None:
            os.chmod(name, mode)
    except BaseException:
        os.unlink(name)
        raise
    return Path(name)


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0o077)
        os.umask(mask)
        return 0o666 & ~mask
