"""Starts the worker in the project's interpreter: ``PYTHON -u bootstrap.py``.

Runs as a script, so its own folder stands first on sys.path and its modules would be importable by
the project's code: it goes at once. The folder is then loaded as a package under a private name,
without the tool's site-packages. Only syntax that an old Python reads, to be able to say so.
"""

import gc
import json
import os
import sys

PACKAGE = "_opsmig_worker"
FOLDER = os.path.dirname(os.path.abspath(__file__))
OLDEST = (3, 9)


def main():
    # type: () -> None
    sys.path[:] = [p for p in sys.path if p != "" and os.path.abspath(p) != FOLDER]
    if sys.version_info[:2] < OLDEST:
        found = ".".join(map(str, sys.version_info[:2]))
        refuse("The project's Python is " + found + "; opsmig's worker needs 3.9 or newer")
        return
    gc.disable()  # nothing that an import makes is garbage: looking for some takes a seventh of it
    try:
        import alembic  # noqa: F401
        import sqlalchemy  # noqa: F401
    except ImportError as error:
        refuse("alembic cannot be imported by the project's Python (" + str(error) + ")")
        return
    import importlib
    import importlib.util

    spec = importlib.util.spec_from_file_location(
        PACKAGE, os.path.join(FOLDER, "__init__.py"), submodule_search_locations=[FOLDER]
    )
    package = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)  # type: ignore[union-attr]
    serve = importlib.import_module(PACKAGE + ".main").main
    gc.freeze()
    gc.enable()
    serve()


def refuse(reason):
    # type: (str) -> None
    """One `failed` event on stdout, naming the interpreter, and no traceback."""
    message = reason + ": " + sys.executable
    event = {"id": None, "event": "failed", "kind": "dependency", "message": message}
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
