"""Whose a scratch database is: told by its comment and, before it has one, by its name."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import secrets
from pathlib import Path

from opsmig_tui.worker.protocol import SCRATCH_NAME, SCRATCH_PREFIX, Scratch


def own_mark() -> str:
    """The comment of a scratch database of this process."""
    pid = os.getpid()
    told = {"opsmig": "scratch", "machine": _machine(), "pid": pid, "started": _started(pid)}
    return json.dumps(told, sort_keys=True)


def own_stem() -> str:
    """What the names of this process' scratch databases begin with, 48 bytes at most of 63.

    It says in short what the comment says: one that dies between CREATE DATABASE and COMMENT leaves
    a database that only its name tells of.
    """
    pid = os.getpid()
    begun = _short(_started(pid))
    return f"{SCRATCH_PREFIX}{_machine()[:12]}_{pid}_{begun}_{secrets.token_hex(2)}"


def is_left_behind(scratch: Scratch) -> bool:
    """Whether its mark names a process of this machine that has ended, and nobody is in it.

    The mark is the comment; the name counts only where there is no comment at all.
    """
    if scratch.connected:
        return False
    if not scratch.comment:
        named = re.fullmatch(SCRATCH_NAME, scratch.name)
        if named is None or named["machine"] != _machine()[:12]:
            return False
        return not _lives(int(named["pid"]), named["begun"])
    try:
        told = json.loads(scratch.comment)
        machine, pid, started = told["machine"], int(told["pid"]), told["started"]
    except (ValueError, TypeError, KeyError):
        return False
    ours = told.get("opsmig") == "scratch" and machine == _machine() and pid > 0
    return ours and not _lives(pid, _short(started))


def _lives(pid: int, begun: str) -> bool:
    """A number is given again: the process must also have begun when that one did."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    now, unknown = _short(_started(pid)), _short("")
    return unknown in (now, begun) or now == begun


def _short(started: str) -> str:
    return hashlib.sha256(str(started).encode()).hexdigest()[:8]


def _started(pid: int) -> str:
    """When a process began, in the kernel's ticks since the boot named; "" where not known."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except OSError:
        return ""
    return f"{boot}:{stat.rpartition(')')[2].split()[19]}"


def _machine() -> str:
    """This machine, and in it the numbering of processes: containers have one of their own."""
    told = [platform.node()]
    for path in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        try:
            told.append(Path(path).read_text(encoding="utf-8").strip())
            break
        except OSError:
            continue
    try:
        told.append(os.readlink("/proc/self/ns/pid"))
    except OSError:
        told.append("")
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]
