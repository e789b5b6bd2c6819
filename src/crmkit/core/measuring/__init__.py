"""Did it work? Groups by chance, what was seen in them, and what that says: statistics without any I/O."""

from crmkit.core.measuring.assignment import arm
from crmkit.core.measuring.comparison import CONTROL, Arm, Comparison, Difference, compare
from crmkit.core.measuring.interval import Interval
from crmkit.core.measuring.ratio import SampleRatio, sample_ratio
from crmkit.core.measuring.sample import Counted, Measured
from crmkit.core.measuring.sequential import Sizes
from crmkit.core.measuring.verdict import Verdict, judge

__all__ = (
    "CONTROL",
    "Arm",
    "Comparison",
    "Counted",
    "Difference",
    "Interval",
    "Measured",
    "SampleRatio",
    "Sizes",
    "Verdict",
    "arm",
    "compare",
    "judge",
    "sample_ratio",
)
