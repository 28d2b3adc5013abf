"""Migrations, and what their upgrade emits offline or what ends it."""

from dataclasses import dataclass, field


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
