"""Interactions: recording them, correcting them and reading them back."""

from crmkit.core.interactions.asof import current_as_of, known_and_current
from crmkit.core.interactions.recording import Recording
from crmkit.core.interactions.service import Interactions
from crmkit.core.interactions.totals import TypeTotal

__all__ = ("Interactions", "Recording", "TypeTotal", "current_as_of", "known_and_current")
