"""Merging: customers who turned out to be the same become one, and can be told apart again."""

from crmkit.core.merging.service import Merging
from crmkit.core.merging.values import MergePreview, MergeReceipt, MergeRun, UnmergeReceipt

__all__ = ["MergePreview", "MergeReceipt", "MergeRun", "Merging", "UnmergeReceipt"]
