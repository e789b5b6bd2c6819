"""Undo: one way to take back whatever can be taken back."""

from crmkit.core.undo.values import Action, Left, Undoable, UndoPreview, UndoReceipt

__all__ = ["Action", "Left", "UndoPreview", "UndoReceipt", "Undoable"]
