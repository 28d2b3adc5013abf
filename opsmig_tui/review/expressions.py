"""What an expression of a migration stands for, as far as its text decides it."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable

from opsmig_tui.review.bounds import MAX_DIGITS, bounded, filled, joined
from opsmig_tui.review.calls import call
from opsmig_tui.review.names import attribute, subscript
from opsmig_tui.review.run import Argument, Call, Run
from opsmig_tui.review.values import (
    HOLE,
    INSPECTED,
    UNBOUND,
    UNKNOWN,
    DialectTest,
    Env,
    Function,
    Partial,
    Symbol,
    constant,
    is_inspected,
    truth,
)

# What these names mean in every migration, so that a file lacking the import is read all the same.
_USUAL = {"op": "alembic.op", "sa": "sqlalchemy", "postgresql": "sqlalchemy.dialects.postgresql"}
_MAX_UNROLL = 500
_PLACE = re.compile(r"%(?:%|(?:\((\w+)\))?[sd])")


def evaluate(run: Run, node: ast.expr, env: Env) -> object:
    """The value of an expression; operations that it performs are recorded on the way."""
    run.step()
    handler = _HANDLERS.get(type(node))
    return handler(run, node, env) if handler else _children(run, node, env)


def _children(run: Run, node: ast.AST, env: Env) -> object:
    """An expression nobody computes here: read its parts, keep only where they came from."""
    parts = [evaluate(run, c, env) for c in ast.iter_child_nodes(node) if isinstance(c, ast.expr)]
    return INSPECTED if any(map(is_inspected, parts)) else UNKNOWN


def _constant(run: Run, node: ast.Constant, env: Env) -> object:
    if isinstance(node.value, int) and node.value.bit_length() > 3 * MAX_DIGITS:
        return UNKNOWN
    return node.value if constant(node.value) else UNKNOWN


def _name(run: Run, node: ast.Name, env: Env) -> object:
    value = env.get(node.id)
    if value is not UNBOUND:
        return value
    if node.id in _USUAL:
        return Symbol(_USUAL[node.id])
    if hasattr(builtins, node.id):
        return Symbol(f"builtins.{node.id}")
    return Symbol(f"{run.star_imports[-1]}.{node.id}") if run.star_imports else UNKNOWN


def _attribute(run: Run, node: ast.Attribute, env: Env) -> object:
    return attribute(evaluate(run, node.value, env), node.attr)


def _call(run: Run, node: ast.Call, env: Env) -> object:
    is_statement = run.statement is node
    run.statement = None
    target = evaluate(run, node.func, env)
    arguments = Call(node)
    for item in node.args:
        _positional(run, item, env, arguments)
    for keyword in node.keywords:
        value = evaluate(run, keyword.value, env)
        if keyword.arg is not None:
            arguments.keywords[keyword.arg] = Argument(value, keyword.value)
        elif isinstance(value, dict):
            known = {str(k): Argument(v, keyword.value) for k, v in value.items()}
            arguments.keywords.update(known)
        else:
            arguments.open = True
    if is_statement:
        run.statement = node
    result = call(run, target, arguments, env)
    run.statement = None
    return result


def _positional(run: Run, item: ast.expr, env: Env, arguments: Call) -> None:
    if not isinstance(item, ast.Starred):
        arguments.positional.append(Argument(evaluate(run, item, env), item))
        return
    value = evaluate(run, item.value, env)
    if isinstance(value, list | tuple):
        arguments.positional += [Argument(each, item.value) for each in value]
    else:
        arguments.open = True


def _joined(run: Run, node: ast.JoinedStr, env: Env) -> object:
    parts: list[str] = []
    inspected = False
    for piece in node.values:
        value: object
        if isinstance(piece, ast.FormattedValue):
            value = evaluate(run, piece.value, env)
            inspected = inspected or is_inspected(value)
            plain = piece.format_spec is None and piece.conversion in (-1, 115)
            parts.append(str(value) if plain and isinstance(value, str | int) else HOLE)
        elif isinstance(piece, ast.Constant):
            parts.append(str(piece.value))
    return joined(parts)


def _text(value: object) -> str | None:
    """A string with holes, of a value that is text at least in part."""
    if isinstance(value, str):
        return value
    return value.text if isinstance(value, Partial) else None


def _binary(run: Run, node: ast.BinOp, env: Env) -> object:
    left, right = evaluate(run, node.left, env), evaluate(run, node.right, env)
    if isinstance(node.op, ast.Add):
        if isinstance(left, list | tuple) and isinstance(right, list | tuple):
            return bounded([*left, *right])
        first, second = _text(left), _text(right)
        if first is not None or second is not None:
            return joined((first if first is not None else HOLE, second or HOLE))
    if isinstance(node.op, ast.Mod) and isinstance(left, str):
        return _percent(left, right)
    return INSPECTED if is_inspected(left) or is_inspected(right) else UNKNOWN


def _percent(template: str, values: object) -> object:
    """``template % values`` where the template holds nothing but %s, %d and %(name)s."""
    if "%" in _PLACE.sub("", template):
        return UNKNOWN
    items = list(values) if isinstance(values, list | tuple) else [values]

    def fill(match: re.Match[str]) -> str:
        if match.group() == "%%":
            return "%"
        name = match.group(1)
        if name is not None:
            return printable(values.get(name)) if isinstance(values, dict) else HOLE
        return printable(items.pop(0)) if items else HOLE

    return filled(_PLACE, fill, template)


def printable(item: object) -> str:
    return str(item) if isinstance(item, str | int) else HOLE


def _boolean(run: Run, node: ast.BoolOp, env: Env) -> object:
    values = [evaluate(run, item, env) for item in node.values]
    stops_at = isinstance(node.op, ast.Or)
    left: list[object] = []
    for value in values:
        decided = truth(value)
        if decided is stops_at:
            return value if not left else (INSPECTED if any(map(is_inspected, left)) else UNKNOWN)
        if decided is None:
            left.append(value)
    if not left:
        return values[-1]
    tests = [value for value in left if isinstance(value, DialectTest)]
    if tests and (len(left) == 1 or any(test.postgresql is stops_at for test in tests)):
        return tests[0] if len(left) == 1 else DialectTest(stops_at)
    rest = [value for value in left if not isinstance(value, DialectTest)]
    return INSPECTED if any(map(is_inspected, rest)) else UNKNOWN


def _unary(run: Run, node: ast.UnaryOp, env: Env) -> object:
    value = evaluate(run, node.operand, env)
    if isinstance(node.op, ast.Not):
        if isinstance(value, DialectTest):
            return DialectTest(not value.postgresql)
        decided = truth(value)
        return value if decided is None and is_inspected(value) else _negated(decided)
    if isinstance(node.op, ast.USub) and isinstance(value, int | float):
        return -value
    return UNKNOWN


def _negated(decided: bool | None) -> object:
    return UNKNOWN if decided is None else not decided


def _compare(run: Run, node: ast.Compare, env: Env) -> object:
    values = [evaluate(run, node.left, env), *(evaluate(run, c, env) for c in node.comparators)]
    if any(map(is_inspected, values)):
        return INSPECTED
    if len(values) != 2:
        return UNKNOWN
    (left, right), comparison = values, node.ops[0]
    positive = isinstance(comparison, ast.Eq | ast.In | ast.Is)
    if not positive and not isinstance(comparison, ast.NotEq | ast.NotIn | ast.IsNot):
        return UNKNOWN
    if _is_dialect(left) or _is_dialect(right):
        named = _strings(right if _is_dialect(left) else left)
        return UNKNOWN if named is None else DialectTest(("postgresql" in named) is positive)
    if constant(left) and constant(right) and not isinstance(comparison, ast.In | ast.NotIn):
        return (left == right) is positive
    if isinstance(left, str) and isinstance(right, list | tuple) and all(map(constant, right)):
        return (left in right) is positive
    return UNKNOWN


def _is_dialect(value: object) -> bool:
    return isinstance(value, Symbol) and value.path.endswith(
        (".dialect.name", ".dialect", "engine.name", "get_dialect()", ".drivername")
    )


def _strings(value: object) -> list[str] | None:
    items = value if isinstance(value, list | tuple) else [value]
    named = [item for item in items if isinstance(item, str)]
    return named if len(named) == len(items) else None


def _sequence(run: Run, node: ast.List | ast.Tuple | ast.Set, env: Env) -> object:
    items = Call(ast.Call(func=node, args=[], keywords=[]))
    for element in node.elts:
        _positional(run, element, env, items)
    values = [item.value for item in items.positional]
    return UNKNOWN if items.open else bounded(values)


def _dict(run: Run, node: ast.Dict, env: Env) -> object:
    found: dict[object, object] = {}
    known = True
    for key, item in zip(node.keys, node.values, strict=True):
        value = evaluate(run, item, env)
        name = evaluate(run, key, env) if key is not None else UNKNOWN
        if key is None and isinstance(value, dict):
            found.update(value)
        elif constant(name):
            found[name] = value
        else:
            known = False
    return bounded(found) if known else UNKNOWN


def _subscript(run: Run, node: ast.Subscript, env: Env) -> object:
    return subscript(evaluate(run, node.value, env), evaluate(run, node.slice, env))


def _conditional(run: Run, node: ast.IfExp, env: Env) -> object:
    decided = truth(evaluate(run, node.test, env))
    if decided is not None:
        return evaluate(run, node.body if decided else node.orelse, env)
    with run.within(branch=True):
        left, right = evaluate(run, node.body, env), evaluate(run, node.orelse, env)
    return left if left == right else UNKNOWN


def _lambda(run: Run, node: ast.Lambda, env: Env) -> object:
    return Function(node, env)


def _comprehension(
    run: Run, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, env: Env
) -> object:
    found: list[object] = []
    known = _each(
        run,
        node.generators,
        0,
        Env(outer=env),
        lambda inner: found.append(evaluate(run, node.elt, inner)),
    )
    if known:
        return bounded(found)
    return INSPECTED if any(map(is_inspected, found)) else UNKNOWN


def _each(
    run: Run,
    generators: list[ast.comprehension],
    at: int,
    env: Env,
    then: Callable[[Env], None],
) -> bool:
    """Walk nested generators; False when how often or whether it runs is not decided."""
    if at == len(generators):
        then(env)
        return True
    generator = generators[at]
    items = evaluate(run, generator.iter, env)
    if not isinstance(items, list | tuple) or len(items) > _MAX_UNROLL:
        bind(run, generator.target, items if is_inspected(items) else UNKNOWN, env)
        with run.within(loop=True, branch=True):
            _each(run, generators, at + 1, env, then)
        return False
    known = True
    for item in items:
        bind(run, generator.target, item, env)
        tests = [truth(evaluate(run, test, env)) for test in generator.ifs]
        if False in tests:
            continue
        with run.within(loop=True, branch=run.context.branch or None in tests):
            known = _each(run, generators, at + 1, env, then) and known and None not in tests
    return known


def _walrus(run: Run, node: ast.NamedExpr, env: Env) -> object:
    value = evaluate(run, node.value, env)
    bind(run, node.target, value, env)
    return value


def bind(run: Run, target: ast.expr, value: object, env: Env) -> None:
    """Assign to a name or unpack into several; other targets are no business of ours."""
    if isinstance(target, ast.Name):
        env.names[target.id] = value
    elif isinstance(target, ast.Tuple | ast.List):
        values = value if isinstance(value, list | tuple) else []
        starred = any(isinstance(item, ast.Starred) for item in target.elts)
        fits = len(values) == len(target.elts) and not starred
        rest = INSPECTED if is_inspected(value) else UNKNOWN
        for at, item in enumerate(target.elts):
            bind(run, item, values[at] if fits else rest, env)
    elif isinstance(target, ast.Starred):
        bind(run, target.value, UNKNOWN, env)
    elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
        # d["k"] = v: what d holds from here on is not followed.
        env.names[target.value.id] = UNKNOWN


_HANDLERS: dict[type[ast.AST], Callable[..., object]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.JoinedStr: _joined,
    ast.BinOp: _binary,
    ast.BoolOp: _boolean,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _dict,
    ast.Subscript: _subscript,
    ast.IfExp: _conditional,
    ast.Lambda: _lambda,
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.SetComp: _comprehension,
    ast.NamedExpr: _walrus,
}
