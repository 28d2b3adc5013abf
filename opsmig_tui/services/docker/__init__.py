"""The Docker engine through its SDK: which one it is, what it says of the database's container."""

from __future__ import annotations

from .ask import DockerAnswer, database_container
from .container import ContainerState

__all__ = ["ContainerState", "DockerAnswer", "database_container"]
