"""Statements of a migration, read in the order they would run.

Where the text does not decide a condition both sides are read, marked as conditional. Loops over
known lists are unrolled, functions of the file are followed where they are called.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import replace

from opsmig_tui.review.expressions import bind, evaluate
from opsmig_tui.review.flow import (
    Flow,
    both,
    dialect_known,
    dialects,
    forget,
    join,
    merge,
    out_of_loop,
)
from opsmig_tui.review.operations import Operation
from opsmig_tui.review.run import MAX_DEPTH, Argument, Call, Run, span_of
from opsmig_tui.review.values import (
    INSPECTED,
    UNKNOWN,
    ClassValue,
    DialectTest,
    Env,
    Function,
    Symbol,
    is_inspected,
    truth,
)

_MAX_UNROLL = 500


def execute(run: Run, body: Iterable[ast.stmt], env: Env) -> Flow | None:
    """Read a block. None: it runs to its end."""
    result: Flow | None = None
    with run.within():
        for node in body:
            run.step()
            handler = _HANDLERS.get(type(node))
            if handler is None:
                _other(run, node, env)
                continue
            flow = handler(run, node, env)
            if flow is None:
                continue
            if flow.certain:
                return flow if result is None else replace(flow, value=merge(result, flow))
            result = flow if result is None else replace(flow, value=merge(result, flow))
            run.context = replace(run.context, **dict(flow.changes))  # type: ignore[arg-type]
    return result


def inline(run: Run, function: Function, call: Call) -> object:
    """Read a function of the file as if its body stood where it is called."""
    node = function.node
    if node in run.active:
        run.recursive.add(node)  # read once; what more it does depends on what it finds
        return UNKNOWN
    if len(run.active) >= MAX_DEPTH:
        run.record(_unread(run, call.node, "calls helpers too deep to follow"))
        return UNKNOWN
    env = Env(outer=function.env)
    _bind_parameters(run, node.args, call, env, function.env)
    run.active.append(node)
    before = len(run.operations)
    try:
        if isinstance(node, ast.Lambda):
            return evaluate(run, node.body, env)
        flow = execute(run, node.body, env)
    finally:
        run.active.pop()
    if node in run.recursive and len(run.operations) > before:
        run.record(_unread(run, call.node, "calls itself again"))
    if flow is None:
        return None
    if not flow.certain and flow.value is not None:
        return INSPECTED if is_inspected(flow.value) else UNKNOWN
    return flow.value


def _unread(run: Run, node: ast.AST, text: str) -> Operation:
    return Operation("undecided", span_of(node), run.context, object_type="call", text=text)


def _bind_parameters(
    run: Run, arguments: ast.arguments, call: Call, env: Env, outside: Env
) -> None:
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    defaults += arguments.defaults
    for at, (parameter, default) in enumerate(zip(positional, defaults, strict=True)):
        _bind_one(run, parameter.arg, call.argument(at, parameter.arg), default, env, outside)
    for parameter, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        _bind_one(run, parameter.arg, call.argument(-1, parameter.arg), default, env, outside)
    if arguments.vararg:
        extra = [item.value for item in call.positional[len(positional) :]]
        env.names[arguments.vararg.arg] = UNKNOWN if call.open else extra
    if arguments.kwarg:
        named = {p.arg for p in [*positional, *arguments.kwonlyargs]}
        rest = {key: item.value for key, item in call.keywords.items() if key not in named}
        env.names[arguments.kwarg.arg] = UNKNOWN if call.open else rest


def _bind_one(
    run: Run,
    name: str,
    given: Argument | None,
    default: ast.expr | None,
    env: Env,
    outside: Env,
) -> None:
    if given is not None:
        env.names[name] = given.value
    elif default is not None:
        env.names[name] = evaluate(run, default, outside)
    else:
        # `def upgrade(op)` and helpers that take the operations object under its usual name.
        env.names[name] = Symbol("alembic.op") if name == "op" else UNKNOWN


def _expression(run: Run, node: ast.Expr, env: Env) -> None:
    value = node.value.value if isinstance(node.value, ast.Await) else node.value
    run.statement = value
    evaluate(run, value, env)
    run.statement = None


def _assign(run: Run, node: ast.Assign, env: Env) -> None:
    value = evaluate(run, node.value, env)
    for target in node.targets:
        bind(run, target, value, env)


def _annotated(run: Run, node: ast.AnnAssign, env: Env) -> None:
    if node.value is not None:
        bind(run, node.target, evaluate(run, node.value, env), env)


def _augmented(run: Run, node: ast.AugAssign, env: Env) -> None:
    if isinstance(node.target, ast.Name):
        current = ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target)
        both = ast.copy_location(ast.BinOp(current, node.op, node.value), node)
        env.names[node.target.id] = evaluate(run, both, env)
    else:
        evaluate(run, node.value, env)


def _return(run: Run, node: ast.Return, env: Env) -> Flow:
    return Flow(certain=True, value=evaluate(run, node.value, env) if node.value else None)


def _raise(run: Run, node: ast.Raise, env: Env) -> Flow:
    if not run.context.branch:
        run.record(Operation("raise", span_of(node), run.context))
    return Flow(certain=True, raised=True)


def _leave_loop(run: Run, node: ast.stmt, env: Env) -> Flow:
    return Flow(certain=True, loop=True)


def _if(run: Run, node: ast.If, env: Env) -> Flow | None:
    test = evaluate(run, node.test, env)
    decided = dialect_known(run, test) if isinstance(test, DialectTest) else truth(test)
    if decided is not None:
        return execute(run, node.body if decided else node.orelse, env)
    yes: dict[str, object] = {"branch": True}
    no: dict[str, object] = {"branch": True}
    if isinstance(test, DialectTest) and run.context.dialect == "any":
        yes, no = dialects(test.postgresql)
    elif is_inspected(test):
        yes, no = {"branch": True, "guarded": True}, {"branch": True, "guarded": True}
    before = dict(env.names)
    with run.within(**yes):
        then = execute(run, node.body, env)
    after = dict(env.names)
    env.names.clear()
    env.names.update(before)
    with run.within(**no):
        other = execute(run, node.orelse, env)
    join(env, after)
    return both(then, other, yes, no)


def _for(run: Run, node: ast.For | ast.AsyncFor, env: Env) -> Flow | None:
    items = evaluate(run, node.iter, env)
    flow: Flow | None = None
    if isinstance(items, list | tuple) and len(items) <= _MAX_UNROLL:
        with run.within(loop=True):
            for item in list(items):
                bind(run, node.target, item, env)
                flow = execute(run, node.body, env)
                if flow is not None and flow.certain:
                    break
                if flow is not None and not flow.loop:
                    run.context = replace(run.context, **dict(flow.changes))  # type: ignore[arg-type]
    else:
        forget(run, node.body, env)
        bind(run, node.target, INSPECTED if is_inspected(items) else UNKNOWN, env)
        flow = _perhaps(run, node.body, env, is_inspected(items))
    rest = execute(run, node.orelse, env)
    return out_of_loop(flow) or rest


def _while(run: Run, node: ast.While, env: Env) -> Flow | None:
    forget(run, node.body, env)
    test = evaluate(run, node.test, env)
    flow = _perhaps(run, node.body, env, is_inspected(test))
    return out_of_loop(flow) or execute(run, node.orelse, env)


def _perhaps(run: Run, body: list[ast.stmt], env: Env, guarded: bool) -> Flow | None:
    """A loop body that runs nobody knows how often."""
    changes: dict[str, object] = {"loop": True, "branch": True}
    if guarded:
        changes["guarded"] = True
    with run.within(**changes):
        flow = execute(run, body, env)
    forget(run, body, env)
    if flow is None or not flow.certain or flow.loop or flow.raised:
        return flow if flow is not None and not flow.certain else None
    return Flow(False, value=flow.value, changes=(("branch", True),))


def _with(run: Run, node: ast.With | ast.AsyncWith, env: Env) -> Flow | None:
    changes: dict[str, object] = {}
    for item in node.items:
        value = evaluate(run, item.context_expr, env)
        if isinstance(value, Symbol) and value.path.endswith("autocommit_block()"):
            changes["autocommit"] = True
        if item.optional_vars is not None:
            bind(run, item.optional_vars, value, env)
    with run.within(**changes):
        return execute(run, node.body, env)


def _try(run: Run, node: ast.Try | ast.TryStar, env: Env) -> Flow | None:
    flow = execute(run, node.body, env)
    bound = dict(env.names)
    for handler in node.handlers:
        with run.within(branch=True):
            execute(run, handler.body, env)
    env.names.update(bound)
    if flow is None:
        flow = execute(run, node.orelse, env)
    return execute(run, node.finalbody, env) or flow


def _function(run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef, env: Env) -> None:
    for decorator in node.decorator_list:
        evaluate(run, decorator, env)
    env.names[node.name] = Function(node, env)


def _class(run: Run, node: ast.ClassDef, env: Env) -> None:
    bases = [evaluate(run, base, env) for base in node.bases]
    inner = Env(outer=env)
    execute(run, node.body, inner)
    attributes = {
        key: value for key, value in inner.names.items() if not isinstance(value, Function)
    }
    env.names[node.name] = ClassValue(node.name, any(map(_is_enum, bases)), attributes)


def _is_enum(base: object) -> bool:
    if isinstance(base, ClassValue):
        return base.is_enum
    return isinstance(base, Symbol) and base.last.endswith("Enum")


def _import(run: Run, node: ast.Import, env: Env) -> None:
    for item in node.names:
        root = item.name.partition(".")[0]
        env.names[item.asname or root] = Symbol(item.name if item.asname else root)


def _import_from(run: Run, node: ast.ImportFrom, env: Env) -> None:
    module = "." * node.level + (node.module or "")
    for item in node.names:
        if item.name == "*":
            run.star_imports.append(module)
        else:
            env.names[item.asname or item.name] = Symbol(f"{module}.{item.name}")


def _match(run: Run, node: ast.Match, env: Env) -> None:
    evaluate(run, node.subject, env)
    for case in node.cases:
        with run.within(branch=True):
            execute(run, case.body, env)


def _nothing(run: Run, node: ast.stmt, env: Env) -> None:
    return None


def _other(run: Run, node: ast.stmt, env: Env) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            evaluate(run, child, env)


_HANDLERS: dict[type[ast.AST], Callable[..., Flow | None]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Break: _leave_loop,
    ast.Continue: _leave_loop,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Match: _match,
    ast.Pass: _nothing,
    ast.Global: _nothing,
    ast.Nonlocal: _nothing,
    ast.Delete: _nothing,
}
