"""A history in the making: an open business, a clock that is put on from day to day, and invented people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from crmkit.core.instants import instant_of
from crmkit.core.model.customer import ContactPoint, CustomerDraft
from crmkit.core.model.interaction import InteractionDraft

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.core.clock import FakeClock
    from crmkit.data.people import Person
    from crmkit.data.samples.sample import Sample

_EVENING: Final = time(20, 0)


@frozen(kw_only=True)
class Story:
    """What `Sample.record` is given. What it records through `crm` is known from when the clock stands."""

    crm: Crm
    clock: FakeClock
    random: Random
    people: Sequence[Person]
    sample: Sample
    progress: Callable[[int, int | None], Any]

    def days(self) -> Iterator[date]:
        """Each day from `begins` to the one before `now`, with the clock at eight in the evening, when the
        day is written down."""
        first, total = self.sample.begins.date(), (self.sample.now - self.sample.begins).days
        for number in range(total):
            day = first + timedelta(days=number)
            self.clock.set(self.instant(datetime.combine(day, _EVENING)))
            yield day
            self.progress(number + 1, total)

    def at(self, local: datetime) -> None:
        """Put the clock to a moment of the business's own time."""
        self.clock.set(self.instant(local))

    def instant(self, local: datetime) -> int:
        """A moment of the business's own time in microseconds UTC."""
        return instant_of(local, self.crm.kernel.tz)

    def some_time(self, day: date, opens: int = 7, closes: int = 18) -> int:
        """An instant of a day between two hours."""
        minutes = self.random.randrange(60 * opens, 60 * closes)
        return self.instant(datetime.combine(day, time(*divmod(minutes, 60))))

    def draft(self, person: Person, *, city: str = "", **more: Any) -> CustomerDraft:
        """An invented person as a customer: names, addresses, language; `more` are `CustomerDraft`'s keys."""
        points = [
            ContactPoint(kind=kind, value=value, is_primary=True)
            for kind, value in (("email", person.email), ("phone", person.phone))
            if value
        ]
        if city:
            points.append(ContactPoint(kind="address", value=city, city=city))
        return CustomerDraft(
            name=person.name,
            given_name=person.given_name,
            family_name=person.family_name,
            locale=person.locale,
            contact_points=tuple(points),
            **more,
        )

    def record(self, drafts: Sequence[InteractionDraft]) -> None:
        """Record interactions, all of which must be right."""
        report = self.crm.interactions.record_all(drafts)
        assert not report.refused, report.refused
