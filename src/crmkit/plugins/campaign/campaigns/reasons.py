"""What campaigns say of why something was not sent, as it is on record in English."""

from __future__ import annotations

from typing import Final

from crmkit.plugin import N_

TOO_MANY: Final = N_("{number} at once, and max_audience is {most}")
CANCELLED_BY: Final = N_("cancelled by {name}")
REASONS: Final = (TOO_MANY,)
