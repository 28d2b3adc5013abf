"""Migrations rendered offline by a real worker: what is seen, at which lines, and what ends it."""

import asyncio
import hashlib
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from opsmig_tui.services.worker_client import WorkerClient, WorkerFailed
from opsmig_tui.worker import protocol
from tests.support.projects import AlembicProject
from tests.support.rendering import offline_project, rendered, write_migration
from tests.worker.conftest import Told, line_of, opened


@dataclass
class Case:
    """`sql` is what upgrade() emits; the lines of it are marked ``#1``, ``#2`` … in the text."""

    up: str
    sql: tuple[str, ...] = ()
    problem: str = ""
    top: str = ""
    lines: tuple[tuple[int, ...], ...] | None = None
    autocommit: tuple[bool, ...] = field(default=())


CASES = {
    "plain": Case(
        """
        op.add_column("vendor", sa.Column("nick", sa.String(8), server_default="50%"))
        op.create_index(op.f("ix_nick"), "vendor", ["nick"])
        """,
        (
            "ALTER TABLE vendor ADD COLUMN nick VARCHAR(8) DEFAULT '50%'",
            "CREATE INDEX ix_nick ON vendor (nick)",
        ),
    ),
    "naming_convention": Case(
        'op.create_index(None, "vendor", ["nick"])',
        ("CREATE INDEX ix_vendor_nick ON vendor (nick)",),
    ),
    "computed_loop": Case(
        """
        for name in sorted({"b", "a"} | {c for c in "d"}):
            op.drop_column("vendor", name) #1
        """,
        tuple(f"ALTER TABLE vendor DROP COLUMN {name}" for name in "abd"),
    ),
    "helper": Case(
        """
        twice("a") #2
        """,
        ("ALTER TABLE a DROP COLUMN x", "ALTER TABLE a DROP COLUMN y"),
        top="""
        def twice(table):
            for name in "xy":
                op.drop_column(table, name) #1
        """,
    ),
    "alias": Case(
        """
        mine = op
        getattr(mine, "drop_" + "table")("vendor")
        """,
        ("DROP TABLE vendor",),
    ),
    "batch": Case(
        """
        with op.batch_alter_table("vendor", schema="ops") as batch:
            batch.add_column(sa.Column("a", sa.Integer()))
            batch.alter_column("b", nullable=False)
        """,
        (
            "ALTER TABLE ops.vendor ADD COLUMN a INTEGER",
            "ALTER TABLE ops.vendor ALTER COLUMN b SET NOT NULL",
        ),
    ),
    "bind_writes": Case(
        """
        bind = op.get_bind()
        bind.execute(sa.text("UPDATE vendor SET a = :a WHERE b LIKE '5%'"), {"a": "it's"})
        vendor = sa.table("vendor", sa.column("a"), sa.column("b"))
        bind.execute(vendor.insert(), [{"a": "1"}, {"a": "2"}])
        bind.execute(vendor.update().where(vendor.c.b == sa.bindparam("x")), {"x": 3, "a": "4"})
        bind.exec_driver_sql("DELETE FROM vendor")
        assert bind.dialect.name == bind.engine.dialect.name == "postgresql"
        """,
        (
            "UPDATE vendor SET a = 'it''s' WHERE b LIKE '5%'",
            "INSERT INTO vendor (a) VALUES ('1')",
            "INSERT INTO vendor (a) VALUES ('2')",
            "UPDATE vendor SET a='4' WHERE vendor.b = 3",
            "DELETE FROM vendor",
        ),
    ),
    "session_writes": Case(
        """
        session = Session(bind=op.get_bind())
        session.execute(sa.text("UPDATE vendor SET a = :a"), {"a": 1})
        session.commit()
        with Session(op.get_bind()) as other, other.begin():
            other.execute(sa.text("DELETE FROM vendor"))
        """,
        ("UPDATE vendor SET a = 1", "DELETE FROM vendor"),
    ),
    "orm_update": Case(
        """
        session = Session(op.get_bind())
        session.query(T).filter(T.a == "x").update({"a": "y"})
        session.execute(sa.update(T).values(a="z"))
        session.query(T).delete()
        session.commit()
        """,
        ("UPDATE t SET a='y' WHERE t.a = 'x'", "UPDATE t SET a='z'", "DELETE FROM t"),
        top="""
        from sqlalchemy.orm import declarative_base

        class T(declarative_base()):
            __tablename__ = "t"
            id = sa.Column(sa.Integer, primary_key=True)
            a = sa.Column(sa.String(10))
        """,
    ),
    "bulk": Case(
        """
        op.bulk_insert(sa.table("vendor", sa.column("a")), [{"a": 1}, {"a": 2}])
        """,
        ("INSERT INTO vendor (a) VALUES (1)", "INSERT INTO vendor (a) VALUES (2)"),
    ),
    "enum": Case(
        """
        sa.Enum("x", "y", name="mood").create(op.get_bind(), checkfirst=True)
        op.create_table("t", sa.Column("m", sa.Enum("z", name="other")))
        """,
        (
            "CREATE TYPE mood AS ENUM ('x', 'y')",
            "CREATE TYPE other AS ENUM ('z')",
            "CREATE TABLE t ( m other )",
        ),
    ),
    "enum_of_another_file": Case(
        'op.create_table("u", sa.Column("m", sa.Enum("z", name="other")))',
        ("CREATE TYPE other AS ENUM ('z')", "CREATE TABLE u ( m other )"),
    ),
    "custom_operation": Case(
        'op.grant_all("vendor")',
        ("GRANT ALL ON vendor TO app",),
        top="""
        from alembic.operations import MigrateOperation, Operations

        @Operations.register_operation("grant_all")
        class GrantAll(MigrateOperation):
            def __init__(self, table):
                self.table = table

            @classmethod
            def grant_all(cls, operations, table):
                return operations.invoke(cls(table))

        @Operations.implementation_for(GrantAll)
        def grant_all(operations, operation):
            operations.execute(f"GRANT ALL ON {operation.table} TO app")
        """,
    ),
    "autocommit": Case(
        """
        op.execute("SELECT 1")
        with op.get_context().autocommit_block():
            op.execute("ALTER TYPE mood ADD VALUE 'z'")
        op.execute("SELECT 2")
        op.get_bind().execution_options(isolation_level="AUTOCOMMIT").execute(sa.text("VACUUM"))
        """,
        ("SELECT 1", "ALTER TYPE mood ADD VALUE 'z'", "SELECT 2", "VACUUM"),
        autocommit=(False, True, False, True),
    ),
    "password": Case(
        "op.execute(\"ALTER ROLE app PASSWORD 'swordfish-42'\")",
        ("ALTER ROLE app PASSWORD '***'",),
    ),
    "rowcount": Case(
        """
        while op.get_bind().execute(sa.text("DELETE FROM vendor WHERE old")).rowcount:
            pass
        """,
        ("DELETE FROM vendor WHERE old",),
    ),
    "values": Case(
        """
        t = sa.table("t", sa.column("a"), sa.column("b", sa.Uuid()), sa.column("c", sa.JSON()))
        op.execute(t.update().values(a=None, b=uuid.UUID(int=0), c={"d": "e'f"}))
        op.execute(sa.text("UPDATE t SET a = :missing"))
        """,
        (
            "UPDATE t SET a=NULL, b='00000000-0000-0000-0000-000000000000', c='{\"d\": \"e''f\"}'",
            "UPDATE t SET a = :missing",
        ),
        top="import uuid",
    ),
    "offline_branch": Case(
        """
        from alembic import context
        if context.is_offline_mode():
            op.execute("SELECT 1")
        """,
        ("SELECT 1",),
    ),
    "driver_commit": Case("op.get_bind().commit()", ("COMMIT",)),
    "prints": Case('print("seen", "by all")'),
    "reads": Case(
        """
        op.execute("SELECT 1")
        for row in op.get_bind().execute(sa.text("SELECT id FROM vendor")): #problem
            op.execute("SELECT 2")
        """,
        ("SELECT 1", "SELECT id FROM vendor"),
        "reads rows",
    ),
    "reads_scalar": Case(
        """
        try:
            op.get_bind().scalar(sa.text("SELECT 1")) #problem
        except Exception:
            op.execute("SELECT 2")
        """,
        ("SELECT 1",),
        "reads rows",
    ),
    "reads_in_bare_except": Case(
        """
        try:
            op.get_bind().execute(sa.text("SELECT 1")).first() #problem
        except:
            op.execute("SELECT 2")
        """,
        ("SELECT 1",),
        "reads rows",
    ),
    "session_reads": Case(
        'Session(op.get_bind()).query(sa.column("a")).all() #problem',
        ("SELECT a",),
        "reads rows",
    ),
    "inspects": Case(
        'sa.inspect(op.get_bind()).get_table_names() #problem',
        None,  # type: ignore[arg-type]
        "asks which objects the database has",
    ),
    "inspects_the_engine": Case(
        "inspector = sa.inspect(op.get_bind().engine)\ninspector.get_columns('t') #problem",
        (),
        "asks which objects the database has",
    ),
    "imports_what_writes": Case(
        """
        sys.path.insert(0, os.path.dirname(os.path.dirname(__file__)))
        import writes
        op.execute("SELECT 1")
        """,
        ("SELECT 1",),
    ),
    "another_connection": Case(
        "sa.MetaData().create_all(op.get_bind().engine) #problem", (), "opens a connection"
    ),
    "thread": Case(
        """
        import threading
        def later():
            time.sleep(1)
            os.system("touch made")
        threading.Thread(target=later).start() #problem
        op.execute("SELECT 1")
        """,
        (),
        "starts a thread",
    ),
    "thread_pool": Case(
        """
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor() as pool:
            list(pool.map(print, [1])) #problem
        """,
        (),
        "starts a thread",
    ),
    "process": Case(
        """
        import multiprocessing
        multiprocessing.get_context("spawn").Process(target=print).start() #problem
        """,
        (),
        "starts a program",
    ),
    "sends_a_packet": Case(
        """
        socket.socket(type=socket.SOCK_DGRAM).sendto(b"migrations:1|c", ("127.0.0.1", 9)) #problem
        """,
        (),
        "opens a connection",
    ),
    "asks_the_name_server": Case(
        'socket.getaddrinfo("localhost", 9) #problem', (), "opens a connection"
    ),
    "sends_a_signal": Case("os.kill(os.getpid(), 0) #problem", (), "sends a signal"),
    "driver": Case(
        'op.get_bind().connection.cursor() #problem', (), "uses the driver's own connection"
    ),
    "connects": Case(
        'sa.create_engine("postgresql+psycopg://u@h/d").connect() #problem',
        (),
        "opens a connection",
    ),
    "connects_psycopg": Case(
        'psycopg.connect("host=nowhere.invalid") #problem',
        (),
        "opens a connection",
        top="import psycopg",
    ),
    "connects_creator": Case(
        """
        def make():
            return sqlite3.connect("made.db") #problem
        try:
            sa.create_engine("sqlite://", creator=make).connect()
        except Exception:
            pass
        """,
        (),
        "opens a connection",
    ),
    "connects_socket": Case(
        'socket.create_connection(("127.0.0.1", 9)) #problem', (), "opens a connection"
    ),
    "runs_a_program": Case(
        'subprocess.run(["touch", "made"]) #problem', (), "starts a program"
    ),
    "system": Case('os.system("touch made") #problem', (), "starts a program"),
    "writes_a_file": Case('open("made", "w") #problem', (), "changes files"),
    "removes_a_file": Case('os.remove("alembic.ini") #problem', (), "changes files"),
    "too_many": Case(
        """
        while True:
            op.execute("SELECT 1") #problem
        """,
        None,  # type: ignore[arg-type]
        "goes on after 10,000 statements",
    ),
    "much_memory": Case("memory = bytes(2 * 2**30) #problem", (), "MemoryError"),
    "memory_bit_by_bit": Case(
        """
        pieces = []
        while True:
            pieces.append(bytes(2**28)) #problem
        """,
        (),
        "MemoryError",
    ),
    "raises": Case('{}["missing"] #problem', (), "KeyError: 'missing'"),
    "no_name": Case('op.drop_constraint(None, "t", type_="unique") #problem', (), None),  # type: ignore[arg-type]
    "exits": Case("sys.exit(3) #problem", (), "calls sys.exit(3)"),
    "missing_import": Case(
        "pass", (), "ModuleNotFoundError: No module named 'no_such'", top="import no_such #problem"
    ),
    "syntax_error": Case("pass", (), "SyntaxError: ", top="def broken(: #problem"),
}  # fmt: skip


