"""What a call stands for: operations are recorded, SQLAlchemy's constructors become values."""

from __future__ import annotations

import ast
import re
import sys
import textwrap
from collections.abc import Callable

from opsmig_tui.review.bounds import MAX_ITEMS, bounded, filled, joined, separated
from opsmig_tui.review.dml import dml_method, run_sql
from opsmig_tui.review.op_calls import op_call
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.run import Call, Run, span_of
from opsmig_tui.review.schema_calls import schema_value
from opsmig_tui.review.schema_methods import schema_method
from opsmig_tui.review.values import (
    HOLE,
    INSPECTED,
    UNKNOWN,
    Batch,
    ClassValue,
    DialectTest,
    Dml,
    EnumValue,
    Env,
    Function,
    IndexValue,
    Method,
    Opaque,
    Partial,
    SqlText,
    Symbol,
    TableValue,
    TypeValue,
    is_inspected,
)
from opsmig_tui.review.written import written

EXECUTES = frozenset({"execute", "exec_driver_sql", "scalar", "scalars"})
_HANDLES = {"get_bind", "get_context", "batch_alter_table"}
_ASKS = re.compile(
    r"exists|(^|_)has_|^_?(is|check)_|inspect|^_?get_(columns|tables|table_names|indexes|view_names)",
    re.I,
)
_HARMLESS_METHODS = frozenset(
    {
        *("append", "extend", "add", "close", "info", "debug", "warning", "warn", "error", "log"),
        *("exception", "critical", "sort", "reverse", "clear", "pop", "remove", "flush", "strip"),
        *("reflect", "begin", "dispose", "expire_all", "expunge_all", "setdefault", "discard"),
        *("bindparams", "where", "write", "echo", "fetchall", "fetchone", "all", "first", "filter"),
    }
)
_WRITES = frozenset(
    {
        *("add", "add_all", "merge", "delete", "bulk_save_objects", "bulk_insert_mappings"),
        *("bulk_update_mappings", "update"),
    }
)


def call(run: Run, target: object, arguments: Call, env: Env) -> object:
    """The value of a call. What it does to the database is recorded in `run`."""
    if isinstance(target, Function):
        return run.inline(run, target, arguments)
    if isinstance(target, Symbol):
        return _symbol(run, target, arguments)
    if isinstance(target, Method):
        return _method(run, target, arguments, env)
    if isinstance(target, ClassValue):
        return UNKNOWN
    if is_inspected(target):
        return INSPECTED
    return _unknown(run, written(arguments.node.func), arguments)


def _symbol(run: Run, symbol: Symbol, arguments: Call) -> object:
    root, _, rest = symbol.path.partition(".")
    if root == "alembic":
        return _alembic(run, symbol, rest, arguments)
    if root == "sqlalchemy" or root == "sqlmodel":
        return _sqlalchemy(run, symbol, arguments)
    if root == "builtins":
        return _builtin(symbol.last, arguments)
    if symbol.path == "textwrap.dedent" and arguments.positional:
        value = arguments.positional[0].value
        return textwrap.dedent(value) if isinstance(value, str) else value
    if symbol.last in EXECUTES:
        return run_sql(run, arguments, autocommit="(AUTOCOMMIT)" in symbol.path)
    if root in sys.stdlib_module_names:
        return UNKNOWN
    return _unknown(run, symbol.path, arguments)


def _alembic(run: Run, symbol: Symbol, rest: str, arguments: Call) -> object:
    module, _, name = rest.partition(".")
    if symbol.last in EXECUTES and symbol.path != "alembic.op.execute":
        return run_sql(run, arguments, autocommit="(AUTOCOMMIT)" in symbol.path)
    if symbol.last == "f" and arguments.positional:
        return arguments.positional[0].value
    if module == "op" and name and "." not in name and "(" not in name:
        if name == "batch_alter_table":
            return _batch(arguments)
        if name not in _HANDLES:
            return op_call(run, name, arguments, None)
    return _handle(run, symbol, arguments)


