"""Where the work is done, and whom to call there."""

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import BaseModel


class Site(BaseModel):
    __tablename__ = "site"

    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    city: Mapped[str] = mapped_column(String(80))
    timezone: Mapped[str] = mapped_column(String(40), server_default="UTC")


class Contact(BaseModel):
    __tablename__ = "contact"

    site_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ops.site.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
