"""What an interaction was about, in one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

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
    if not text and isinstance(payload, Mapping):
        text = ", ".join(_in_words(payload))
    return " ".join(str(text).split())


def _in_words(payload: Mapping[str, Any]) -> Iterator[str]:
    """What stands in a payload of a type that is unknown, such as `rating: 4`; nothing that is nested."""
    for key, value in payload.items():
        if value is not None and value != "" and not isinstance(value, (Mapping, list)):
            yield f"{key.replace('_', ' ')}: {value}"
