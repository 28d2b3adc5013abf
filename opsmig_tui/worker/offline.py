"""A migration context that writes nothing and reads nothing: what it is asked to do is recorded.

alembic has an offline mode of its own. This goes further: values are put into the text, the
connection that `op.get_bind()` gives takes writes as well, and reading from it ends the migration.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Optional

from alembic.runtime.migration import MigrationContext
from sqlalchemy import literal, schema, text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.exc import CompileError
from sqlalchemy.inspection import _inspects
from sqlalchemy.sql.dml import ValuesBase
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.visitors import cloned_traverse, iterate
from sqlalchemy.types import NullType

from .recorder import Recorder

LITERAL = {"literal_binds": True}
ASKS = "asks which objects the database has"
CATALOGS = ("pg_catalog.", "pg_class", "information_schema.", "sqlite_master")


@contextlib.contextmanager
def recorded(context: MigrationContext, recorder: Recorder) -> Iterator[None]:
    """While it lasts, whatever goes through `context` is recorded instead."""
    bind = OfflineConnection(context.dialect, recorder)

    def execute(
        construct: Any, execution_options: Any = None, multiparams: Any = None, params: Any = None
    ) -> None:
        connection = bind.execution_options(**(execution_options or {}))
        connection.execute(construct, multiparams or params or None)

    def static_output(line: str) -> None:
        if not line.startswith("--"):
            recorder.emit(line)

    @contextlib.contextmanager
    def autocommit_block() -> Iterator[None]:
        recorder.autocommit = True
        try:
            yield
        finally:
            recorder.autocommit = False

    impl: Any = context.impl
    # A memo of enum types made before would hide that this revision makes them, too.
    changes: dict[str, Any] = {"connection": bind, "as_sql": True, "memo": {}}
    changes.update(_exec=execute, static_output=static_output)
    with contextlib.ExitStack() as stack:
        stack.enter_context(replaced(impl, **changes))
        stack.enter_context(
            replaced(context, connection=bind, as_sql=True, autocommit_block=autocommit_block)
        )
        environment: Any = context.environment_context
        if environment is not None:  # what context.is_offline_mode() tells the migration
            options = {**environment.context_opts, "as_sql": True}
            stack.enter_context(replaced(environment, context_opts=options))
        yield


@contextlib.contextmanager
def replaced(owner: Any, **values: Any) -> Iterator[None]:
    """Other attributes for an object, a class or a module, and the old ones back afterwards."""
    before = {name: vars(owner)[name] for name in values if name in vars(owner)}
    for name, value in values.items():
        setattr(owner, name, value)
    try:
        yield
    finally:
        for name in values:
            if name in before:
                setattr(owner, name, before[name])
            else:
                delattr(owner, name)


class OfflineConnection(Connection):
    """What `op.get_bind()` gives: takes statements, has no answers. In a transaction always."""

    closed = False
    invalidated = False

    def __init__(self, dialect: Any, recorder: Recorder, autocommit: bool = False) -> None:
        self.dialect = dialect
        self.engine: Any = _Engine(dialect, recorder, self)
        self._recorder = recorder
        self._autocommit = autocommit
        self._execution_options: Any = {}
        self._begun = _Transaction(self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("__", "_sa_")):
            raise AttributeError(name)
        raise self._recorder.stop(f"needs a real connection, for its {name!r}")

    def execute(
        self,
        statement: Any,
        parameters: Any = None,
        *more: Any,
        execution_options: Any = None,
        **named: Any,
    ) -> Any:
        """All ways of handing over values that SQLAlchemy 1.4 to 2 know."""
        connection = self.execution_options(**(execution_options or {}))
        if isinstance(statement, str):
            statement = text(statement)
        sql, compiled = "", None
        for values in _rows((parameters, *more), named):
            sql, compiled = sql_of(_with_values(statement, values), self.dialect)
            self._recorder.emit(sql, connection._autocommit)
        return Answer(self._recorder, sql, compiled)

    def exec_driver_sql(
        self, statement: str, parameters: Any = None, execution_options: Any = None
    ) -> Any:
        for _ in _rows((parameters,), {}):
            self._recorder.emit(statement, self._autocommit)
        return Answer(self._recorder, statement)

    def scalar(self, statement: Any, *rows: Any, **row: Any) -> Any:
        return self.execute(statement, *rows, **row).scalar()

    def scalars(self, statement: Any, *rows: Any, **row: Any) -> Any:
        return self.execute(statement, *rows, **row).scalars()

    def _execute_20(self, statement: Any, parameters: Any = None, options: Any = None) -> Any:
        """How a Session of SQLAlchemy 1.4 calls it."""
        return self.execute(statement, parameters, execution_options=options)

    def execution_options(self, **options: Any) -> Any:
        level = str(options.get("isolation_level", "")).upper()
        if not level or (level == "AUTOCOMMIT") == self._autocommit:
            return self
        return OfflineConnection(self.dialect, self._recorder, level == "AUTOCOMMIT")

    def get_execution_options(self) -> Any:
        return self._execution_options

    def _run_ddl_visitor(self, visitorcallable: Any, element: Any, **kwargs: Any) -> None:
        """create(), drop() and create_all(), as if nothing of it were there."""
        mock: Any = MockConnection
        mock._run_ddl_visitor(self, visitorcallable, element, **kwargs)

    def commit(self) -> None:
        self._recorder.emit("COMMIT", self._autocommit)

    def rollback(self) -> None:
        self._recorder.emit("ROLLBACK", self._autocommit)

    def close(self) -> None: ...

    def connect(self, *ignored: Any, **options: Any) -> Any:
        return self

    def begin(self) -> Any:
        return self._begun

    begin_nested = get_transaction = begin
    _get_required_transaction = _get_required_nested_transaction = begin

    def get_nested_transaction(self) -> Any:
        return None

    def in_transaction(self) -> bool:
        return True

    def in_nested_transaction(self) -> bool:
        return False

    def schema_for_object(self, obj: Any) -> Any:
        return obj.schema

    @property
    def connection(self) -> Any:
        raise self._recorder.stop("uses the driver's own connection")


class _Transaction:
    """Of a Session or a `with` block: alembic's own goes on around it."""

    is_active = is_valid = True

    def __init__(self, connection: OfflineConnection) -> None:
        self.connection = connection

    def commit(self) -> None: ...

    rollback = close = commit

    def __enter__(self) -> _Transaction:
        return self

    def __exit__(self, *error: Any) -> None: ...


