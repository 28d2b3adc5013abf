"""The text and the rendered SQL of one migration, read together: each operation once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from opsmig_tui.review.engine import review_source
from opsmig_tui.review.merged import merged
from opsmig_tui.review.migration import Migration, read_migration
from opsmig_tui.review.model import Facts, Review
from opsmig_tui.review.operations import Operation
from opsmig_tui.worker.protocol import RenderedRevision
from tests.support.rendering import offline_project, rendered, write_migration


@dataclass
class Case:
    """`seen` is what upgrade() does, in order: kind, table or name, "r" where the SQL told it."""

    up: str
    seen: Sequence[str]
    top: str = ""
    not_seen: tuple[str, ...] = ()


CASES = {
    "decided": Case(
        """
        op.add_column("t", sa.Column("a", sa.Integer()))
        op.create_table("u", sa.Column("m", sa.Enum("x", name="mood"), index=True))
        op.execute("UPDATE t SET a = 1")
        """,
        ("add_column t", "create_table u", "update t"),
    ),
    "computed_loop": Case(
        """
        op.drop_table("first")
        for name in sorted(set("ba")):
            op.drop_column("t", name)
            op.drop_index("ix_" + name)
        op.drop_table("last")
        """,
        (
            *("drop_table first", "drop_column t r", "drop_index ix_a r"),
            *("drop_column t r", "drop_index ix_b r", "drop_table last"),
        ),
    ),
    "helper_from_elsewhere": Case(
        """
        op.drop_table("a")
        Elsewhere().run(op)
        """,
        ("drop_table a", "drop_table x r"),
        top="""
        class Elsewhere:
            def run(self, o):
                o.drop_table("x")
        """,
    ),
    "mixed_site": Case(
        """
        for name in ["a", os.sep.replace("/", "b")]:
            op.drop_table(name)
        """,
        ("drop_table a", "drop_table b r"),
    ),
    "sql_in_a_variable": Case(
        """
        table = os.sep.replace("/", "vendor")
        op.execute(
            f'''
            DROP TABLE {table}
            '''
        )
        op.execute(f"UPDATE {table} SET a = 1")
        """,
        ("drop_table vendor r", "update vendor r"),
    ),
    "custom_operation": Case(
        """
        op.explode("vendor")
        """,
        ("drop_table vendor r",),
        top="""
        from alembic.operations import MigrateOperation, Operations

        @Operations.register_operation("explode")
        class Explode(MigrateOperation):
            def __init__(self, table):
                self.table = table

            @classmethod
            def explode(cls, operations, table):
                return operations.invoke(cls(table))

        @Operations.implementation_for(Explode)
        def explode(operations, operation):
            operations.drop_table(operation.table)
        """,
    ),
    "batch": Case(
        """
        with op.batch_alter_table("t") as batch:
            batch.add_column(sa.Column("a", sa.Integer()))
            batch.drop_column("b")
        """,
        ("add_column t", "drop_column t"),
    ),
    "batch_named_at_run_time": Case(
        """
        with op.batch_alter_table("t") as batch:
            batch.drop_column(os.sep.replace("/", "b"))
        """,
        ("drop_column t r",),
    ),
    "batch_in_a_helper": Case(
        """
        with op.batch_alter_table("t") as batch:
            change(batch)
        """,
        ("drop_column t",),
        top="""
        def change(batch):
            batch.drop_column("b")
        """,
    ),
    "index_on_an_imported_table": Case(
        """
        t = os.sep.replace("/", "t")
        op.create_table(t, sa.Column("a", sa.Integer(), index=True))
        op.create_index("ix", t, ["a"])
        """,
        ("create_table t r", "create_index t r", "create_index t r"),
    ),
    "nothing_to_see": Case(
        """
        announce("begin")
        op.drop_table("t")
        """,
        ("drop_table t",),
        top="from logging import info as announce",
    ),
    "does_nothing": Case(
        "Quiet().run(op)",
        (),
        top="""
        class Quiet:
            def run(self, o):
                pass
        """,
    ),
    "a_branch_not_taken": Case(
        """
        if os.environ.get("NO_SUCH_VARIABLE"):
            op.drop_table(os.environ["NO_SUCH_VARIABLE"])
        """,
        ("drop_table None",),
        not_seen=("what line 13 of upgrade() will do: not reached when rendered offline",),
    ),
    "unseen_by_the_text": Case(
        """
        sa.MetaData().create_all(op.get_bind())
        list(map(op.drop_table, sorted(set("ab"))))
        """,
        ("drop_table a r", "drop_table b r"),
    ),
    "word_for_word": Case(
        """
        op.execute('''
            DROP TABLE a;
            DO $$ BEGIN PERFORM 1; END $$;
            DROP TABLE b;
        ''')
        """,
        ("drop_table a", "undecided None r", "drop_table b"),
    ),
    "reads": Case(
        """
        op.drop_table(os.sep.replace("/", "a"))
        for row in op.get_bind().execute(sa.text("SELECT 1")):
            op.drop_table(row[0])
        """,
        ("drop_table a r", "drop_table None", "sql None", "drop_table None"),
        not_seen=("rendered offline: no, upgrade() reads rows at line 13",),
    ),
    "autocommit": Case(
        """
        with op.get_context().autocommit_block():
            op.execute(os.sep.replace("/", "DROP INDEX CONCURRENTLY ix"))
        """,
        ("drop_index ix r",),
    ),
}  # fmt: skip


@dataclass
class Everything:
    paths: dict[str, Path]
    rendered: dict[str, RenderedRevision]

    def merged(self, name: str) -> Migration:
        return merged(self.text(name), self.rendered[name])

    def text(self, name: str) -> Migration:
        return read_migration(self.paths[name], self.paths[name].read_bytes())

    def review(self, name: str) -> Review:
        path = self.paths[name]
        return review_source(path, path.read_bytes(), Facts(rendered=self.rendered[name]))


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Everything:
    project = offline_project(tmp_path_factory.mktemp("merged") / "project")
    paths = {
        name: write_migration(project, name, case.up, top=case.top) for name, case in CASES.items()
    }
    result = asyncio.run(rendered(project.root, *paths.values()))
    return Everything(paths, dict(zip(CASES, result.revisions, strict=True)))


def words(item: Operation) -> str:
    return f"{item.kind} {item.table or item.name}" + (" r" if item.rendered else "")


@pytest.mark.parametrize("name", CASES)
def test_each_operation_once_in_its_order(everything: Everything, name: str) -> None:
    found = everything.merged(name).upgrade
    assert [words(item) for item in found] == list(CASES[name].seen)
    assert [item.order for item in found] == list(range(len(found)))
    assert everything.review(name).not_seen == CASES[name].not_seen


def test_decided_operations_keep_every_detail(everything: Everything) -> None:
    for name in ("decided", "batch"):
        assert everything.merged(name).upgrade == everything.text(name).upgrade


def test_one_hazard_is_one_finding_at_its_line(everything: Everything) -> None:
    review = everything.review("computed_loop")
    drops = [item for item in review.findings if item.rule == "drop-column"]
    (drop,) = drops
    assert drop.evidence == "rendered"
    assert "t.a" in drop.message
    assert "1 more" in drop.message
    source = review.source.splitlines()[drop.line - 1]
    assert source.encode()[drop.column : drop.end_column] == b'op.drop_column("t", name)'
    tables = [item for item in review.findings if item.rule == "drop-table"]
    assert {item.evidence for item in tables} == {"static"}
    assert review.rendered is not None
    assert "drops column t.a" in " ".join(review.summary.upgrade)


def test_what_ran_in_an_autocommit_block_is_known_to(everything: Everything) -> None:
    (item,) = everything.merged("autocommit").upgrade
    assert item.context.autocommit
    assert item.concurrently is True


def test_a_loop_that_ran_is_no_condition(everything: Everything) -> None:
    assert not any(item.context.branch for item in everything.merged("computed_loop").upgrade)
    assert all(item.context.branch for item in everything.merged("a_branch_not_taken").upgrade)


@pytest.mark.parametrize(
    ("up", "said"),
    [
        ("op.drop_table('t')", ()),
        ("op.drop_table(x())", ("what line 12 will do; rendered offline: no, no worker",)),
    ],
)
def test_without_rendering(tmp_path: Path, up: str, said: tuple[str, ...]) -> None:
    project = offline_project(tmp_path / "project")
    path = write_migration(project, "a", up)
    assert review_source(path, path.read_bytes(), Facts()).not_seen == said
