"""The last comparison of models and database, for as long as it would come out the same."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Optional

from alembic.autogenerate import comparators

from .fingerprint import catalog_fingerprint
from .protocol import DriftOperation, SchemaObject
from .quick import stamps


@dataclass(frozen=True)
class Compared:
    """What was found, and of what: the catalog, and the files that env.py may have read.

    The models are those this worker imported; changed ones are imported by another.
    """

    key: tuple[Any, ...]
    operations: tuple[DriftOperation, ...]


def key_of(
    root: str, context: Any, snapshot: Optional[Iterable[SchemaObject]] = None
) -> Optional[tuple[Any, ...]]:
    """Equal to an earlier one where comparing again would find the same; None: always compare.

    A `snapshot` of the schema tells it also of what is going to be rolled back, and is made anew
    each time with other numbers.
    """
    if any(not module.startswith("alembic.") for module in _comparing()):
        return None  # what a plugin compares may lie in rows
    catalog: Any
    if snapshot is not None:
        catalog = frozenset((one.kind, one.object, one.name, one.definition) for one in snapshot)
    else:
        catalog = catalog_fingerprint(context.connection)
    if catalog is None:
        return None
    return catalog, stamps(root, str(context.script.dir) if context.script else "")


def _comparing() -> Iterator[str]:
    """The modules that autogenerate's comparisons come from."""
    plugins: Any = sys.modules.get("alembic.runtime.plugins")  # alembic 1.18
    yield from getattr(plugins, "_all_plugins", ())
    registered: list[Any] = list(getattr(comparators, "_registry", {}).values())
    while registered:
        one = registered.pop()
        if isinstance(one, (list, tuple)):
            registered += one
        elif callable(one):
            yield str(getattr(one, "__module__", ""))
