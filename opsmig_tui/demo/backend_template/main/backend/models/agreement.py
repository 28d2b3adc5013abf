"""What was agreed with a vendor, for how long and at what price."""

import enum
from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Numeric, String, false
from sqlalchemy.orm import Mapped, mapped_column

from models.base import BaseModel, pg_enum


class AgreementState(enum.StrEnum):
    DRAFT = "draft"
    SIGNED = "signed"
    TERMINATED = "terminated"


class Agreement(BaseModel):
    __tablename__ = "agreement"
    __versioned__ = True

    vendor_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ops.vendor.id"), index=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    nickname: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[AgreementState] = mapped_column(pg_enum(AgreementState, "agreement_state"))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    monthly_fee: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    renews: Mapped[bool] = mapped_column(Boolean, server_default=false())
    currency: Mapped[str] = mapped_column(String(3))