def marked(path: Path, mark: str) -> int:
    lines = path.read_text().splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.endswith(f"#{mark}")), 0)


@dataclass
class Everything:
    root: Path
    paths: dict[str, Path]
    revisions: dict[str, protocol.RenderedRevision]
    told: Told


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Everything:
    """All cases in one request of one worker."""
    project = offline_project(tmp_path_factory.mktemp("render") / "project")
    # Importing it writes a file: its own business, as when a model imports it.
    (project.root / "alembic" / "writes.py").write_text("open('imported', 'w').close()\n")
    paths = {
        name: write_migration(project, name, case.up, 'op.execute("SELECT 0")', case.top)
        for name, case in CASES.items()
    }
    told = Told()
    result = asyncio.run(rendered(project.root, *paths.values(), told=told))
    assert not result.problem
    return Everything(project.root, paths, dict(zip(CASES, result.revisions, strict=True)), told)


@pytest.mark.parametrize("name", CASES)
def test_what_upgrade_emits_and_what_ends_it(everything: Everything, name: str) -> None:
    case, path = CASES[name], everything.paths[name]
    found = everything.revisions[name]
    assert found.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    if case.sql is not None:
        emitted = tuple(" ".join(item.sql.split()) for item in found.upgrade.statements)
        assert emitted == case.sql
    if case.problem is not None:
        assert found.upgrade.problem.startswith(case.problem)
        assert bool(found.upgrade.problem) == bool(case.problem)
    assert found.upgrade.line == marked(path, "problem")
    if case.autocommit:
        assert tuple(item.autocommit for item in found.upgrade.statements) == case.autocommit
    inner, outer = marked(path, "1"), marked(path, "2")
    if inner:
        lines = {item.lines for item in found.upgrade.statements}
        assert lines == {(inner, outer) if outer else (inner,)}
    if not case.top or ("def broken" not in case.top and "no_such" not in case.top):
        assert [item.sql for item in found.downgrade.statements] == ["SELECT 0"]
        assert found.revision == name


