"""Undo: one way to take back whatever can be taken back."""
