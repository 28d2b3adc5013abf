"""Which service of a compose file is the database, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass

from opsmig_tui.project.errors import OpsmigError

from .read import ComposeFile, ComposeService

_DATABASE_IMAGE = re.compile(
    r"(?:^|[/_-])(?:postgres|postgresql|postgis|timescaledb|timescaledb-ha|pgvector|citus|paradedb"
    r"|spilo|pgautoupgrade)(?:$|[:@])"
)
_DATABASE_NAMES = ("db", "database", "postgres", "postgresql", "pg", "pgdb", "db-postgres")


@dataclass(frozen=True)
class ServiceChoice:
    """Which service serves the database and, in words, why; `service` is "" when none does."""

    service: str
    reason: str


def choose_service(compose: ComposeFile, setting: str | None = None) -> ServiceChoice:
    """The service that serves the database: the setting, else by image, else by name.

    Raises OpsmigError when the setting names a service that is not in the files.
    """
    names = [service.name for service in compose.services]
    if setting is not None:
        if setting not in names:
            raise OpsmigError(
                f"database-service {setting!r} of the settings is not in {compose.path}, which has "
                f"{', '.join(names)}."
            )
        return ServiceChoice(setting, "database-service in the settings")
    by_image = [service for service in compose.services if _DATABASE_IMAGE.search(service.image)]
    if by_image:
        best = min(by_image, key=lambda one: _preference(one, compose.profiles))
        reason = f"image {best.image}"
        if len(by_image) > 1:
            others = ", ".join(service.name for service in by_image if service is not best)
            reason += f" (also {others}: database-service in the settings decides)"
        return ServiceChoice(best.name, reason)
    by_name = next((name for name in _DATABASE_NAMES if name in names), None)
    if by_name is not None:
        return ServiceChoice(by_name, "by its name")
    return ServiceChoice("", f"no service of {compose.path.name} looks like a database")


def _preference(service: ComposeService, active: frozenset[str]) -> tuple[bool, bool, bool]:
    """One that plain ``up`` starts, not the test database, rather one with a telling name; then the
    file's order."""
    asleep = bool(service.profiles) and "*" not in active and active.isdisjoint(service.profiles)
    return asleep, "test" in service.name, service.name not in _DATABASE_NAMES