def test_the_migrations_left_no_trace(everything: Everything) -> None:
    assert (everything.root / "alembic.ini").exists()
    assert not list(everything.root.glob("**/made*"))
    assert "seen by all" in [item.text for item in everything.told.of(protocol.Output)]
    assert "hunter2hunter2" not in everything.told.text()


async def test_a_migration_that_does_not_end_is_ended(empty_project: AlembicProject) -> None:
    """Also with an env.py that connects in offline mode as well."""
    sleeps = empty_project.revision(
        "a1",
        upgrade="import time\nop.execute('SELECT 1')\ntime.sleep(3600)  # HERE",
        downgrade="try:\n    while True: pass\nexcept Exception: pass",
    )
    other = empty_project.revision("b2", "a1", upgrade='op.drop_table("t")')
    result = await rendered(empty_project.root, sleeps, other, seconds=0.3)
    assert not result.problem
    first, second = result.revisions
    assert first.upgrade.problem == first.downgrade.problem == "does not end within 0.3 s"
    assert first.upgrade.line == line_of(sleeps, "HERE")
    assert [item.sql for item in first.upgrade.statements] == ["SELECT 1"]
    assert [item.sql for item in second.upgrade.statements] == ["DROP TABLE t"]


async def test_an_offline_branch_that_never_worked_is_gone_around(
    empty_project: AlembicProject,
) -> None:
    env = empty_project.root / "alembic" / "env.py"
    template = env.read_text()
    env.write_text(
        "from alembic import context\n"
        "if context.is_offline_mode():\n    context.configure(url='driver://u:p@localhost/x')\n"
        + template
    )
    path = empty_project.revision(
        "a1",
        upgrade="""
        from alembic import context
        assert context.is_offline_mode()
        op.add_column("t", sa.Column("a", sa.String(), server_default="5%"))
        """,
        downgrade="""
        with op.batch_alter_table("t") as batch:
            batch.drop_column("a")
        """,
    )
    (revision,) = (await rendered(empty_project.root, path)).revisions
    assert [item.sql for item in revision.upgrade.statements] == [
        "ALTER TABLE t ADD COLUMN a VARCHAR DEFAULT '5%'"
    ]
    assert "batch mode" in revision.downgrade.problem
    env.write_text("raise RuntimeError('no settings here')\n")
    failed = await rendered(empty_project.root, path)
    assert failed.revisions == ()
    assert failed.problem == (
        f"env.py does not run offline: RuntimeError: no settings here ({env.resolve()}:1)"
    )


