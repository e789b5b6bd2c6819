"""What the sample data of one template are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

if TYPE_CHECKING:
    from crmkit.data.people import Person
    from crmkit.data.samples.story import Story


@frozen(kw_only=True)
class Sample:
    """An invented business, and how its history is recorded.

    `name`, `currency`, `timezone` and `locale` are the business's, where whoever starts it says nothing else.
    `languages` says how many of its `people` come from which locale. `record` is given a `Story` whose clock
    stands at `begins`, and records what happened until `now`, both by the business's own clock.
    """

    name: str
    currency: str
    timezone: str
    locale: str
    begins: datetime
    now: datetime
    people: int
    languages: Mapping[str, int]
    record: Callable[[Story], None]
    seed: str = field(default="crmkit samples")

    @property
    def business(self) -> Mapping[str, str]:
        """What the business is where whoever starts it says nothing else."""
        return {key: getattr(self, key) for key in ("name", "currency", "timezone", "locale")}

    def fill(self, config: str | Path, progress: Callable[[int, int | None], Any] = lambda *_: None) -> None:
        """Record the history in the new business of a `crm.toml`, and put its clock to `now`."""
        from crmkit import Crm
        from crmkit.core.clock import FakeClock
        from crmkit.data.people import invented
        from crmkit.data.samples.story import Story

        clock, random = FakeClock(), Random(self.seed)  # noqa: S311 - invention, no secret
        with Crm.open(config, clock=clock, random=Random(self.seed)) as crm:  # noqa: S311 - likewise
            people = tuple(_apart(invented(self.people, self.languages, self.seed)))
            story = Story(crm=crm, clock=clock, random=random, people=people, sample=self, progress=progress)
            clock.set(story.instant(self.begins))
            self.record(story)
            while crm.kernel.observers.catch_up():  # what plugins did about the last that happened, too
                pass
            clock.set(story.instant(self.now))
            crm.rehearsal.set_clock(clock.now())
            crm.kernel.store.analyse()


def _apart(people: Iterable[Person]) -> Iterator[Person]:
    """The people, each with an address of their own or none: who comes with another's is taken for them."""
    seen: set[str] = set()
    for person in people:
        yield evolve(person, email="") if person.email in seen else person
        seen.add(person.email)
