"""Starts the worker in the project's interpreter: ``PYTHON -u bootstrap.py``.

Runs as a script, so its own folder stands first on sys.path and its modules would be importable by
the project's code: it goes at once. The folder is then loaded as a package under a private name,
without the tool's site-packages. Only syntax that an old Python reads, to be able to say so.

In a container there is no such folder: the tool sends its texts, and they are loaded from memory.
"""

import gc
import json
import os
import sys

PACKAGE = "_opsmig_worker"
TEXTS = globals().get("TEXTS", {})  # "main.py" -> its text, where the tool sent them
FOLDER = "/<opsmig>" if TEXTS else os.path.dirname(os.path.abspath(__file__))
OLDEST = (3, 9)


def main():
    # type: () -> None
    sys.path[:] = [p for p in sys.path if p != "" and os.path.abspath(p) != FOLDER]
    if sys.version_info[:2] < OLDEST:
        found = ".".join(map(str, sys.version_info[:2]))
        refuse("The project's Python is " + found + "; opsmig's worker needs 3.9 or newer")
        return
    if TEXTS:
        try:
            os.chdir(globals()["ROOT"])
        except OSError as error:
            reason = "There is no " + globals()["ROOT"] + " in " + globals()["SERVICE"]
            refuse(reason + " (" + str(error.strerror) + "); is the container as new as its file?")
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

    if TEXTS:
        sys.meta_path.insert(0, Sent())  # type: ignore[arg-type]
    else:
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


class Sent:
    """Finds and loads the worker's modules among the texts that were sent."""

    def find_spec(self, name, path=None, target=None):
        # type: (str, object, object) -> object
        from importlib.util import spec_from_loader

        top, _, rest = name.partition(".")
        file = rest.replace(".", "/")
        inside = (file + "/" if file else "") + "__init__.py"
        found = inside if inside in TEXTS else file + ".py"
        if top != PACKAGE or found not in TEXTS:
            return None
        loader = self  # type: object
        return spec_from_loader(
            name,
            loader,  # type: ignore[arg-type]
            origin=FOLDER + "/" + found,
            is_package=found == inside,
        )

    def create_module(self, spec):
        # type: (object) -> None
        return None

    def exec_module(self, module):
        # type: (object) -> None
        origin = module.__spec__.origin  # type: ignore[attr-defined]
        text = TEXTS[origin[len(FOLDER) + 1 :]]
        exec(compile(text, origin, "exec", dont_inherit=True), module.__dict__)


def refuse(reason):
    # type: (str) -> None
    """One `failed` event on stdout, naming the interpreter, and no traceback."""
    message = reason + ": " + sys.executable
    event = {"id": None, "event": "failed", "kind": "dependency", "message": message}
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
