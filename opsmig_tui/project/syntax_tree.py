"""Syntax trees of the user's files, made by one thread at a time."""

from __future__ import annotations

import ast
import threading
import warnings

# Python 3.11 counts the depth of all trees that are being made in one place: a thread that comes in
# between makes it raise "SystemError: AST constructor recursion depth mismatch" (gh-106905).
# catch_warnings is not made for threads either.
_ONE_AT_A_TIME = threading.Lock()


def syntax_tree(source: str) -> ast.Module:
    """As `ast.parse`, with its errors; an odd escape in somebody's text warns nobody."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def expression_tree(source: str) -> ast.expr:
    """The tree of one expression, as `syntax_tree` that of a file."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source, mode="eval").body
