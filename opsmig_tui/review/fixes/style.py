"""How a migration is written: its quotes, its names for alembic and SQLAlchemy."""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import indent

import libcst as cst

from opsmig_tui.review.fixes.model import FixRefused

LONGEST_LINE = 88  # of code that is added, without its indentation; black's line
_USUAL = {
    "alembic.op": "from alembic import op",
    "sqlalchemy": "import sqlalchemy as sa",
    "sqlalchemy.dialects.postgresql": "from sqlalchemy.dialects import postgresql",
}


@dataclass
class Style:
    """`bound` are the file's imported names by what they stand for ("sqlalchemy" → "sa"); `missing`
    are imports that code asked for on the way. `guards`: the project's alembic knows if_exists."""

    quote: str = '"'
    indent: str = "    "
    bound: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    guards: bool = True

    def name(self, path: str) -> str:
        """How the file calls "sqlalchemy.text" or "alembic.op.execute": by the import that it has,
        else by the usual one, which is then added."""
        parts = path.split(".")
        for length in range(len(parts), 0, -1):
            local = self.bound.get(".".join(parts[:length]))
            if local is not None:
                return ".".join([local, *parts[length:]])
        root = max((key for key in _USUAL if path == key or path.startswith(f"{key}.")), key=len)
        statement = _USUAL[root]
        self.missing.append(statement)
        self.bound[root] = statement.split()[-1]
        return self.name(path)

    def quoted(self, text: str) -> str:
        """A literal for the text, in the quotes that the file prefers."""
        if not text.isprintable():
            return repr(text)
        other = "'" if self.quote == '"' else '"'
        quote = min(self.quote, other, key=text.count)  # the file's own, if neither is better
        escaped = text.replace("\\", "\\\\").replace(quote, f"\\{quote}")
        return f"{quote}{escaped}{quote}"

    def call(self, function: str, *arguments: str, **keywords: str | None) -> str:
        """A call in source; keywords that are None are left out. Long ones take a line for each
        argument."""
        items = [*arguments, *(f"{k}={v}" for k, v in keywords.items() if v is not None)]
        short = f"{function}({', '.join(items)})"
        if len(short) <= LONGEST_LINE and "\n" not in short:
            return short
        body = indent(",\n".join(items), self.indent)
        return f"{function}(\n{body},\n)"

    def op(self, name: str, *arguments: str, **keywords: str | None) -> str:
        """``op.name(...)``. Raises FixRefused for what the project's alembic does not know."""
        self.refuse_unknown(*(key for key, value in keywords.items() if value is not None))
        return self.call(self.name(f"alembic.op.{name}"), *arguments, **keywords)

    def refuse_unknown(self, *keywords: str) -> None:
        """Raises FixRefused for if_exists where the project's alembic has none (`guards`)."""
        if not self.guards and {"if_exists", "if_not_exists"}.intersection(keywords):
            raise FixRefused(
                "The project's alembic has no if_exists, which came with 1.12: write the SQL, with "
                "IF EXISTS or IF NOT EXISTS, in op.execute()."
            )

    def execute(self, sql: str) -> str:
        """``op.execute("...")``; colons that would name a parameter are escaped."""
        return self.op("execute", self.quoted(sql))

    def indented(self, code: str) -> str:
        return indent(code, self.indent)

    def autocommit(self) -> str:
        return f"with {self.name('alembic.op')}.get_context().autocommit_block():"


def style_of(module: cst.Module) -> Style:
    """The style of a whole file."""
    counts = _Quotes()
    module.visit(counts)
    quote = "'" if counts.single > counts.double else '"'
    return Style(quote, module.default_indent, _bound(module))


class _Quotes(cst.CSTVisitor):
    def __init__(self) -> None:
        self.single = self.double = 0

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        if len(node.quote) == 1:
            self.single += node.quote == "'"
            self.double += node.quote == '"'


def _bound(module: cst.Module) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in module.body:
        for node in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(node, cst.Import):
                _import(node, found)
            elif isinstance(node, cst.ImportFrom) and not isinstance(node.names, cst.ImportStar):
                base = dotted(node.module)
                for item in node.names:
                    if base and not node.relative:
                        found[f"{base}.{dotted(item.name)}"] = item.evaluated_alias or dotted(
                            item.name
                        )
    return found


def _import(node: cst.Import, found: dict[str, str]) -> None:
    for item in node.names:
        path = dotted(item.name)
        if item.evaluated_alias is not None:
            found[path] = item.evaluated_alias
        else:
            found[path] = path
            found.setdefault(path.partition(".")[0], path.partition(".")[0])


def dotted(node: cst.BaseExpression | None) -> str:
    """ "sqlalchemy.dialects" for the expression that says so, "" for any other."""
    if isinstance(node, cst.Attribute):
        return f"{dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""
