"""Cases of data-loss rules, and of harmless drops."""
# ruff: noqa: E501 - a mark must stand on the line it is about

from tests.review.case import Case

CASES = [
    Case("drop-table", 'op.drop_table("vendor", schema="ops")  #! drop-table'),
    Case(
        "drop-table: raw SQL",
        'op.execute("DROP TABLE IF EXISTS ops.vendor CASCADE")  #! drop-table, drop-cascade',
    ),
    Case(
        "drop-table: two in one statement of a longer text",
        '''
        op.execute("""
            UPDATE a SET b = 1 WHERE c;
            DROP TABLE x;  --! drop-table
            -- DROP TABLE y;
            SELECT 'DROP TABLE z';
        """)
        ''',
    ),
    Case(
        "drop-table: aliased op",
        "o.drop_table('t')  #! drop-table",
        top="from alembic import op as o",
    ),
    Case(
        "drop-table: name imported from alembic.op",
        "drop_table('t')  #! drop-table",
        top="from alembic.op import drop_table",
    ),
    Case(
        "drop-table: op as a parameter",
        whole="""
        revision = "a1"
        down_revision = None
        def upgrade(op):
            op.drop_table("t")  #! drop-table
        def downgrade(op):
            op.create_table("t")
        """,
    ),
    Case(
        "drop-table: in a loop over a constant",
        """
        for name in TABLES:
            op.drop_table(name)  #! drop-table
        """,
        top='TABLES = ["a", "b"]',
    ),
    Case(
        "drop-table: in a helper, through a bind, by a text",
        """
        bind = op.get_bind()
        remove(bind, "x")
        """,
        top="""
        def remove(connection, name):
            connection.execute(sa.text(f"DROP TABLE {name}"))  #! drop-table
        """,
    ),
    Case(
        "drop-table: a name nobody knows is still a table",
        """
        for name in sa.inspect(op.get_bind()).get_table_names():
            op.drop_table(name)  #! drop-table
        """,
    ),
    Case(
        "near: created in the same direction, or by the upgrade it undoes",
        """
        op.create_table("scratch", sa.Column("id", sa.Integer()))
        op.execute("INSERT INTO scratch SELECT id FROM agreement")
        op.drop_table("scratch")
        op.create_table("kept", sa.Column("id", sa.Integer()))
        op.add_column("agreement", sa.Column("x", sa.Integer()))
        """,
        """
        op.drop_column("agreement", "x")
        op.drop_table("kept")
        """,
    ),
    Case(
        "near: upgrade creates by raw SQL, under a schema on the search path",
        'op.execute("CREATE TABLE IF NOT EXISTS Kept (id bigint primary key, n text)")',
        'op.drop_table("kept", schema="ops")',
    ),
    Case(
        "near: drop of something else",
        """
        op.execute("DROP VIEW IF EXISTS totals")
        op.execute("DROP TRIGGER copy ON agreement")
        op.execute("COMMENT ON TABLE agreement IS 'never DROP TABLE this'")
        """,
    ),
    Case(
        "drop-table: downgrade drops what upgrade did not make",
        'op.add_column("a", sa.Column("x", sa.Integer()))',
        """
        op.drop_column("a", "x")
        op.drop_table("other")  #! drop-table
        """,
    ),
    Case(
        "drop-column",
        """
        op.drop_column("agreement", "nickname", schema="ops")  #! drop-column
        with op.batch_alter_table("vendor") as batch_op:
            batch_op.drop_column("code")  #! drop-column
        op.execute("ALTER TABLE ops.agreement DROP a, DROP COLUMN IF EXISTS b")  #! drop-column
        """,
    ),
    Case(
        "drop-column: in a condition it goes all the same",
        """
        if "x" in [c["name"] for c in sa.inspect(op.get_bind()).get_columns("t")]:
            op.drop_column("t", "x")  #! drop-column
        """,
    ),
    Case(
        "near: a column that came with this revision",
        """
        op.add_column("t", sa.Column("tmp", sa.Integer()))
        op.execute("UPDATE t SET tmp = other WHERE tmp IS NULL")
        op.drop_column("t", "tmp")
        """,
        "op.execute('SELECT 1')",
    ),
    Case(
        "near: DROP NOT NULL and DROP DEFAULT drop no column",
        'op.execute("ALTER TABLE t ALTER COLUMN a DROP NOT NULL, ALTER b DROP DEFAULT")',
        'op.execute("ALTER TABLE t ALTER a SET DEFAULT 1, ALTER COLUMN b SET DEFAULT 2")',
    ),
    Case(
        "rename: autogenerate's drop and add",
        """
        op.add_column("agreement", sa.Column("nick_name", sa.String(length=50), nullable=True), schema="ops")
        op.drop_column("agreement", "nickname", schema="ops")  #! rename-as-drop-add-column
        """,
        """
        op.add_column("agreement", sa.Column("nickname", sa.VARCHAR(length=50), nullable=True), schema="ops")
        op.drop_column("agreement", "nick_name", schema="ops")
        """,
    ),
    Case(
        "rename: NOT NULL on both sides is not a second hazard",
        """
        op.add_column("a", sa.Column("starts_on", sa.Date(), nullable=False))
        op.drop_column("a", "start_on")  #! rename-as-drop-add-column
        """,
        """
        op.add_column("a", sa.Column("start_on", sa.DATE(), nullable=False))
        op.drop_column("a", "starts_on")
        """,
    ),
    Case(
        "rename: a foreign key to the same table",
        """
        op.add_column("a", sa.Column("owner_id", sa.Integer(), sa.ForeignKey("person.id")))  #! fk-without-index
        op.drop_column("a", "user_id")  #! rename-as-drop-add-column
        """,
        """
        op.add_column("a", sa.Column("user_id", sa.Integer(), sa.ForeignKey("person.id")))
        op.drop_column("a", "owner_id")
        """,
    ),
    Case(
        "rename: in a batch, names alone",
        """
        with op.batch_alter_table("a") as batch:
            batch.add_column(sa.Column("zipCode", sa.String()))
            batch.drop_column("zip_code")  #! rename-as-drop-add-column
        """,
    ),
    Case(
        "near rename: other type, other words, other table",
        """
        op.add_column("a", sa.Column("amount_cents", sa.Integer()))
        op.drop_column("a", "amount")  #! drop-column
        op.add_column("a", sa.Column("last_name", sa.String(50)))
        op.drop_column("a", "first_name")  #! drop-column
        op.add_column("b", sa.Column("weight", sa.Float()))
        op.drop_column("b", "height")  #! drop-column
        op.add_column("c", sa.Column("code", sa.String()))
        op.drop_column("d", "codes")  #! drop-column
        op.add_column("e", sa.Column("line2", sa.String()))
        op.drop_column("e", "line1")  #! drop-column
        """,
        """
        op.add_column("e", sa.Column("line1", sa.String()))
        op.drop_column("e", "line2")
        op.add_column("d", sa.Column("codes", sa.String()))
        op.drop_column("c", "code")
        op.add_column("b", sa.Column("height", sa.Float()))
        op.drop_column("b", "weight")
        op.add_column("a", sa.Column("first_name", sa.String(50)))
        op.drop_column("a", "last_name")
        op.add_column("a", sa.Column("amount", sa.Numeric(10, 2)))
        op.drop_column("a", "amount_cents")
        """,
    ),
    Case(
        "near rename: one column split in two",
        """
        op.add_column("a", sa.Column("first_name", sa.String(50)))
        op.add_column("a", sa.Column("last_name", sa.String(50)))
        op.drop_column("a", "name")  #! drop-column
        """,
        """
        op.add_column("a", sa.Column("name", sa.String(50)))
        op.drop_column("a", "last_name")
        op.drop_column("a", "first_name")
        """,
    ),
    Case(
        "near rename: the values are carried over",
        """
        op.add_column("a", sa.Column("nick_name", sa.String()))
        op.execute("UPDATE a SET nick_name = nickname WHERE nickname IS NOT NULL")
        op.drop_column("a", "nickname")  #! drop-column
        """,
        """
        op.add_column("a", sa.Column("nickname", sa.String()))
        op.execute("UPDATE a SET nickname = nick_name WHERE nick_name IS NOT NULL")
        op.drop_column("a", "nick_name")
        """,
    ),
    Case(
        "near rename: done right",
        'op.alter_column("agreement", "nickname", new_column_name="nick_name", schema="ops")  #! rename-breaks-app',
        'op.alter_column("agreement", "nick_name", new_column_name="nickname", schema="ops")',
    ),
    Case(
        "rename-as-drop-add-table",
        """
        op.create_table("suppliers",
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("title", sa.String(), nullable=True),
            sa.Column("vat_number", sa.String(), nullable=True),
            sa.PrimaryKeyConstraint("id"))
        op.drop_table("vendors")  #! rename-as-drop-add-table
        """,
        """
        op.create_table("vendors",
            sa.Column("id", sa.INTEGER(), nullable=False),
            sa.Column("title", sa.VARCHAR(), nullable=True),
            sa.Column("vat_number", sa.VARCHAR(), nullable=True),
            sa.PrimaryKeyConstraint("id"))
        op.drop_table("suppliers")
        """,
    ),
    Case(
        "near: tables that share only what every table has",
        """
        op.create_table("invoice",
            sa.Column("id", sa.Integer()), sa.Column("created_at", sa.DateTime()),
            sa.Column("updated_at", sa.DateTime()), sa.Column("total", sa.Numeric()))
        op.drop_table("session")  #! drop-table
        """,
        """
        op.create_table("session",
            sa.Column("id", sa.Integer()), sa.Column("created_at", sa.DateTime()),
            sa.Column("updated_at", sa.DateTime()), sa.Column("token", sa.String()))
        op.drop_table("invoice")
        """,
    ),
    Case(
        "near: rows are copied first, the drop is meant",
        """
        op.create_table("supplier", sa.Column("id", sa.Integer()), sa.Column("vat", sa.Integer()), sa.Column("x", sa.Integer()))
        op.execute("INSERT INTO supplier SELECT * FROM vendor")
        op.drop_table("vendor")  #! drop-table
        """,
        """
        op.create_table("vendor", sa.Column("id", sa.Integer()), sa.Column("vat", sa.Integer()), sa.Column("x", sa.Integer()))
        op.execute("INSERT INTO vendor SELECT * FROM supplier")
        op.drop_table("supplier")
        """,
    ),
]
CASES += [
    Case(
        "near: a table rebuilt under its own name",
        """
        op.execute("CREATE TABLE t_new (id bigint)")
        op.execute("INSERT INTO t_new (id) SELECT id FROM ops.t")
        op.drop_table("t", schema="ops")
        op.rename_table("t_new", "t")
        """,
    ),
]
