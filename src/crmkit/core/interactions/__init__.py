"""Interactions: recording them, correcting them and reading them back."""
