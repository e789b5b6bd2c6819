"""What an interaction was about, in one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from crmkit.core.model.interaction import Interaction

if TYPE_CHECKING:
    from crmkit.core.words.registry import Words

# In the order of what says most in a line.
_TELLING: Final = ("subject", "text", "reason", "summary", "reference")


def summary_of(interaction: Interaction, words: Words) -> str:
    """The line that the interaction's type makes of it, else what its payload says in words."""
    word = words.interaction_types.get(interaction.type)
    payload = interaction.payload
    fits = word is not None and (word.payload is None or not isinstance(payload, Mapping))
    if word is not None and word.summary is not None and fits:
        return word.summary(payload)
    said = (
        payload if isinstance(payload, Mapping) else {name: getattr(payload, name, "") for name in _TELLING}
    )
    text = next((said[name] for name in _TELLING if said.get(name)), "")
    return " ".join(str(text).split())
