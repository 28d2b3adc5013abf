"""A private server in the stead of the project's own: the roles that the original has, for its
schema to refer to and for env.py to come as. None of them is a superuser there."""

from __future__ import annotations

from collections.abc import Sequence

from .side import SideConnection

# Superusers of the original are none here: what they own runs as them.
_ROLES = """
SELECT rolname::text, quote_ident(rolname),
  CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END
  || CASE WHEN rolinherit THEN ' INHERIT' ELSE ' NOINHERIT' END
  || CASE WHEN rolbypassrls THEN ' BYPASSRLS' ELSE '' END
FROM pg_catalog.pg_roles WHERE NOT starts_with(rolname::text, 'pg_') ORDER BY 1
"""
# Those that run programs and read files of the server's machine would do so on this one.
_MEMBERS = """
SELECT DISTINCT pg_get_userbyid(roleid)::text, quote_ident(pg_get_userbyid(roleid)),
  quote_ident(pg_get_userbyid(member))
FROM pg_catalog.pg_auth_members WHERE pg_get_userbyid(roleid) NOT IN
  ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files') ORDER BY 1, 3
"""
_THERE = "SELECT rolname::text FROM pg_catalog.pg_roles"
_AVAILABLE = "SELECT name::text FROM pg_catalog.pg_available_extensions"
_TELLS = """
SELECT system_identifier::text, current_setting('server_version')
FROM pg_catalog.pg_control_system()
"""
_LEFT_OUT = (
    "default_tablespace",
    "temp_tablespaces",
    "session_preload_libraries",
    "local_preload_libraries",
)
"""Settings that name what only the original's machine has: nobody could connect."""


def copy_roles(own: SideConnection, there: SideConnection) -> None:
    """All that are not there yet, and who is a member of whom. Raises what the driver raises."""
    known = {name for (name,) in there.ask(_THERE)}
    roles = own.ask(_ROLES)
    new = [f"CREATE ROLE {quoted} {how}" for name, quoted, how in roles if name not in known]
    known.update(name for name, _, _ in roles)
    grants = [
        f"GRANT {role} TO {member}" for name, role, member in own.ask(_MEMBERS) if name in known
    ]
    there.ask_all(new + grants)


def missing_extensions(there: SideConnection, extensions: Sequence[str]) -> tuple[str, ...]:
    """Those that the server there has no files of."""
    available = {name for (name,) in there.ask(_AVAILABLE)}
    return tuple(name for name in extensions if name not in available)


def identity_of(there: SideConnection) -> tuple[str, str]:
    """(system identifier, version) as the server tells of itself."""
    system, version = there.ask(_TELLS)[0]
    return str(system), str(version)


def fits(setting: str) -> bool:
    """Whether a setting ("name=value") of the original can hold there."""
    return setting.partition("=")[0] not in _LEFT_OUT