def _handle(run: Run, symbol: Symbol, arguments: Call) -> object:
    """A method of a connection, a session or a context."""
    if symbol.last == "execution_options":
        level = arguments.value(-1, "isolation_level")
        autocommit = isinstance(level, str) and level.upper() == "AUTOCOMMIT"
        return Symbol(f"{symbol.path}({'AUTOCOMMIT' if autocommit else ''})")
    if symbol.last in ("commit", "rollback"):
        run.record(_operation(run, "commit", arguments, symbol.last))
        return UNKNOWN
    session = "ession" in symbol.path or ".query(" in symbol.path
    if session and symbol.last in _WRITES:
        run.record(_operation(run, "data", arguments, ""))
        return UNKNOWN
    if symbol.last in ("create_all", "drop_all", "run_callable", "run_async", "upgrade"):
        run.record(_undecided(run, arguments))
    return Symbol(f"{symbol.path}()") if len(symbol.path) < 300 else UNKNOWN


def _sqlalchemy(run: Run, symbol: Symbol, arguments: Call) -> object:
    if symbol.last in EXECUTES:
        return run_sql(run, arguments, autocommit="(AUTOCOMMIT)" in symbol.path)
    if symbol.last in ("inspect", "from_engine", "Inspector"):
        return INSPECTED
    value = schema_value(symbol, arguments)
    return _handle(run, symbol, arguments) if value is None else value


def _batch(arguments: Call) -> Batch:
    name, schema = arguments.value(0, "table_name"), arguments.value(1, "schema")
    return Batch(
        name if isinstance(name, str) else None,
        schema if isinstance(schema, str) else None,
        naming=arguments.has("naming_convention"),
    )


def _builtin(name: str, arguments: Call) -> object:
    values = [item.value for item in arguments.positional]
    if any(map(is_inspected, values)):
        return INSPECTED
    if name == "isinstance" and len(values) == 2:
        return _is_of_dialect(*values)
    if name in ("list", "tuple", "sorted", "reversed", "set", "frozenset") and len(values) == 1:
        return _as_list(values[0], name)
    if name == "enumerate" and values and isinstance(values[0], list | tuple):
        return bounded([[at, item] for at, item in enumerate(values[0])])
    if name == "zip" and values and not arguments.open:
        lists = [value for value in values if isinstance(value, list | tuple)]
        if len(lists) < len(values):
            return UNKNOWN
        return bounded(list(map(list, zip(*lists, strict=False))))
    if name == "range" and len(values) == 1 and isinstance(values[0], int):
        return list(range(min(values[0], 500))) if values[0] <= 500 else UNKNOWN
    if name == "len" and values and isinstance(values[0], str | list | tuple | dict):
        return len(values[0])
    if name == "str" and len(values) == 1 and isinstance(values[0], str | int):
        return str(values[0])
    return UNKNOWN


def _is_of_dialect(value: object, kind: object) -> object:
    """``isinstance(bind.dialect, MySQLDialect)``: what the class's module says of it."""
    kinds = kind if isinstance(kind, list | tuple) else [kind]
    paths = [item.path for item in kinds if isinstance(item, Symbol)]
    if not (isinstance(value, Symbol) and value.path.endswith(".dialect")):
        return UNKNOWN
    if not paths or len(paths) < len(kinds):
        return UNKNOWN
    if not all(path.startswith("sqlalchemy.dialects.") for path in paths):
        return UNKNOWN
    return DialectTest(any(path.split(".")[2] == "postgresql" for path in paths))


def _as_list(value: object, name: str) -> object:
    if isinstance(value, dict):
        value = list(value)
    if not isinstance(value, list | tuple):
        return UNKNOWN
    return list(reversed(value)) if name == "reversed" else list(value)


def _method(run: Run, method: Method, arguments: Call, env: Env) -> object:
    owner, name = method.owner, method.name
    if isinstance(owner, Batch):
        if name == "f" and arguments.positional:
            return arguments.positional[0].value
        return op_call(run, name, arguments, owner)
    if isinstance(owner, str | Partial):
        return _text_method(owner, name, arguments)
    if isinstance(owner, list | tuple | dict):
        return _container_method(run, owner, name, arguments, env)
    if isinstance(owner, Dml | SqlText):
        return dml_method(owner, name, arguments)
    if isinstance(owner, EnumValue | TypeValue | TableValue | IndexValue):
        return schema_method(run, owner, name, arguments)
    if isinstance(owner, Opaque) and name in EXECUTES and arguments.positional:
        return run_sql(run, arguments, autocommit=False)
    if isinstance(owner, Opaque) and name not in _HARMLESS_METHODS:
        return _unknown(run, name, arguments)
    return UNKNOWN


