"""The colours of the two themes. Without rich and textual, for the frame painted before them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Colours:
    """One theme's colours as #rrggbb. The first group are grounds and lines, the rest is text."""

    background: str
    raised: str
    cursor: str
    cursor_blurred: str
    added_ground: str
    removed_ground: str
    added_word: str
    removed_word: str
    match_ground: str
    edge: str
    edge_focus: str
    text: str
    dim: str
    faint: str
    accent: str
    applied: str
    pending: str
    current: str
    added: str
    removed: str
    changed: str
    error: str
    warning: str
    note: str
    code_keyword: str
    code_string: str
    code_number: str
    code_comment: str
    code_name: str
    code_decorator: str


DARK = Colours(
    background="#14171c",
    raised="#1b1f26",
    cursor="#2b3442",
    cursor_blurred="#20262f",
    added_ground="#16261f",
    removed_ground="#2c1a1f",
    added_word="#1b3927",
    removed_word="#4d232c",
    match_ground="#5a4a12",
    edge="#3b4452",
    edge_focus="#6fa8dc",
    text="#dbe0e8",
    dim="#a3adbb",
    faint="#929cab",
    accent="#82b6e8",
    applied="#86c58c",
    pending="#e2b45f",
    current="#6fd3d8",
    added="#86c58c",
    removed="#f0898f",
    changed="#e2b45f",
    error="#ff7f7f",
    warning="#e8b85c",
    note="#8db9f2",
    code_keyword="#c5a0ec",
    code_string="#a5cf95",
    code_number="#eaaf85",
    code_comment="#98a2b0",
    code_name="#85bdf5",
    code_decorator="#e3c17c",
)

LIGHT = Colours(
    background="#fbfbfa",
    raised="#f2f3f4",
    cursor="#dce6f2",
    cursor_blurred="#ebeef2",
    added_ground="#e7f4e9",
    removed_ground="#fbe9ea",
    added_word="#c3e8ca",
    removed_word="#f8d2d4",
    match_ground="#ffe28a",
    edge="#c3c9d1",
    edge_focus="#2f6fb5",
    text="#20252c",
    dim="#4d5663",
    faint="#566070",
    accent="#1f5f9f",
    applied="#216e2f",
    pending="#855000",
    current="#08666e",
    added="#216e2f",
    removed="#a8222e",
    changed="#855000",
    error="#b3151f",
    warning="#855000",
    note="#2257a8",
    code_keyword="#75359f",
    code_string="#2b6a26",
    code_number="#99410a",
    code_comment="#566070",
    code_name="#1c5796",
    code_decorator="#7a5200",
)
