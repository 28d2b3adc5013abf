"""The companies that work for us."""

import enum
from decimal import Decimal

from sqlalchemy import CheckConstraint, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import BaseModel, pg_enum


class VendorStatus(enum.StrEnum):
    PROSPECT = "prospect"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Vendor(BaseModel):
    __tablename__ = "vendor"
    __versioned__ = True
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("rating BETWEEN 0 AND 5", name="rating_range"),
    )

    number: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120), index=True)
    status: Mapped[VendorStatus] = mapped_column(pg_enum(VendorStatus, "vendor_status"))
    country: Mapped[str] = mapped_column(String(2))
    rating: Mapped[Decimal | None] = mapped_column(Numeric(2, 1))
