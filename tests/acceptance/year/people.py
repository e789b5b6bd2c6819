"""Whom the year is about, and what each of them said and did: kept apart from the business's own records."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define, field

from crmkit.data.people import Person, invented
from crmkit.data.samples.bakery_chain import SAMPLE

OUTLETS = ("Market Square", "Station", "Mill Lane")


@define(eq=False)
class Somebody:
    """One person. `ids` are the customers as whom they are on record, one unless somebody entered them twice.

    `words` are what they said of letters, oldest first: how many mails had arrived by then, and whether they
    agreed. `erased_at` is such a number as well.
    """

    ids: list[int]
    name: str
    addresses: list[str]
    card: str
    outlet: str
    a_day: float
    token: str
    zone: str
    words: list[tuple[int, bool]] = field(factory=list)
    erased_at: int | None = None
    is_restricted: bool = False

    @property
    def id(self) -> int:
        """The customer as whom they are known."""
        return self.ids[0]

    @property
    def address(self) -> str:
        """Their own address."""
        return self.addresses[0]

    def agreed(self, place: int) -> bool:
        """Whether their last word before the mail at this place was yes."""
        before = [yes for when, yes in self.words if when <= place]
        return bool(before) and before[-1]


def sample_people(count: int) -> Iterator[Person]:
    """The first of the template's sample people, each with an address of their own."""
    seen: set[str] = set()
    for each in invented(SAMPLE.people, SAMPLE.languages, SAMPLE.seed):
        if each.email and each.email not in seen:
            seen.add(each.email)
            yield each
        if len(seen) == count:
            return
