"""The words that an ambiguous name could mean."""

from __future__ import annotations

from typing import Any

from crmkit.core.words.vocabulary import Vocabulary


def candidates(vocabulary: Vocabulary[Any], name: str) -> list[str]:
    """The stored names that end in `.name`."""
    return sorted(each for each in vocabulary.names if each.endswith(f".{name}"))