class _Engine:
    """What a connection says it belongs to. It knows its dialect, and opens nothing."""

    def __init__(self, dialect: Any, recorder: Recorder, connection: OfflineConnection) -> None:
        self.dialect = dialect
        self.name, self.driver = dialect.name, dialect.driver
        self.hide_parameters, self.echo = True, False
        self._recorder = recorder
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        if name in ("connect", "begin", "raw_connection", "execute", "_run_ddl_visitor"):
            raise self._recorder.stop("opens a connection")
        if name.startswith("_"):
            raise AttributeError(name)
        if name in ("has_table", "table_names"):
            raise self._recorder.stop(ASKS)
        raise self._recorder.stop(f"needs a real connection, for its engine's {name!r}")


class _Inspector:
    """What sqlalchemy.inspect() makes of the connection: a migration that only has it may go on."""

    def __init__(self, inspected: Any) -> None:
        self.bind = inspected
        self.dialect = inspected.dialect
        self._recorder = inspected._recorder

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise self._recorder.stop(ASKS)


_inspects(OfflineConnection, _Engine)(_Inspector)


class Answer:
    """The result of a statement: nothing can be read from it. No row counts as changed."""

    rowcount = 0

    def __init__(self, recorder: Recorder, sql: str, compiled: Any = None) -> None:
        self._recorder = recorder
        self._sql = sql
        # What the ORM looks at after an UPDATE or DELETE of its own, though no object is meant.
        self.context = SimpleNamespace(compiled=compiled, compiled_parameters=[{}])

    def close(self) -> None: ...

    def prefetch_cols(self) -> list[Any]:
        return []

    postfetch_cols = prefetch_cols

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise self._read()

    def __iter__(self) -> Any:
        raise self._read()

    def __next__(self) -> Any:
        raise self._read()

    def __getitem__(self, key: Any) -> Any:
        raise self._read()

    def _read(self) -> BaseException:
        asks = any(name in self._sql for name in CATALOGS)
        return self._recorder.stop(ASKS if asks else "reads rows")


def sql_of(construct: Any, dialect: Any) -> tuple[str, Any]:
    """The text with its values in it, and ``:name`` in the place of one that is missing; and what
    SQLAlchemy compiled."""
    if isinstance(construct, schema.DDLElement):
        compiled = construct.compile(dialect=dialect)
    else:
        try:
            with replaced(dialect, statement_compiler=_writing_values(dialect)):
                compiled = construct.compile(dialect=dialect, compile_kwargs=LITERAL)
        except CompileError:
            compiled = construct.compile(dialect=dialect)
    sql = str(compiled)
    preparer = getattr(compiled, "preparer", None)
    if getattr(preparer, "_double_percents", False):  # for drivers whose placeholders are %s
        sql = sql.replace("%%", "%")
    return sql, compiled


def _writing_values(dialect: Any) -> Any:
    """The dialect's compiler, for values of types that SQLAlchemy itself does not write as well:
    of untyped columns (``sa.column("a")``), bytes, and in version 1.4 dates and UUIDs."""
    compiler: Any = dialect.statement_compiler

    def render(self: Any, value: Any, type_: Any, **options: Any) -> str:
        if isinstance(type_, NullType):
            type_ = literal(value).type
        try:
            return str(compiler.render_literal_value(self, value, type_, **options))
        except Exception:  # some types want a driver's own classes, which are not there
            written = json.dumps(value, default=str) if isinstance(value, (dict, list)) else value
            return "'" + str(written).replace("'", "''") + "'"

    def render_parameter(self: Any, parameter: Any, **options: Any) -> str:
        if parameter.required and parameter.value is None and parameter.callable is None:
            return f":{parameter.key}"  # alembic writes NULL, which no database would get
        return str(compiler.render_literal_bindparam(self, parameter, **options))

    methods = {"render_literal_value": render, "render_literal_bindparam": render_parameter}
    return type(compiler.__name__, (compiler,), methods)


def _rows(rows: Sequence[Any], row: Mapping[str, Any]) -> list[Optional[Mapping[str, Any]]]:
    """The parameters of each execution: ``execute(s, {...})``, ``execute(s, [{...}, {...}])``."""
    given: list[Any] = []
    for item in rows:
        given += item if isinstance(item, (list, tuple)) else [item]
    found = [item if isinstance(item, Mapping) else None for item in given if item]
    return found or [row or None]


def _with_values(statement: Any, values: Optional[Mapping[str, Any]]) -> Any:
    """`statement` with its parameters bound, or as it is where they do not fit."""
    if not values:
        return statement

    def bind(part: Any) -> None:
        if part.key in values:
            part.value, part.required = values[part.key], False

    try:
        names = {part.key for part in iterate(statement) if isinstance(part, BindParameter)}
        if isinstance(statement, ValuesBase):
            columns = {key: value for key, value in values.items() if key not in names}
            statement = statement.values(columns) if columns else statement
        return cloned_traverse(statement, {"maintain_key": True}, {"bindparam": bind})
    except Exception:  # e.g. values of no column
        return statement
