"""Rules about the revision file itself: its name, and edits that come too late."""

from __future__ import annotations

import re
from collections.abc import Iterator

from opsmig_tui.review.model import Facts, Finding
from opsmig_tui.review.rules.base import Example, Rule, flag
from opsmig_tui.review.subject import Subject

EDITED, NAME = "edited-after-apply", "bad-file-name"
_TOKEN = re.compile(r"%\((\w+)\)(\d*)(?:\.(\d+))?([sd])|%%")
# What alembic fills in (ScriptDirectory._rev_path); a project's own tokens are not known.
_NUMBERS = frozenset({"epoch", "year", "month", "day", "hour", "minute", "second"})


def _edited(subject: Subject) -> Iterator[Finding]:
    if subject.facts.edited_after_apply:
        yield flag(
            EDITED,
            "warning",
            subject.migration.assignment_span("revision"),
            "This file was changed after the revision had been applied.",
            "Databases that ran the old text stay as that left them: alembic never runs a "
            "revision twice.",
            "Restore the file, and put the change into a new revision.",
        )


def _bad_name(subject: Subject) -> Iterator[Finding]:
    template = subject.facts.file_template
    own = subject.migration.revision
    chain = subject.facts.chain
    if not template or own.computed or not own.revision:
        return
    on_base = chain is not None and chain.new_revisions is not None
    if on_base and chain is not None and own.revision not in (chain.new_revisions or ()):
        return  # nobody renames a file that others have
    pattern = name_pattern(template, own.revision)
    if pattern is None:
        return
    path = subject.migration.path
    name = "/".join(path.with_suffix("").parts[-(template.count("/") + 1) :])
    if re.fullmatch(pattern, name) is None:
        yield flag(
            NAME,
            "note",
            subject.migration.assignment_span("revision"),
            f"{path.name} is not named as file_template says.",
            f"The project's files are named {template}.py; one that is not sorts and is found "
            "elsewhere.",
            "Rename the file: alembic goes by the id inside it.",
        )


def name_pattern(template: str, revision: str) -> str | None:
    """A pattern for file names (without .py) made by this file_template; None where it has parts
    that are not known here."""
    found, at = [], 0
    for match in _TOKEN.finditer(template):
        found.append(re.escape(template[at : match.start()]))
        at = match.end()
        part = "%" if match.group() == "%%" else _part(match, revision)
        if part is None:
            return None
        found.append(part)
    rest = template[at:]
    return None if "%" in rest or "%(" in "".join(found) else "".join(found) + re.escape(rest)


def _part(match: re.Match[str], revision: str) -> str | None:
    token, width, digits, _ = match.groups()
    if token == "rev":
        return re.escape(revision)
    if token == "slug":
        return r"\w*"
    if token in _NUMBERS:
        least = max(int(digits or 1), int(width or 1))
        return rf"\d{{{least},}}" if width.startswith("0") or not width else r"\s*\d+"
    return None


_FILE = """from alembic import op
revision = "a1"  #!
down_revision = "a0"
def upgrade(): op.execute("COMMENT ON TABLE a IS NULL")
def downgrade(): op.execute("COMMENT ON TABLE a IS 'a'")
"""

RULES = (
    Rule(
        EDITED,
        "warning",
        "chain",
        "git has a newer text of the file than the one that was applied to this database: other "
        "databases, and new ones, are then built from something else.",
        _edited,
        fires=Example(whole=_FILE, facts=Facts(edited_after_apply=True)),
        silent=Example(whole=_FILE, facts=Facts(edited_after_apply=False)),
        source="Alembic documentation: tutorial (a revision runs once)",
    ),
    Rule(
        NAME,
        "note",
        "chain",
        "A new revision's file is not named by the project's file_template. Not said where none is "
        "set, where it uses tokens of its own, nor of files that the base branch has.",
        _bad_name,
        fires=Example(whole=_FILE, facts=Facts(file_template="%(year)d_%(rev)s_%(slug)s")),
        silent=Example(whole=_FILE, facts=Facts(file_template="%(rev)s_%(slug)s")),
        source="Alembic documentation: Editing the .ini File (file_template)",
    ),
)
