"""`python -m tests.history.imported SCRIPTS VERSIONS ROUNDS`: alembic's own answer, as JSON.

What the revision files import beside alembic and SQLAlchemy is made up, so that nothing of the
package they come from has to be installed, or runs.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

REAL = ("alembic", "sqlalchemy", "mako", "markupsafe", "greenlet", "typing_extensions")


class MadeUp(MetaPathFinder, Loader):
    """Every module that is neither Python's own nor of `REAL`: whatever is asked of it is there."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names or top in REAL:
            return None
        return ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = ModuleType(spec.name)
        module.__getattr__ = lambda name: _thing(name)  # type: ignore[method-assign]
        return module

    def exec_module(self, module: ModuleType) -> None:
        pass


class Thing(MagicMock):
    """Anything; as a base class nothing, and where SQLAlchemy wants an expression, one."""

    is_clause_element = False

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return ()

    def __clause_element__(self) -> Any:
        import sqlalchemy

        return sqlalchemy.literal_column("made_up")


def _thing(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return Thing(name=name)


def main(scripts: str, versions: str, rounds: str) -> None:
    from alembic.script import ScriptDirectory
    from alembic.util.langhelpers import to_tuple

    sys.meta_path.insert(0, MadeUp())

    def load() -> tuple[float, Any, list[Any]]:
        began = time.process_time()
        directory = ScriptDirectory(scripts, version_locations=[versions])
        loaded = list(directory.walk_revisions())
        directory.get_heads()
        directory.get_bases()
        return (time.process_time() - began) * 1000, directory, loaded

    load()  # into the page cache, bytecode written
    times = [load()[0] for _ in range(int(rounds))]
    _, directory, loaded = load()
    answer = {
        "ms": min(times),
        "heads": sorted(directory.get_heads()),
        "bases": sorted(directory.get_bases()),
        "revisions": {
            one.revision: [
                list(to_tuple(one.down_revision, ())),
                list(to_tuple(one.dependencies, ())),
                sorted(one._orig_branch_labels),
                one.doc.partition("\n")[0],
                one.longdoc,
                one.path,
            ]
            for one in loaded
        },
    }
    print("\n" + json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
