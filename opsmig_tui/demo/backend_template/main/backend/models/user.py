"""Who works with the application."""

import enum

from sqlalchemy import Boolean, String, true
from sqlalchemy.orm import Mapped, mapped_column

from models.base import BaseModel, pg_enum


class UserRole(enum.StrEnum):
    VIEWER = "viewer"
    DISPATCHER = "dispatcher"
    ADMIN = "admin"


class User(BaseModel):
    __tablename__ = "app_user"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    full_name: Mapped[str] = mapped_column(String(120))
    role: Mapped[UserRole] = mapped_column(pg_enum(UserRole, "user_role"))
    active: Mapped[bool] = mapped_column(Boolean, server_default=true())
