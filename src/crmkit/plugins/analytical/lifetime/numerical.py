"""The numerical libraries, which come with the plugin's extra."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from crmkit import ExtraMissing
from crmkit.plugin import phrase


def has_numbers() -> bool:
    """Whether they are installed."""
    return all(find_spec(name) is not None for name in ("numpy", "scipy"))


def require_numbers() -> None:
    """Raise `ExtraMissing`, with the install line, unless numpy and scipy are there."""
    for name in ("numpy", "scipy"):
        try:
            import_module(name)
        except ImportError:
            raise ExtraMissing(
                phrase("Lifetime value is worked out with {name}, which is not installed", name=name),
                hint="Install it: pip install 'crmkit[analytical]'",
            ) from None
