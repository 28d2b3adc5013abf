"""Rules about the transaction that alembic holds: who ends it, and who hides that it failed."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from opsmig_tui.review.model import Finding
from opsmig_tui.review.nodes import Nodes
from opsmig_tui.review.operations import Operation, Span
from opsmig_tui.review.rules.base import Example, Rule, flag
from opsmig_tui.review.run import span_of
from opsmig_tui.review.subject import Subject

COMMIT, SWALLOWED = "explicit-commit", "swallowed-exception"
_FAILURES = frozenset(
    {
        *("Exception", "BaseException", "ProgrammingError", "OperationalError", "DBAPIError"),
        *("SQLAlchemyError", "IntegrityError", "InternalError", "DatabaseError", "Error"),
        *("DuplicateTable", "DuplicateObject", "DuplicateColumn", "UndefinedTable"),
        *("UndefinedColumn", "UndefinedObject", "StatementError", "DataError"),
    }
)
# What is made with these has a transaction of its own. A Session too: on a connection that is in a
# transaction its commit() ends nothing (join_transaction_mode; measured with SQLAlchemy 2.1).
_OWN_TRANSACTION = frozenset(
    {
        *("engine", "create_engine", "connect", "begin", "begin_nested"),
        *("Session", "sessionmaker", "scoped_session"),
    }
)
_TELLS = frozenset({"print", "info", "debug", "warning", "warn", "error", "exception", "echo"})


def _commits(subject: Subject) -> Iterator[Finding]:
    for item in subject.operations:
        ends = item.kind == "commit" and item.is_sql and item.object_type in ("commit", "end")
        if ends and not item.context.autocommit and item.context.dialect != "other":
            yield _ended(item, "COMMIT")
    if "commit()" not in subject.migration.source:
        return  # spares most files the walk
    nodes = subject.migration.nodes
    blocks = _autocommit_lines(nodes)
    for function in nodes.functions:
        for node in _method_commits(nodes, function):
            if node.lineno not in blocks:
                yield _ended(span_of(node), f"{ast.unparse(node.func)[:60]}()")


def _ended(where: Operation | Span, what: str) -> Finding:
    return flag(
        COMMIT,
        "error",
        where,
        f"{what} ends the transaction that alembic runs the migrations in.",
        "What fails after it can no longer be rolled back, and the version is not yet written "
        "down.",
        "Leave it to alembic, or put what has to be committed by itself inside "
        "`with op.get_context().autocommit_block():`.",
    )


def _method_commits(nodes: Nodes, function: ast.stmt) -> Iterator[ast.Call]:
    """Calls of commit() on the connection that op.get_bind() gives."""
    calls = [
        node
        for node in nodes.of(ast.Call, inside=function)
        if not node.args and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    bound = _from_bind(nodes, function) if calls else set()
    for node in calls:
        assert isinstance(node.func, ast.Attribute)
        if _leads_to(node.func.value, bound):
            yield node


def _from_bind(nodes: Nodes, function: ast.stmt) -> set[str]:
    found: set[str] = set()
    pairs: list[tuple[ast.expr, ast.expr]] = []
    binding: list[ast.Assign | ast.withitem] = nodes.of(ast.Assign, ast.withitem, inside=function)
    for node in binding:
        if isinstance(node, ast.Assign):
            pairs += [(target, node.value) for target in node.targets]
        elif node.optional_vars is not None:
            pairs.append((node.optional_vars, node.context_expr))
    for _ in range(2):  # a second name for the first
        for target, value in pairs:
            if isinstance(target, ast.Name) and _leads_to(value, found):
                found.add(target.id)
    return found


def _leads_to(value: ast.expr, bound: set[str]) -> bool:
    """It is alembic's own connection."""
    parts = list(ast.walk(value))
    words = {part.attr for part in parts if isinstance(part, ast.Attribute)}
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    if (words | names) & _OWN_TRANSACTION:
        return False
    return "get_bind" in words | names or bool(names & bound)


def _autocommit_lines(nodes: Nodes) -> set[int]:
    return {
        line
        for node in nodes.of(ast.With)
        if "autocommit_block" in ast.unparse(node.items[0])
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


def _swallowed(subject: Subject) -> Iterator[Finding]:
    if "except" not in subject.migration.source:
        return  # spares most files the walk
    lines = sorted(
        item.span.line
        for item in subject.operations
        if item.kind not in ("raise", "commit") and item.object_type != "select"
    )
    nodes = subject.migration.nodes
    for node in nodes.of(ast.Try):
        first, last = node.body[0].lineno, node.body[-1].end_lineno or 0
        if bisect_left(lines, first) == bisect_right(lines, last) or _in_savepoint(nodes, node):
            continue
        for handler in node.handlers:
            if _catches_failures(handler) and all(map(_is_idle, handler.body)):
                yield flag(
                    SWALLOWED,
                    "warning",
                    Span(handler.lineno, handler.col_offset, handler.lineno, 0),
                    "An error of the operations above is caught and passed over.",
                    "In PostgreSQL the transaction is aborted by then, so that the next statement "
                    "fails; elsewhere the failure stays hidden.",
                    "Ask whether the thing is there (sa.inspect, IF EXISTS) in place of trying.",
                )


def _in_savepoint(nodes: Nodes, node: ast.Try) -> bool:
    return any(
        part.attr == "begin_nested"
        for statement in node.body
        for part in nodes.of(ast.Attribute, inside=statement)
    )


def _catches_failures(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        (part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "")) in _FAILURES
        for part in kinds
    )


def _is_idle(node: ast.stmt) -> bool:
    """It does nothing but tell."""
    if isinstance(node, ast.Pass | ast.Continue):
        return True
    if not isinstance(node, ast.Expr):
        return False
    if isinstance(node.value, ast.Constant):
        return True
    if not isinstance(node.value, ast.Call):
        return False
    function = node.value.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in _TELLS


RULES = (
    Rule(
        COMMIT,
        "error",
        "correctness",
        "The migration commits the transaction that alembic holds, by bind.commit() or COMMIT in "
        "SQL: a failure after it leaves half of the migration behind, and SQLAlchemy refuses "
        "whatever follows bind.commit(). Not said inside an autocommit_block, of a savepoint, nor "
        "of a Session, whose commit() leaves alembic's transaction open.",
        _commits,
        fires=Example("""op.execute("COMMIT")  #!"""),
        silent=Example(
            """
            savepoint = op.get_bind().begin_nested()
            savepoint.commit()
            op.execute("UPDATE a SET b = 1 WHERE b IS NULL")
            """
        ),
        source="Alembic documentation: MigrationContext.autocommit_block; SQLAlchemy "
        "documentation: Session, join_transaction_mode; measured",
    ),
    Rule(
        SWALLOWED,
        "warning",
        "correctness",
        "An operation stands in a try whose except catches database errors and does nothing. In "
        "PostgreSQL the transaction is already aborted, and every further statement fails; where "
        "it is not, the failure is hidden. Not said where a savepoint is used or the handler "
        "raises.",
        _swallowed,
        fires=Example(
            """
            try:
                op.drop_index("ix_a_b", "a")
            except Exception:  #!
                pass
            """
        ),
        silent=Example(
            """
            try:
                op.drop_index("ix_a_b", "a")
            except Exception as error:
                raise RuntimeError("drop it by hand") from error
            """
        ),
        source="PostgreSQL documentation: error 25P02 in_failed_sql_transaction",
    ),
)
