"""What an interaction was about, in one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, is_typeddict

from crmkit.core.model.interaction import Interaction

if TYPE_CHECKING:
    from crmkit.core.words.registry import Words

# In the order of what says most in a line.
_TELLING: Final = ("subject", "text", "reason", "summary", "reference")


def summary_of(interaction: Interaction, words: Words) -> str:
    """The line that the interaction's type makes of it, else what its payload says in words.

    Of a type that nobody knows any more, because its plugin is gone, all that its payload says is told.
    """
    word = words.interaction_types.get(interaction.type)
    payload = interaction.payload
    if word is not None and word.summary is not None and _fits(word.payload, payload):
        return word.summary(payload)
    said = (
        payload if isinstance(payload, Mapping) else {name: getattr(payload, name, "") for name in _TELLING}
    )
    telling = next((name for name in _TELLING if said.get(name)), None)
    text = str(said[telling]) if telling else ""
    if isinstance(payload, Mapping) and (word is None or not text):
        rest = ", ".join(_in_words({key: value for key, value in payload.items() if key != telling}))
        text = f"{text} ({rest})" if text and rest else text or rest
    return " ".join(text.split())


def _fits(declared: type | None, payload: object) -> bool:
    """Whether the payload is what the type is now; a mapping is also what it was in another version."""
    return declared is None or is_typeddict(declared) or not isinstance(payload, Mapping)


def _in_words(payload: Mapping[str, Any]) -> Iterator[str]:
    """What stands in a payload, such as `rating: 4`; nothing that is nested."""
    for key, value in payload.items():
        if value is not None and value != "" and not isinstance(value, (Mapping, list)):
            yield f"{key.replace('_', ' ')}: {value}"
