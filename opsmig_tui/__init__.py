"""opsmig: make, review, test, apply and roll back Alembic migrations from one screen."""

__version__ = "0.1.0"
