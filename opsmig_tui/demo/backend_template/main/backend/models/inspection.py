"""Safety inspections of assets."""

import enum
from datetime import date

from sqlalchemy import BigInteger, Date, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import BaseModel, pg_enum


class InspectionResult(enum.StrEnum):
    PASSED = "passed"
    REMARKS = "remarks"
    FAILED = "failed"


class Inspection(BaseModel):
    __tablename__ = "inspection"

    asset_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ops.asset.id"), index=True)
    inspected_on: Mapped[date] = mapped_column(Date)
    result: Mapped[InspectionResult] = mapped_column(pg_enum(InspectionResult, "inspection_result"))
    remarks: Mapped[str | None] = mapped_column(Text)
    inspector_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("ops.app_user.id"))
