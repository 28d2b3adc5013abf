"""What vendors charge."""

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, Date, ForeignKey, Integer, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import BaseModel


class Invoice(BaseModel):
    __tablename__ = "invoice"

    vendor_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ops.vendor.id"), index=True)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    issued_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    total: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))


class InvoiceLine(BaseModel):
    __tablename__ = "invoice_line"

    invoice_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ops.invoice.id"), index=True)
    work_order_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("ops.work_order.id"))
    description: Mapped[str] = mapped_column(String(160))
    quantity: Mapped[int] = mapped_column(Integer)
    unit_price: Mapped[Decimal] = mapped_column(Numeric(12, 2))
