"""What is seen of a run from beside it, in words: whom it waits for, and how far it is."""

from __future__ import annotations

import re

from opsmig_tui.worker.protocol import Holder, Progress, Waiting

#: Characters of another session's query that are worth a line.
LONGEST_QUERY = 300
_ALTERS = re.compile(r"(?i)\s*ALTER\s+TABLE\b")
_VALIDATES = re.compile(r"(?i)\bVALIDATE\s+CONSTRAINT\b")
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TARGETS = {
    "transactionid": "a row that another transaction has changed",
    "tuple": "a row that another transaction has changed",
    "virtualxid": "older transactions to end, as CONCURRENTLY must",
    "advisory": "an advisory lock",
    "object": "an object of the catalog",
    "extend": "room to grow",
    "page": "a page",
}


def signature(waiting: Waiting) -> tuple[object, ...]:
    """What has to change for a wait to be worth telling anew: the queue counts by doublings."""
    holders = tuple((one.pid, one.gid, one.state, one.modes) for one in waiting.holders)
    return waiting.lock, waiting.relation, holders, waiting.queue.bit_length()


def wait_lines(waiting: Waiting) -> list[str]:
    """The first line says for what the run waits, the others who stands in the way and what to
    do about it."""
    lines = [f"waiting for {what(waiting)}"]
    for holder in waiting.holders:
        lines.append(f"{_verb(holder)} {who(holder)}: {doing(holder)}")
        if holder.query:
            lines.append(f"{_query_of(holder)}: {_short(holder.query)}")
    if waiting.queue:
        many = waiting.queue != 1
        lines.append(
            f"{waiting.queue} session{'s' * many} queue{'s' * (not many)} behind this migration"
        )
    return [*lines, *remedies(waiting)]


def what(waiting: Waiting) -> str:
    """The lock: "ACCESS EXCLUSIVE on ops.vendor"."""
    if waiting.target == "relation":
        return f"{mode(waiting.lock)} on {waiting.relation or 'a relation of another database'}"
    target = _TARGETS.get(waiting.target, f"a lock ({waiting.target})")
    return f"{target} in {waiting.relation}" if waiting.relation else target


def mode(lock: str) -> str:
    """PostgreSQL's documents call AccessExclusiveLock ACCESS EXCLUSIVE."""
    return _WORD.sub(" ", lock.removesuffix("Lock")).upper()


def who(holder: Holder) -> str:
    """pid, application, user and address: "pid 4711 (psql, user ops, from 10.0.0.3)"."""
    if not holder.pid:
        return f"the prepared transaction {holder.gid!r} of {holder.user}"
    address = f"from {holder.address}" if holder.address else ""
    user = f"user {holder.user}" if holder.user else ""
    background = holder.kind if holder.kind not in ("", "client backend") else ""
    known = ", ".join(filter(None, (background or holder.application, user, address)))
    return f"pid {holder.pid} ({known})" if known else f"pid {holder.pid}"


def doing(holder: Holder) -> str:
    """What it does and for how long, and when it is going to let go."""
    if not holder.pid:
        age = f"for {age_text(holder.transaction_ms)}, " if holder.transaction_ms else ""
        return f"prepared {age}and in no session"
    if holder.waits_for:
        return f"it waits itself, for pid {', '.join(map(str, holder.waits_for))}"
    if holder.kind == "autovacuum worker":
        return "it gives way by itself within a second or two, unless it prevents wraparound"
    if not holder.state:
        return "what it does is hidden from this role (membership in pg_read_all_stats shows it)"
    if holder.state.startswith("idle in transaction"):
        failed = ", after an error" if "aborted" in holder.state else ""
        return f"idle in transaction for {age_text(holder.state_ms)}{failed}; it keeps its locks"
    running = f"running a statement for {age_text(holder.state_ms)}"
    if holder.transaction_ms and holder.transaction_ms > 2 * (holder.state_ms or 0) + 1_000:
        running += f", its transaction for {age_text(holder.transaction_ms)}"
    return running


def remedies(waiting: Waiting) -> list[str]:
    """What the person can do: end the session that can be ended, or give up."""
    prepared = [one.gid for one in waiting.holders if not one.pid]
    pids = [one.pid for one in waiting.holders if one.pid and not one.waits_for]
    found = []
    if prepared:
        gid = prepared[0].replace("'", "''")
        found.append(f"ROLLBACK PREPARED '{gid}' lets go of it")
    elif pids:
        found.append(f"! in the UI, or SELECT pg_terminate_backend({pids[0]}), ends that session")
    return [*found, "ctrl+c cancels the migration"]


def progress_text(event: Progress, sql: str = "") -> str:
    """How far a command is: "building index: scanning table, 45 %", and who waits for it.

    The server counts for few commands only (documentation, Progress Reporting): for `sql` that is
    an ALTER TABLE it has no view, so that nothing is known is said instead.
    """
    share = f"{100 * event.done / event.total:.0f} %" if event.total > 0 else ""
    parts = [", ".join(filter(None, (event.phase, share)))]
    if not parts[0] and _ALTERS.match(sql):
        what = "VALIDATE CONSTRAINT" if _VALIDATES.search(sql) else "an ALTER TABLE"
        parts = [f"PostgreSQL does not tell how far {what} is"]
    if event.queue:
        wait = "session waits" if event.queue == 1 else "sessions wait"
        parts.append(f"{event.queue} {wait} for its locks")
    return "; ".join(filter(None, parts))


def age_text(milliseconds: float | None) -> str:
    """A time span as one says it: "40 ms", "3.2 s", "5 min 03 s", "2 h 05 min"."""
    if milliseconds is None:
        return "a while"
    seconds = max(0.0, milliseconds) / 1_000
    if seconds < 1:
        return f"{seconds * 1_000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min"


def _verb(holder: Holder) -> str:
    return "held by" if holder.modes or not holder.waits_for else "behind, in the queue,"


def _query_of(holder: Holder) -> str:
    return "its last query" if holder.state.startswith("idle") else "its query"


def _short(query: str) -> str:
    text = " ".join(query.split())
    return text if len(text) <= LONGEST_QUERY else text[: LONGEST_QUERY - 1] + "…"
