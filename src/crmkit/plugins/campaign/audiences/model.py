"""The values of audiences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import field, frozen

from crmkit import Invalid
from crmkit.plugin import _, joined, phrase

# The keys that say for whom something is: exactly one of them.
SOURCES: Final = ("who", "segment", "view", "list")


@frozen(kw_only=True)
class Audience:
    """For whom something is: a condition (`who`), a segment, a saved view, or a list that is kept by hand."""

    who: str = ""
    segment: str = ""
    view: str = ""
    list: str = ""

    @property
    def said(self) -> Sequence[tuple[str, str]]:
        """(key, text) of what is said."""
        return [(key, text) for key in SOURCES if (text := getattr(self, key).strip())]

    def __str__(self) -> str:
        return ", ".join(_told(key, text) for key, text in self.said) or _("everybody")

    def one(self) -> tuple[str, str]:
        """The one thing that is said. Raises `Invalid` for none, and for several."""
        if len(self.said) != 1:
            several = joined(phrase(" and "), (key for key, _text in self.said))
            raise Invalid(
                phrase("For whom? {several} cannot go together", several=several) if several else "For whom?",
                hint='Say one: who = "a condition", segment = "NAME", view = "NAME" or list = "NAME".',
            )
        return self.said[0]


def _told(key: str, text: str) -> str:
    if key == "segment":
        return _("segment {name}", name=text)
    if key == "view":
        return _("view {name}", name=text)
    return _("list {name}", name=text) if key == "list" else text


@frozen(kw_only=True)
class Loss:
    """How many one gate leaves out; `reason` is the one that is met most often. They are in the order in
    which the gates are asked."""

    gate: str
    count: int
    reason: str = ""


@frozen(kw_only=True)
class Reach:
    """What of an audience would be reached now: audience = lost at gates + withheld + reached. Of those
    reached, `later` wait for their quiet hours to end. `arms` counts the groups of what is measured."""

    audience: int
    losses: Sequence[Loss] = ()
    withheld: int = 0
    reached: int = 0
    later: int = 0
    arms: Mapping[str, int] = field(factory=dict)


@frozen(kw_only=True)
class Overlap:
    """Of two audiences: how many are in both, only in the first, only in the second."""

    both: int
    first: int
    second: int
