"""How blocks of a migration are left, and what conditions mean for the statements after them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from opsmig_tui.review.run import Run
from opsmig_tui.review.values import INSPECTED, UNKNOWN, DialectTest, Env, is_inspected


@dataclass(frozen=True)
class Flow:
    """How a block was left: for certain, or perhaps (then `changes` hold for what follows).

    `loop`: by break or continue, so that it ends with the loop.
    """

    certain: bool
    loop: bool = False
    raised: bool = False
    value: object = None
    changes: tuple[tuple[str, object], ...] = ()


def merge(left: Flow, right: Flow) -> object:
    if left.value == right.value:
        return left.value
    return INSPECTED if is_inspected(left.value) or is_inspected(right.value) else UNKNOWN


def dialect_known(run: Run, test: DialectTest) -> bool | None:
    """What a test of the dialect says below another one."""
    if run.context.dialect == "postgresql":
        return test.postgresql
    # Of the others nobody knows which, except that it is not PostgreSQL.
    return False if run.context.dialect == "other" and test.postgresql else None


def dialects(positive: bool) -> tuple[dict[str, object], dict[str, object]]:
    known: dict[str, object] = {"dialect": "postgresql"}
    rest: dict[str, object] = {"dialect": "other"}
    return (known, rest) if positive else (rest, known)


def join(env: Env, after: dict[str, object]) -> None:
    """After an undecided condition a name bound differently on the two sides is not known."""
    missing = object()
    for name in {*env.names, *after}:
        left, right = env.names.get(name, missing), after.get(name, missing)
        if left is right:
            continue
        if left is missing or right is missing:
            env.names[name] = right if left is missing else left
        elif not isinstance(left, type(right)) or left != right:
            seen = is_inspected(left) or is_inspected(right)
            env.names[name] = INSPECTED if seen else UNKNOWN


def both(
    then: Flow | None, other: Flow | None, yes: dict[str, object], no: dict[str, object]
) -> Flow | None:
    """What two sides of a condition mean for the statements after it."""
    if then is not None and other is not None and then.certain and other.certain:
        loop = then.loop and other.loop
        return replace(then, loop=loop, value=merge(then, other))
    if then is not None and then.certain:
        # A side that raises only checks: what follows runs whenever the migration goes on.
        return (
            other if then.raised else Flow(False, then.loop, False, then.value, tuple(no.items()))
        )
    if other is not None and other.certain:
        return (
            then
            if other.raised
            else Flow(False, other.loop, False, other.value, tuple(yes.items()))
        )
    return then or other


def forget(run: Run, body: list[ast.stmt], env: Env) -> None:
    """Names that a loop body assigns are not known before, between and after its rounds."""
    for statement in body:
        for node in run.nodes.of(ast.Name, inside=statement):
            if isinstance(node.ctx, ast.Store):
                env.names[node.id] = UNKNOWN


def out_of_loop(flow: Flow | None) -> Flow | None:
    return None if flow is None or flow.loop else flow
