"""Mass edits: one change to all customers for whom a condition holds, previewed and undoable."""

from crmkit.core.editing.editing import Editing
from crmkit.core.editing.values import Changes, EditReport, Skipped

__all__ = ["Changes", "EditReport", "Editing", "Skipped"]
