"""Revision files -> History, read as text: no project code runs, nothing is imported.

Which files count, and what two files of one id mean, is alembic's own answer (ScriptDirectory).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from opsmig_tui.history.conflict import conflicts
from opsmig_tui.history.model import History, HistoryProblem, Revision
from opsmig_tui.history.order import newest_first, parent_ids
from opsmig_tui.history.parse import NotARevision, parse
from opsmig_tui.history.problems import find_problems

_LEGACY_NAME = re.compile(r"[a-f0-9]+\.py")
_CHUNK = 1 << 16


def read_history(version_locations: Sequence[Path], recursive: bool = False) -> History:
    """Every revision below the version locations, newest first, and what is wrong with them.

    Never raises for what the files hold; a location that does not exist counts as empty, as in
    alembic.
    """
    found: dict[str, Revision] = {}
    problems: list[HistoryProblem] = []
    for path in _files(version_locations, recursive):
        item = read_revision(path)
        if isinstance(item, HistoryProblem):
            problems.append(item)
            continue
        earlier = found.pop(item.revision, None)
        if earlier is not None:
            problems.append(_duplicate(earlier, item))
        found[item.revision] = item
    return arranged(list(found.values()), problems)


def arranged(revisions: Sequence[Revision], problems: Sequence[HistoryProblem] = ()) -> History:
    """The history that these revisions make, newest first, with what is wrong with the chain added
    to `problems`, those of the files themselves."""
    ordered, in_cycle = newest_first(revisions, parent_ids(revisions))
    return History(ordered, (*problems, *find_problems(ordered, in_cycle)))


def read_revision(path: Path, text: str | None = None) -> Revision | HistoryProblem:
    """One revision file, or why it is none. `text` stands for the file's content when given."""
    unresolved = None
    try:
        content = _read_text(path) if text is None else _newlines(text)
        unresolved = conflicts(content)
        fields = parse(unresolved.ours if unresolved is not None else content)
    except (OSError, NotARevision) as error:
        reason = f"cannot be read: {error.strerror}" if isinstance(error, OSError) else str(error)
        if unresolved is not None:
            reason = f"holds conflict markers at line {unresolved.places[0][0]}: resolve them"
        return HistoryProblem("unreadable", f"{path.name} {reason}", path=path)
    revision = fields.revision
    if revision is None:
        if fields.computed:
            revision = f"?{path.stem}"
        elif _LEGACY_NAME.fullmatch(path.name):
            revision = path.stem
        else:
            return HistoryProblem(
                "unreadable",
                f"{path.name} sets no revision: alembic refuses the folder until it is moved out",
                path=path,
            )
    doc = fields.docstring
    return Revision(
        revision,
        fields.down_revisions,
        path,
        doc.partition("\n")[0],
        _create_date(doc),
        fields.depends_on,
        fields.branch_labels,
        doc,
        fields.computed,
        unresolved.places[0][0] if unresolved is not None else 0,
    )


def _files(version_locations: Sequence[Path], recursive: bool) -> Iterator[Path]:
    """What alembic would load, in its order, each real file once."""
    seen: set[str] = set()
    for location in version_locations:
        pending = [os.path.realpath(location)]
        while pending:
            folder = pending.pop()
            base = Path(folder)
            below: list[str] = []
            for name, is_folder, is_link in _listing(folder):
                if is_folder:
                    if recursive and not name.endswith("__pycache__") and not is_link:
                        below.append(os.path.join(folder, name))
                    continue
                if not name.endswith(".py") or name.startswith((".#", "__init__")):
                    continue
                path = Path(os.path.realpath(base / name)) if is_link else base / name
                key = str(path)
                if key not in seen:
                    seen.add(key)
                    yield path
            pending += reversed(below)


def _listing(folder: str) -> list[tuple[str, bool, bool]]:
    """(name, is a folder, is a link) of what a folder holds; devices and pipes are left out."""
    try:
        with os.scandir(folder) as entries:
            return sorted(
                (entry.name, entry.is_dir(), entry.is_symlink())
                for entry in entries
                if entry.is_dir() or entry.is_file() or entry.is_symlink()
            )
    except (FileNotFoundError, NotADirectoryError):
        return []


def _read_text(path: Path) -> str:
    """The file decoded as Python would. Raises OSError, NotARevision."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        data = os.read(descriptor, _CHUNK)
        while len(data) % _CHUNK == 0 and (more := os.read(descriptor, _CHUNK)):
            data += more
    finally:
        os.close(descriptor)
    return _newlines(_decode(data))


def _decode(data: bytes) -> str:
    second_line_end = data.find(b"\n", data.find(b"\n") + 1)
    if b"coding" not in data[: second_line_end if second_line_end > 0 else len(data)]:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise NotARevision(f"is not UTF-8 at line {line}, and names no encoding") from error
    import io
    import tokenize

    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise NotARevision(f"cannot be decoded: {error}") from error


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _create_date(doc: str) -> str:
    at = doc.find("Create Date:")
    return doc[at + 12 :].partition("\n")[0].strip() if at >= 0 else ""


def _duplicate(earlier: Revision, later: Revision) -> HistoryProblem:
    return HistoryProblem(
        "duplicate-revision",
        f"revision {later.revision} is in two files, {earlier.path.name} and {later.path.name}",
        path=later.path,
        revisions=(later.revision,),
    )