async def test_several_databases_and_a_file_from_elsewhere(
    empty_project: AlembicProject, tmp_path: Path
) -> None:
    (empty_project.root / "alembic" / "env.py").write_text(
        "from alembic import context\n"
        "for name in ('one', 'two'):\n"
        "    context.configure(url='postgresql://')\n"
        "    with context.begin_transaction():\n"
        "        context.run_migrations(engine_name=name)\n"
    )
    path = empty_project.revision("a1")
    path.write_text(
        path.read_text()
        .replace("upgrade():", "upgrade(engine_name):")
        .replace("downgrade():", "downgrade(engine_name):")
        .replace("pass", "op.drop_table('shared')\n    op.drop_table(engine_name)", 1)
    )
    elsewhere = tmp_path / "elsewhere.py"
    elsewhere.write_text(path.read_text())
    result = await rendered(empty_project.root, path, elsewhere)
    revision, other = result.revisions
    tables = [item.sql for item in revision.upgrade.statements]
    assert tables == ["DROP TABLE shared", "DROP TABLE one", "DROP TABLE two"]
    assert revision.downgrade == protocol.RenderedDirection()
    assert other.upgrade.problem == "lies in none of the version locations"
    assert other.upgrade.statements == ()


async def test_rendering_can_be_cancelled_and_the_worker_lives_on(
    empty_project: AlembicProject,
) -> None:
    path = empty_project.revision("a1", upgrade="print('begun')\nwhile True: pass")
    client = WorkerClient(opened(empty_project.root, python=sys.executable))
    begun = asyncio.Event()

    def listen(event: protocol.Event) -> None:
        if isinstance(event, protocol.Output):
            begun.set()

    try:
        request = protocol.Render((str(path),), seconds=60)
        task = asyncio.create_task(client.request(request, listen))
        await asyncio.wait_for(begun.wait(), 60)
        client.cancel_running(force=True)
        with pytest.raises(WorkerFailed) as caught:
            await asyncio.wait_for(task, 30)
        assert caught.value.failed.kind == "cancelled"
        # Sealed no longer: env.py connects.
        status = await client.request(protocol.Status(), timeout=30)
        assert status.databases[0].identity.dialect == "sqlite"
        assert client.generation == 1
    finally:
        await client.stop()
