"""What programs and other plugins may use of the operational plugin."""

from crmkit.plugins.operational.loyalty.coupons import Coupons
from crmkit.plugins.operational.loyalty.importing import PointsImport
from crmkit.plugins.operational.loyalty.loyalty import Loyalty, Moved
from crmkit.plugins.operational.loyalty.model import (
    Coupon,
    CouponMoved,
    PointsMoved,
    RewardRedeemed,
    Statement,
    StatementLine,
    TierChanged,
)
from crmkit.plugins.operational.tasks.model import Task
from crmkit.plugins.operational.tasks.tasks import Tasks

__all__ = [
    "Coupon", "CouponMoved", "Coupons", "Loyalty", "Moved", "PointsImport", "PointsMoved", "RewardRedeemed",
    "Statement", "StatementLine", "Task", "Tasks", "TierChanged",
]  # fmt: skip
