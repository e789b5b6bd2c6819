"""What programs and other plugins may use of the collaborative plugin."""

from crmkit.plugins.collaborative.handovers.handovers import Handovers
from crmkit.plugins.collaborative.handovers.model import Handover
from crmkit.plugins.collaborative.handovers.record_type import HandoverTold

__all__ = ["Handover", "HandoverTold", "Handovers"]
