"""Work a vendor does on an asset."""

import enum
from datetime import date

from sqlalchemy import BigInteger, Date, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import BaseModel, pg_enum


class WorkOrderState(enum.StrEnum):
    OPEN = "open"
    SCHEDULED = "scheduled"
    DONE = "done"
    ON_HOLD = "on_hold"


class WorkOrder(BaseModel):
    __tablename__ = "work_order"
    __table_args__ = (
        Index("ix_work_order_open", "due_on", postgresql_where=text("closed_on IS NULL")),
        Index("ix_work_order_priority", "priority", "due_on"),
    )

    asset_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ops.asset.id"), index=True)
    agreement_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("ops.agreement.id"), index=True
    )
    title: Mapped[str] = mapped_column(String(160))
    state: Mapped[WorkOrderState] = mapped_column(pg_enum(WorkOrderState, "work_order_state"))
    due_on: Mapped[date] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)
    notes: Mapped[str | None] = mapped_column(Text)
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="3")
