"""Exporting: customers, interactions and records out to files."""

from crmkit.core.exporting.exporting import Exporting
from crmkit.core.exporting.report import ExportReport

__all__ = ["ExportReport", "Exporting"]
