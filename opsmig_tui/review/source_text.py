"""A file's bytes as text with plain line ends, and back: encoding, BOM and ends survive."""

from __future__ import annotations

import codecs
import difflib
import io
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path

from opsmig_tui.project.errors import OpsmigError
from opsmig_tui.review.migration import decode

_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class SourceText:
    """`text` as the review reads it; `data` the bytes it came from."""

    path: Path
    data: bytes
    text: str

    def encode(self, new: str) -> bytes:
        """The new text as the file has its lines: those that stay end as they did, new ones as most
        do. Raises OpsmigError for a character that the file's encoding lacks."""
        encoding = _encoding(self.data)
        ends = _END.findall(self.data.decode(encoding))
        if set(ends) - {"\n"}:
            new = self._with_ends(new, ends)
        try:
            body = new.encode(encoding)
        except UnicodeEncodeError as error:
            character = new[error.start]
            raise OpsmigError(
                f"{self.path.name} is {encoding} text, which has no {character!r}."
            ) from None
        return codecs.BOM_UTF8 + body if self.data.startswith(codecs.BOM_UTF8) else body

    def _with_ends(self, new: str, ends: list[str]) -> str:
        usual = max(sorted(set(ends)), key=ends.count)
        lines = new.split("\n")
        kept = [usual] * (len(lines) - 1)
        if len(set(ends)) > 1:
            matcher = difflib.SequenceMatcher(None, self.text.split("\n"), lines, autojunk=False)
            for block in matcher.get_matching_blocks():
                for at in range(block.size):
                    if block.a + at < len(ends) and block.b + at < len(kept):
                        kept[block.b + at] = ends[block.a + at]
        return "".join(line + end for line, end in zip(lines, [*kept, ""], strict=True))


def source_text(path: Path, data: bytes) -> SourceText:
    """Raises NotReviewable where the bytes are no text."""
    return SourceText(path, data, decode(path, data))


def _encoding(data: bytes) -> str:
    head = io.BytesIO(b"\n".join(data.split(b"\n")[:2]).decode("ascii", "ignore").encode())
    return tokenize.detect_encoding(head.readline)[0].removesuffix("-sig")
