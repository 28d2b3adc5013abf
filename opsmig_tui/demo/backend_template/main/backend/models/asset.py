"""What is looked after: vehicles, generators, lifts."""

import enum
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Integer, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import BaseModel, pg_enum


class AssetClass(enum.StrEnum):
    VEHICLE = "vehicle"
    GENERATOR = "generator"
    LIFT = "lift"


class Asset(BaseModel):
    __tablename__ = "asset"
    __versioned__ = True

    site_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ops.site.id"), index=True)
    tag: Mapped[str] = mapped_column(String(20), unique=True)
    asset_class: Mapped[AssetClass] = mapped_column(pg_enum(AssetClass, "asset_class"))
    model: Mapped[str] = mapped_column(String(80))
    in_service_since: Mapped[date | None] = mapped_column(Date)
    odometer_m: Mapped[int | None] = mapped_column(Integer)
    telemetry: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
