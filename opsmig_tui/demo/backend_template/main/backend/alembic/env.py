"""Alembic's environment: which database, which models, what to compare."""

from logging.config import fileConfig

from alembic import context
from sqlalchemy import create_engine, pool

from models import BaseModel, settings

config = context.config
if config.config_file_name is not None:
    fileConfig(config.config_file_name, disable_existing_loggers=False)


def include_object(obj, name, type_, reflected, compare_to):
    """Compare our own schema only: what else lives in the database is not ours."""
    if type_ == "table":
        return obj.schema == BaseModel.metadata.schema
    return True


OPTIONS = {
    "target_metadata": BaseModel.metadata,
    "include_schemas": True,
    "include_object": include_object,
    "compare_type": True,
}


def run_migrations_offline() -> None:
    """Write the SQL instead of running it (`alembic upgrade --sql`)."""
    context.configure(url=settings.database_url(), literal_binds=True, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online() -> None:
    """Run on the database, all pending revisions in one transaction."""
    engine = create_engine(
        settings.database_url(),
        poolclass=pool.NullPool,
        # The role is named like our schema, which would make that one the default.
        connect_args={"options": "-c search_path=public"},
    )
    with engine.connect() as connection:
        context.configure(connection=connection, **OPTIONS)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
