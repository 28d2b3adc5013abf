"""Walking over the tokens of one SQL statement."""

from __future__ import annotations

from dataclasses import dataclass

from opsmig_tui.review.sql_tokens import Token
from opsmig_tui.review.values import HOLE

_OPEN, _CLOSE = "([", ")]"


@dataclass
class Cursor:
    """A position in the tokens of a statement. Past the end there is nothing, never an error."""

    tokens: list[Token]
    sql: str
    at: int = 0

    @property
    def done(self) -> bool:
        return self.at >= len(self.tokens)

    @property
    def token(self) -> Token | None:
        return None if self.done else self.tokens[self.at]

    def word(self, offset: int = 0) -> str:
        """The keyword `offset` tokens ahead, lower case, "" when there is none."""
        at = self.at + offset
        if at >= len(self.tokens) or self.tokens[at].kind != "word":
            return ""
        return self.tokens[at].text

    def take(self, *words: str) -> bool:
        """Step over these keywords if they all come next."""
        if all(self.word(offset) == word for offset, word in enumerate(words)):
            self.at += len(words)
            return True
        return False

    def any_of(self, *words: str) -> str:
        """Step over one of these keywords and say which."""
        word = self.word()
        if word and word in words:
            self.at += 1
            return word
        return ""

    def mark(self, text: str) -> bool:
        token = self.token
        if token is not None and token.kind == "mark" and token.text == text:
            self.at += 1
            return True
        return False

    def string(self) -> str | None:
        """Step over a string constant. None: there is none, or it is put together at run time."""
        token = self.token
        if token is None or token.kind != "string":
            return None
        self.at += 1
        return None if HOLE in token.text else token.text

    def part(self) -> str | None:
        """One identifier; None when there is none or it is put together at run time."""
        token = self.token
        if token is None or token.kind not in ("word", "quoted"):
            return None
        self.at += 1
        return None if HOLE in token.text else token.text

    def name(self) -> tuple[str | None, str | None]:
        """(schema, name) of a possibly qualified name."""
        parts = [self.part()]
        while self.mark("."):
            parts.append(self.part())
        return (parts[-2] if len(parts) > 1 else None), parts[-1]

    def group(self) -> Cursor | None:
        """Step over a parenthesised group; its inside."""
        if not self.mark("("):
            return None
        start, depth = self.at, 1
        while not self.done:
            token = self.tokens[self.at]
            if token.kind == "mark":
                depth += (token.text in _OPEN) - (token.text in _CLOSE)
            self.at += 1
            if depth == 0:
                return Cursor(self.tokens[start : self.at - 1], self.sql)
        return Cursor(self.tokens[start:], self.sql)

    def split(self) -> list[Cursor]:
        """What is left, cut at the commas outside parentheses."""
        pieces: list[list[Token]] = [[]]
        depth = 0
        for token in self.tokens[self.at :]:
            if token.kind == "mark":
                depth += (token.text in _OPEN) - (token.text in _CLOSE)
                if token.text == "," and depth <= 0:
                    pieces.append([])
                    continue
            pieces[-1].append(token)
        return [Cursor(piece, self.sql) for piece in pieces if piece]

    def names(self) -> tuple[str, ...]:
        """A parenthesised list of names; what is no plain name (an expression) is left out."""
        inner = self.group()
        if inner is None:
            return ()
        found = (item.part() for item in inner.split() if item.word(1) or len(item.tokens) == 1)
        return tuple(name for name in found if name is not None)

    def has(self, *words: str) -> bool:
        """Whether these keywords stand in a row, outside parentheses, anywhere from here."""
        depth = 0
        for at in range(self.at, len(self.tokens)):
            token = self.tokens[at]
            if token.kind == "mark":
                depth += (token.text in _OPEN) - (token.text in _CLOSE)
            elif depth == 0 and token.kind == "word" and token.text == words[0]:
                ahead = self.tokens[at : at + len(words)]
                if [item.text for item in ahead] == list(words):
                    return True
        return False

    def rest(self) -> str:
        """The SQL from here to the end."""
        return self.text(self.at, len(self.tokens))

    def text(self, start: int, end: int) -> str:
        """The SQL between two token positions."""
        if start >= end:
            return ""
        return self.sql[self.tokens[start].start : self.tokens[end - 1].end]
