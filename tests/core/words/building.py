"""Words without a business."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crmkit.core.words.registry import AnyWord, Registry, Words


def build_words(groups: Iterable[tuple[str, Sequence[AnyWord]]]) -> Words:
    """Words of owners that keep plain names (the core, `crm.toml`, bundled plugins)."""
    registry = Registry()
    for owner, words in groups:
        registry.add(owner, words)
    return registry.words()
