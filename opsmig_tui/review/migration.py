"""One revision file, read: who it is, and what upgrade() and downgrade() do."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from opsmig_tui.history.model import HistoryProblem, Revision
from opsmig_tui.history.reader import read_revision
from opsmig_tui.project.syntax_tree import syntax_tree
from opsmig_tui.review.errors import NotReviewable
from opsmig_tui.review.nodes import Nodes
from opsmig_tui.review.operations import Context, Direction, Operation, Span
from opsmig_tui.review.places import Places
from opsmig_tui.review.run import Call, OutOfSteps, Run, span_of
from opsmig_tui.review.statements import execute, inline
from opsmig_tui.review.suppress import Suppression, suppressions
from opsmig_tui.review.values import UNBOUND, Env, Function

MAX_SOURCE = 4_000_000  # characters; a real migration has a few thousand


@dataclass(frozen=True)
class Migration:
    """A parsed revision file. Lines of spans are lines of `source`."""

    path: Path
    source: str
    tree: ast.Module
    nodes: Nodes
    revision: Revision
    upgrade: tuple[Operation, ...]
    downgrade: tuple[Operation, ...]

    def operations(self, direction: Direction) -> tuple[Operation, ...]:
        return self.upgrade if direction == "upgrade" else self.downgrade

    @cached_property
    def functions(self) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
        """The file's top-level functions by name."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return {node.name: node for node in self.tree.body if isinstance(node, kinds)}

    def function_span(self, direction: Direction) -> Span | None:
        """Where ``def upgrade():`` stands: its first line only. None without such a function."""
        node = self.functions.get(direction)
        return None if node is None else Span(node.lineno, node.col_offset, node.lineno, 0)

    def assignment_span(self, name: str) -> Span:
        """Where the file binds an identifier such as `down_revision`; its first line if nowhere."""
        for node in self.tree.body:
            for target in _targets(node):
                if isinstance(target, ast.Name) and target.id == name:
                    return span_of(node)
        return Span(1)

    @cached_property
    def lines(self) -> list[str]:
        return self.source.split("\n")

    @cached_property
    def suppressions(self) -> tuple[Suppression, ...]:
        """The file's ``# opsmig: ignore[...]`` comments, in order."""
        return suppressions(self.source, self.tree)

    @cached_property
    def places(self) -> Places:
        """Where operations stand in the text, for those who change it."""
        return Places(self.functions, self.lines)

    @property
    def opaque_upgrade(self) -> bool:
        """upgrade() does something that its text does not tell."""
        return any(item.opaque for item in self.upgrade)

    @property
    def opaque_downgrade(self) -> bool:
        return any(item.opaque for item in self.downgrade)


def _targets(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) else []


def decode(path: Path, source: bytes | str) -> str:
    """The file's text, by its own coding cookie. Raises NotReviewable."""
    if isinstance(source, str):
        return source
    encoding = "UTF-8"
    try:
        # Ask for the cookie only: that all of the first lines is UTF-8 is for decode() to say.
        head = io.BytesIO(b"\n".join(source.split(b"\n")[:2]).decode("ascii", "ignore").encode())
        encoding, _ = tokenize.detect_encoding(head.readline)
        text = source.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except SyntaxError as error:
        raise NotReviewable(f"{path.name}: cannot be read: {error.msg}.") from None
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise NotReviewable(f"{path.name} line {line}: is not {encoding.upper()} text.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse(path: Path, source: str) -> ast.Module:
    """The syntax tree. Raises NotReviewable with the line of the error."""
    if not source.strip():
        raise NotReviewable(f"{path.name} is empty: not a migration.")
    if len(source) > MAX_SOURCE:
        raise NotReviewable(f"{path.name} is too large to review ({len(source)} characters).")
    try:
        return syntax_tree(source)
    except SyntaxError as error:
        where = f" line {error.lineno}:" if error.lineno else ""
        raise NotReviewable(f"{path.name}:{where} does not parse: {error.msg}.") from None
    except (ValueError, UnicodeError):
        raise NotReviewable(f"{path.name}: does not parse: it holds a null byte.") from None
    except (RecursionError, MemoryError):
        raise NotReviewable(f"{path.name}: does not parse: nested too deeply.") from None


def read_migration(path: Path, source: bytes | str) -> Migration:
    """Read a revision file. It is never imported or executed. Raises NotReviewable."""
    text = decode(path, source)
    tree = parse(path, text)
    if not _binds(tree, "revision"):
        raise NotReviewable(f"{path.name} is not a migration: it has no `revision`.")
    try:
        revision = read_revision(path, text)
        nodes = Nodes(tree)
        upgrade, downgrade = _read_functions(tree, nodes)
    except RecursionError:
        raise NotReviewable(f"{path.name}: nested too deeply to be read.") from None
    if isinstance(revision, HistoryProblem):
        raise NotReviewable(f"{path.name} is not a migration: {revision.message}.")
    return Migration(path, text, tree, nodes, revision, upgrade, downgrade)


def _binds(tree: ast.Module, name: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
        for statement in tree.body
        for node in _unnested(statement)
    )


def _unnested(statement: ast.stmt) -> Iterable[ast.AST]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return ()
    return ast.walk(statement)


def _read_functions(
    tree: ast.Module, nodes: Nodes
) -> tuple[tuple[Operation, ...], tuple[Operation, ...]]:
    module = Env()
    run = Run(Context(), nodes, inline, recording=False)
    try:
        execute(run, tree.body, module)
    except OutOfSteps:
        # What the module binds after this point is simply not known.
        run.steps = 0
    up = _read_function(run, module, "upgrade")
    return up, _read_function(run, module, "downgrade")


def _read_function(module_run: Run, module: Env, direction: Direction) -> tuple[Operation, ...]:
    function = module.get(direction)
    if function is UNBOUND:
        return ()
    context = Context(direction=direction)
    run = Run(context, module_run.nodes, inline, star_imports=module_run.star_imports)
    scratch = Env(dict(module.names))
    if not isinstance(function, Function):
        # `from somewhere import upgrade`: it may do anything.
        return (Operation("undecided", Span(1), context, object_type="call", text="is imported"),)
    node = function.node
    call = Call(ast.Call(func=ast.Name(direction, ast.Load()), args=[], keywords=[]))
    ast.copy_location(call.node, node)
    try:
        inline(run, Function(node, scratch), call)
    except OutOfSteps:
        run.operations.append(
            Operation("undecided", span_of(node), context, object_type="call", text="goes on")
        )
    return tuple(run.operations)
