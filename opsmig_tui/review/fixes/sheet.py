"""A migration's text, being edited: places in it, and the changes noted for them.

Every place is one of the text as it was handed in, so changes do not disturb each other;
`result` makes them all at once. Lines end with "\\n" here, whatever they end with in the file.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, cast

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from opsmig_tui.review.fixes.arguments import with_argument
from opsmig_tui.review.fixes.model import FixRefused
from opsmig_tui.review.fixes.rewriting import BlockEdit, Rewriting, own_lines
from opsmig_tui.review.fixes.style import Style, style_of

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement
Where = Literal["before", "after"]


def open_sheet(source: str) -> Sheet:
    """The text as a sheet. Raises FixRefused where libcst cannot take it apart."""
    try:
        module = cst.parse_module(source)
        if module.code != source:
            raise FixRefused("The file cannot be taken apart without changing it.")
        return Sheet(source, module)
    except cst.ParserSyntaxError as error:
        raise FixRefused(f"Line {error.raw_line} cannot be taken apart.") from None
    except RecursionError:
        raise FixRefused("The file is nested too deeply to be edited.") from None


@dataclass
class Sheet:
    source: str
    module: cst.Module
    style: Style = field(init=False)

    def __post_init__(self) -> None:
        self.style = style_of(self.module)
        wrapper = MetadataWrapper(self.module, unsafe_skip_copy=True)
        self._ranges = cast(dict[cst.CSTNode, CodeRange], wrapper.resolve(PositionProvider))
        self._lines = self.source.split("\n")
        self._calls: dict[tuple[int, int, int, int], cst.Call] = {}
        self._owner: dict[cst.CSTNode, Statement] = {}
        self._block: dict[cst.CSTNode, cst.CSTNode] = {}
        self._walk(self.module, None)
        self._blocks: dict[cst.CSTNode, BlockEdit] = {}
        self._changes: dict[cst.CSTNode, list[Callable[[cst.CSTNode], cst.CSTNode]]] = {}
        self._imports: list[str] = []
        self._downgrade: list[str] = []

    def _walk(self, node: cst.CSTNode, owner: Statement | None) -> None:
        if isinstance(node, cst.Call):
            at = self._ranges[node]
            key = (at.start.line, at.start.column, at.end.line, at.end.column)
            self._calls.setdefault(key, node)
        if owner is not None:
            self._owner[node] = owner
        body = node.body if isinstance(node, cst.Module | cst.IndentedBlock) else ()
        for child in node.children:
            if child in body:
                self._block[child] = node
                self._walk(child, cast(Statement, child))
            else:
                self._walk(child, owner)

    # Places

    def call(self, node: ast.Call) -> cst.Call:
        """The call that `ast` found at the same place. Raises FixRefused."""
        key = (
            *self._place(node.lineno, node.col_offset),
            *self._place(node.end_lineno or 0, node.end_col_offset or 0),
        )
        if key not in self._calls:
            raise FixRefused(f"The call on line {node.lineno} cannot be found again.")
        return self._calls[key]

    def _place(self, line: int, offset: int) -> tuple[int, int]:
        """`ast` counts bytes in UTF-8, libcst characters."""
        text = self._lines[line - 1] if 0 < line <= len(self._lines) else ""
        return line, len(text.encode("utf-8", "replace")[:offset].decode("utf-8", "ignore"))

    def statement(self, node: cst.CSTNode) -> Statement:
        """The statement that the node stands in, which has its lines for itself. Raises
        FixRefused."""
        found = self._owner.get(node)
        if isinstance(found, cst.SimpleStatementLine) and len(found.body) > 1:
            raise FixRefused(f"Line {self.line(found)} holds more than one statement.")
        if found is None or (isinstance(found, cst.BaseCompoundStatement) and found is not node):
            raise FixRefused("The statement shares its line with another.")
        return found

    def line(self, node: cst.CSTNode) -> int:
        return self._ranges[node].start.line

    def around(self, node: ast.stmt) -> Statement:
        """The statement that `ast` found, such as a ``with``. Raises FixRefused."""
        line, column = self._place(node.lineno, node.col_offset)
        for found in self._block:
            start = self._ranges[found].start
            if (start.line, start.column) == (line, column):
                return cast(Statement, found)
        raise FixRefused(f"The statement on line {node.lineno} cannot be found again.")

    def with_items(self, node: ast.With) -> list[str]:
        """What a ``with`` opens, in source: "op.batch_alter_table('a') as batch_op"."""
        found = cst.ensure_type(self.around(node), cst.With)
        return [
            self.code(item.with_changes(comma=cst.MaybeSentinel.DEFAULT)) for item in found.items
        ]

    def function(self, name: str) -> cst.FunctionDef | None:
        """The function of this name at the file's top, the last one if there are several."""
        found = [n for n in self.module.body if isinstance(n, cst.FunctionDef)]
        return next((n for n in reversed(found) if n.name.value == name), None)

    def neighbour(self, statement: Statement, step: int) -> Statement | None:
        """The statement before (-1) or after (1) in the same block."""
        body = self._body(statement)
        at = body.index(statement) + step
        return body[at] if 0 <= at < len(body) else None

    def _body(self, statement: Statement) -> list[Statement]:
        block = cast("cst.Module | cst.IndentedBlock", self._block[statement])
        return cast(list[Statement], list(block.body))

    def code(self, node: cst.CSTNode) -> str:
        return self.module.code_for_node(node)

    # Changes

    def insert(self, where: Where, statement: Statement, code: str) -> None:
        """New statements beside one."""
        edit = self._edit(statement)
        if where == "before":
            edit.before[statement] = [*edit.before.get(statement, []), *self.parsed(code)]
        else:
            edit.after[statement] = [*edit.after.get(statement, []), *self.parsed(code)]

    def replace(self, statement: Statement, code: str) -> None:
        """Other statements in place of one; its comments stay. No code: it is taken away."""
        self._edit(statement).instead[statement] = self.parsed(code)

    def remove(self, statement: Statement) -> None:
        self.replace(statement, "")

    def move(self, statement: Statement, where: Where, other: Statement) -> None:
        """The statement with its comments beside another one of its block."""
        edit = self._edit(other)
        side = edit.before if where == "before" else edit.after
        side.setdefault(other, []).append(
            statement.with_changes(leading_lines=own_lines(statement))
        )
        self._edit(statement).gone.add(statement)

    def wrap(self, statement: Statement, header: str, first: str = "") -> None:
        """Put the statement into a ``with``, after the statements of `first`."""
        edit = self._edit(statement)
        wrapper = self.parsed(f"{header}\n{self.style.indent}pass\n")[0]
        edit.wraps[statement] = (cast(cst.With, wrapper), self.parsed(first))

    def append(self, function: str, code: str) -> None:
        """New statements at the end of upgrade() or downgrade(), in place of a lone ``pass``.
        A downgrade() that is not there is written below upgrade()."""
        if function == "downgrade" and self.function(function) is None:
            self._downgrade.append(code)
            return
        block = self.body(function)
        self._blocks.setdefault(block, BlockEdit()).last += self.parsed(code)

    def prepend(self, function: str, code: str) -> None:
        """New statements at its beginning, after the docstring."""
        block = self.body(function)
        self._blocks.setdefault(block, BlockEdit()).first += self.parsed(code)

    def body(self, function: str) -> cst.IndentedBlock:
        found = self.function(function)
        if found is None or not isinstance(found.body, cst.IndentedBlock):
            raise FixRefused(f"There is no {function}() to write into.")
        return found.body

    def change(self, node: cst.CSTNode, how: Callable[[cst.CSTNode], cst.CSTNode]) -> None:
        """Put something else in place of an expression; changes inside of it are kept."""
        self._changes.setdefault(node, []).append(how)

    def change_call(self, call: cst.Call, how: Callable[[cst.Call], cst.Call]) -> None:
        self.change(call, lambda node: how(cst.ensure_type(node, cst.Call)))

    def set_argument(self, call: cst.Call, name: str, code: str) -> None:
        """``name=code`` in the call, in place of what it had."""
        self.style.refuse_unknown(name)
        value = self.expression(code)
        self.change_call(call, lambda node: with_argument(node, name, value))

    def add_import(self, code: str) -> None:
        """An import after those that the file has, unless it has it."""
        if code not in self._imports:
            self._imports.append(code)

    def expression(self, code: str) -> cst.BaseExpression:
        return cst.parse_expression(code, config=self.module.config_for_parsing)

    def parsed(self, code: str) -> list[Statement]:
        """Source as statements. Raises FixRefused where it is no Python."""
        try:
            found = cst.parse_module(code, config=self.module.config_for_parsing)
        except cst.ParserSyntaxError:
            raise FixRefused("What would be written is no Python.") from None
        return cast(list[Statement], list(found.body))

    def _edit(self, statement: Statement) -> BlockEdit:
        return self._blocks.setdefault(self._block[statement], BlockEdit())

    def result(self) -> str:
        """The text with all changes made."""
        for code in self.style.missing:
            self.add_import(code)
        if self._downgrade:
            self._add_downgrade("\n".join(self._downgrade))
        imports = [line for code in self._imports for line in self.parsed(code)]
        self._add_imports(imports)
        try:
            new = self.module.visit(Rewriting(self._blocks, self._changes))
        except RecursionError:
            raise FixRefused("The file is nested too deeply to be edited.") from None
        return new.code

    def _add_downgrade(self, code: str) -> None:
        """A whole downgrade(), written as upgrade() is."""
        up = self.function("upgrade")
        if up is None or self.code(up.params).strip():
            raise FixRefused("There is no upgrade() below which a downgrade() could stand.")
        returns = " -> None" if up.returns is not None else ""
        made = self.parsed(f"def downgrade(){returns}:\n{self.style.indented(code)}\n")[0]
        blank = [cst.EmptyLine(indent=False)] * 2
        self._edit(up).after.setdefault(up, []).append(made.with_changes(leading_lines=blank))

    def _add_imports(self, imports: Sequence[Statement]) -> None:
        if not imports:
            return
        edit = self._blocks.setdefault(self.module, BlockEdit())
        present = [n for n in self.module.body if _is_import(n)]
        if present:
            last = present[-1]
            edit.after[last] = [*imports, *edit.after.get(last, [])]
        else:
            blank = cst.EmptyLine(indent=False)
            edit.first += [imports[0].with_changes(leading_lines=[blank]), *imports[1:]]


def _is_import(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.SimpleStatementLine) and all(
        isinstance(item, cst.Import | cst.ImportFrom) for item in node.body
    )
