"""That a word or a setting of a plugin will go: as it is declared beside the word, and as it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from crmkit.core.language import N_
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from attrs import Attribute

CRMKIT: Final = "crmkit"
_GOING: Final = N_("{what}, which is deprecated since {whose} {since}")
_GOING_IN: Final = N_("{what}, which is deprecated since {whose} {since} and gone in {until}")


def going(what: str, whose: str, since: str, until: str | None) -> str:
    """What is known of something that will go, as the end of a sentence that says who uses it: since which
    version of `whose` it is deprecated and, where that is settled, in which it is gone."""
    if until:
        return phrase(_GOING_IN, what=what, whose=whose, since=since, until=until)
    return phrase(_GOING, what=what, whose=whose, since=since)


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
