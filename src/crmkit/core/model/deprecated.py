"""That a word or a setting of a plugin will go, as the plugin declares it beside the word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field, frozen

if TYPE_CHECKING:
    from attrs import Attribute


def _said(_: object, attribute: Attribute[str], value: Any) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{attribute.name} of what is deprecated is a text, not {value!r}")


@frozen(kw_only=True)
class Deprecated:
    """A word or a setting that still works and will go.

    `since` is the version of the plugin that said so first, such as `0.4`; `instead` is the word or the key
    to use, or a few words on what to do. `until`, where that is settled, is the first version without it.
    """

    since: str = field(validator=_said)
    instead: str = field(validator=_said)
    until: str | None = None
