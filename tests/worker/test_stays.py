"""What a server that commits each schema change by itself keeps of a failed revision."""

import pytest

from opsmig_tui.worker.stays import Stays, commits_itself


@pytest.mark.parametrize(
    ("sql", "commits"),
    [
        ("CREATE TABLE a (b INT)", True),
        ("-- why\n\ndrop index a ON b", True),
        ("TRUNCATE a", True),
        ("CREATE TEMPORARY TABLE a (b INT)", False),
        ("INSERT INTO a VALUES (1)", False),
        ("UPDATE a SET alter_it = 1", False),
    ],
)
def test_schema_changes_commit_by_themselves(sql: str, commits: bool) -> None:
    assert commits_itself("mysql", sql) is commits
    assert not commits_itself("postgresql", sql)


def test_a_revision_is_whole_unless_a_part_was_rolled_back() -> None:
    stays = Stays()
    stays.step = "a1"
    stays.done("INSERT INTO a VALUES (1)", at_once=False)
    stays.commits_itself()
    stays.done("ALTER TABLE a ADD b INT", at_once=True)
    assert (stays.whole("a1"), stays.whole("a2"), stays.is_open) == (True, False, False)
    stays.done("UPDATE a SET b = 1", at_once=False)
    assert stays.is_open
    stays.rolled_back()
    assert not stays.whole("a1")
    assert stays.beside(()) == ("INSERT INTO a VALUES (1)", "ALTER TABLE a ADD b INT")


def test_a_commit_that_was_asked_for_is_told_as_such() -> None:
    stays = Stays()
    stays.step = "a1"
    stays.done("CREATE INDEX CONCURRENTLY i ON a (b)", at_once=True)
    assert not stays.whole("a1")
