"""Undo: one way to take back whatever can be taken back."""

from crmkit.core.undo.values import KINDS, Action, Left, Undoable, UndoPreview, UndoReceipt

__all__ = ["KINDS", "Action", "Left", "UndoPreview", "UndoReceipt", "Undoable"]