def _text_method(owner: str | Partial, name: str, arguments: Call) -> object:
    text = owner if isinstance(owner, str) else owner.text
    plain: dict[str, Callable[[str], str]] = {
        "strip": str.strip,
        "lstrip": str.lstrip,
        "rstrip": str.rstrip,
        "lower": str.lower,
        "upper": str.upper,
    }
    values = [item.value for item in arguments.positional]
    if name in plain and not values:
        return joined([plain[name](text)])
    if name == "split" and isinstance(owner, str):
        separator = values[0] if values else None
        known = separator is None or (isinstance(separator, str) and separator)
        parts = owner.split(separator if isinstance(separator, str) else None) if known else None
        return bounded(parts) if parts is not None else UNKNOWN
    if name == "join" and len(values) == 1 and isinstance(values[0], list | tuple):
        return separated(text, (i if isinstance(i, str) else HOLE for i in values[0]))
    if name == "replace" and len(values) >= 2 and all(isinstance(v, str) for v in values[:2]):
        old, new = str(values[0]), str(values[1])
        return separated(new, text.split(old)) if old else UNKNOWN
    if name == "format":
        return _format(text, arguments)
    return UNKNOWN


_FIELD = re.compile(r"\{\{|\}\}|\{(\w*)\}")


def _format(text: str, arguments: Call) -> object:
    """``text.format(...)`` where every field is a bare name or number."""
    if re.search(r"[{}]", _FIELD.sub("", text)):
        return UNKNOWN
    following = iter(range(len(arguments.positional)))

    def fill(match: re.Match[str]) -> str:
        if match.group() in ("{{", "}}"):
            return match.group()[0]
        name = match.group(1) or str(next(following, -1))
        at = int(name) if name.isdecimal() and len(name) < 4 else -1
        value = arguments.value(at, name)
        return str(value) if isinstance(value, str | int) else HOLE

    return filled(_FIELD, fill, text)


def _container_method(run: Run, owner: object, name: str, arguments: Call, env: Env) -> object:
    if isinstance(owner, dict):
        if name in ("items", "keys", "values"):
            pairs = {"items": [list(i) for i in owner.items()], "keys": list(owner)}
            return pairs.get(name, list(owner.values()))
        if name == "get" and arguments.positional:
            key = arguments.positional[0].value
            return owner.get(key, UNKNOWN) if isinstance(key, str | int) else UNKNOWN
    certain = not run.context.branch and not arguments.open
    if isinstance(owner, list) and certain and name == "append" and arguments.positional:
        item = arguments.positional[0].value
        owner.append(item)
        holds_more = isinstance(item, list | tuple | dict)
        if len(owner) <= MAX_ITEMS and not (holds_more and bounded(owner) is UNKNOWN):
            return None
    function = arguments.node.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        # It changes in a way nobody follows here: from now on it is not known.
        env.names[function.value.id] = UNKNOWN
    return UNKNOWN


def _unknown(run: Run, name: str, arguments: Call) -> object:
    """A call of something from outside the file: it may do anything if it can reach `op`."""
    last = name.rsplit(".", 1)[-1]
    if last == "create_table" and isinstance(arguments.value(0, "table_name"), str):
        return op_call(run, last, arguments, None)  # a project's own, with guards of its own
    values = [item.value for item in arguments.positional]
    values += [item.value for item in arguments.keywords.values()]
    reaches = any(_reaches_database(value) for value in values)
    asks = _ASKS.search(last) is not None
    if (run.statement is arguments.node or reaches) and not asks:
        run.record(_undecided(run, arguments))
    if asks:
        return INSPECTED
    return Symbol(f"{name}()") if re.fullmatch(r"[\w.()]{1,200}", name) else UNKNOWN


def _reaches_database(value: object) -> bool:
    return isinstance(value, Batch) or (
        isinstance(value, Symbol) and value.path.startswith(("alembic.op", "alembic.context"))
    )


def _undecided(run: Run, arguments: Call) -> Operation:
    text = f"calls {written(arguments.node)[:200]}"
    return _operation(run, "undecided", arguments, "call", text)


def _operation(run: Run, kind: str, arguments: Call, object_type: str, text: str = "") -> Operation:
    return Operation(
        kind,  # type: ignore[arg-type]
        span_of(arguments.node),
        run.context,
        object_type=object_type,
        text=text,
    )
