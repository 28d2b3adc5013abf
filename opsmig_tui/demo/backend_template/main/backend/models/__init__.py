"""The backend's tables. Importing this package registers all of them."""

from models.agreement import Agreement
from models.asset import Asset
from models.base import BaseModel
from models.inspection import Inspection
from models.invoice import Invoice, InvoiceLine
from models.site import Contact, Site
from models.user import User
from models.vendor import Vendor
from models.work_order import WorkOrder

__all__ = [
    "Agreement",
    "Asset",
    "BaseModel",
    "Contact",
    "Inspection",
    "Invoice",
    "InvoiceLine",
    "Site",
    "User",
    "Vendor",
    "WorkOrder",
]
