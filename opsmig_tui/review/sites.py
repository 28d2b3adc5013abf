"""Which lines of a file belong together: a simple statement, or the head of a compound one."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

_CONDITIONS = (ast.If, ast.While, ast.Match)


@dataclass
class Sites:
    """A site is named by the first line of its statement.

    `batches` gives the ``with op.batch_alter_table(...)`` that a site stands in: alembic emits the
    statements of a batch when the block ends. `heads` are the sites that are the head of a `with`.
    `conditional` are those that run only if something holds, or only if nothing returned before.
    """

    by_line: dict[int, int] = field(default_factory=dict)
    batches: dict[int, int] = field(default_factory=dict)
    heads: set[int] = field(default_factory=set)
    conditional: set[int] = field(default_factory=set)


def sites(tree: ast.Module) -> Sites:
    """Every statement of the file, at any depth."""
    found = Sites()
    todo: list[tuple[ast.stmt, int, bool]] = [(node, 0, False) for node in tree.body]
    while todo:
        node, batch, conditional = todo.pop()
        blocks = _blocks(node)
        last = (node.end_lineno or node.lineno) if not blocks else blocks[0][0].lineno - 1
        for line in range(node.lineno, max(last, node.lineno) + 1):
            found.by_line[line] = node.lineno
        if batch:
            found.batches[node.lineno] = batch
        if conditional:
            found.conditional.add(node.lineno)
        if isinstance(node, ast.With | ast.AsyncWith):
            found.heads.add(node.lineno)
            batch = node.lineno if _is_batch(node) else batch
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            batch, conditional = 0, _returns_early(node)
        for at, block in enumerate(blocks):
            handles = isinstance(node, ast.Try | ast.TryStar) and at > 0
            perhaps = conditional or handles or isinstance(node, _CONDITIONS)
            todo += [(child, batch, perhaps) for child in block]
    return found


def _blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    blocks = [getattr(node, name, None) for name in ("body", "orelse", "finalbody")]
    blocks += [handler.body for handler in getattr(node, "handlers", ())]
    blocks += [case.body for case in getattr(node, "cases", ())]
    return [block for block in blocks if block]


def _is_batch(node: ast.With | ast.AsyncWith) -> bool:
    return any(
        isinstance(part, ast.Attribute) and part.attr == "batch_alter_table"
        for item in node.items
        for part in ast.walk(item.context_expr)
    )


def _returns_early(node: ast.stmt) -> bool:
    """Whether a return stands below a condition: what follows it may not run."""
    return any(
        isinstance(part, _CONDITIONS) and any(isinstance(p, ast.Return) for p in ast.walk(part))
        for part in ast.walk(node)
    )
