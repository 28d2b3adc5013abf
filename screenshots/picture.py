"""From a screen of the app to an SVG and a PNG that need nothing from the web."""

from __future__ import annotations

import re
from pathlib import Path

import resvg_py
from textual.app import App

FONT = "DejaVu Sans Mono"
FONT_FACES = re.compile(r"@font-face\s*\{.*?\}\s*", re.DOTALL)
COMMENTS = re.compile(r"\s*<!--.*?-->", re.DOTALL)
FONT_FAMILIES = re.compile(r"font-family:[^;}]*")
FOLDER = Path(__file__).parent


def write(app: App[None], name: str) -> Path:
    """Writes NAME.svg and NAME.png beside this file; returns the PNG's path.

    Textual's SVG loads its font from the web: this one names a font that has every glyph used.
    """
    svg = FONT_FACES.sub("", app.export_screenshot(title="opsmig", simplify=True))
    svg = COMMENTS.sub("", svg)
    svg = FONT_FAMILIES.sub(f"font-family: '{FONT}', monospace", svg)
    (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")
    path = FOLDER / f"{name}.png"
    path.write_bytes(bytes(resvg_py.svg_to_bytes(svg_string=svg, font_family=FONT)))
    return path
