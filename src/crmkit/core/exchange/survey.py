"""A first look at a file: what identifies it, and how many rows it has about."""

from __future__ import annotations

from pathlib import Path

from crmkit.core.exchange.sources import Survey, open_source

__all__ = ["Survey", "survey"]


def survey(path: Path) -> Survey:
    """Read the file once. A `Table` has its survey: who opens the file anyway needs no other look."""
    return open_source(path).survey
