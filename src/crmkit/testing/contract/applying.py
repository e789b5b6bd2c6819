"""What a check may answer besides faults."""

from __future__ import annotations


class NotConcerned(Exception):
    """The check has nothing to look at in this plugin; the text says why."""
