"""The travellers of an agency in Kraków, their households and companies, and two years of trips."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve, field, frozen

from crmkit.core.model.customer import ContactPoint, CustomerDraft, Preference
from crmkit.core.model.interaction import InteractionDraft
from crmkit.core.model.money import Money
from crmkit.core.model.record import RecordDraft
from crmkit.data.samples.sample import Sample

if TYPE_CHECKING:
    from crmkit.data.people import Person
    from crmkit.data.samples.story import Story

_AGENTS: Final = (
    ("Zofia Maj", "zofia@example.org", "administrator"), ("Bilal Ahmad", "bilal@example.org", "clerk"),
    ("Оксана Коваль", "oksana@example.org", "clerk"),
)  # fmt: skip
_SUNDAY: Final = 6
_MINUTE: Final = 60_000_000
# One invented person in so many has the address of the one before.
_SHARES_AN_ADDRESS: Final = 40
_Place = tuple[str, int, int]
# Where they go, for how many days, and what one traveller pays, in whole units.
_PLACES: Final[Sequence[_Place]] = (
    ("Lizbona", 5, 2600), ("Kreta", 10, 3900), ("Zanzibar", 12, 7200), ("Tatry", 7, 1400),
    ("Dolomity", 8, 3100), ("Stambuł", 4, 1900), ("Rzym", 4, 2100), ("Norwegia", 9, 5200),
)  # fmt: skip
# Whoever came from elsewhere goes there most of the time.
_HOMES: Final[Mapping[str, Sequence[_Place]]] = {
    "ur_PK": (("Lahore", 24, 4200), ("Karachi", 20, 4500), ("Makkah", 14, 9800), ("Stambuł", 4, 1900)),
    "uk": (("Lwów", 7, 900), ("Czerniowce", 9, 1100), ("Kreta", 10, 3900), ("Rzym", 4, 2100)),
}
_COMPANIES: Final = (
    "Hurtownia Wisła", "Nowa Foods", "Studio Łąka", "Kancelaria Żuraw", "Zakłady Młot", "Druk & Papier",
    "Sadowski Logistik GmbH", "Lahore Textiles", "Майстерня Калина", "Bright Ideas Ltd",
)  # fmt: skip
_TROUBLE: Final = (
    ("change", "The flight leaves a day earlier", "Seats on the new flight are held, the hotel knows"),
    ("luggage", "A suitcase stayed in Istanbul", "It comes with the evening flight, to the hotel"),
    ("lost papers", "A passport was stolen", "The consulate expects them at nine, the flight is moved"),
    ("invoice", "The invoice is for the wrong company", "A new one went out by e-mail"),
)  # fmt: skip
_SAID: Final = (
    (5, "Everything was as promised"), (5, "Wszystko zgodnie z planem"), (5, "بہت اچھا سفر رہا"),
    (4, "Дуже гарний готель"), (3, "Long wait in Warsaw"), (2, "Hotel daleko od morza"),
)  # fmt: skip
_OFFER: Final = "{} days, with flight and hotel"
_ASKED: Final = ("Skiing at Christmas", "A visa for Turkey")
_SEATS: Final = ("window", "aisle")
_MEALS: Final = ("anything", "anything", "vegetarian", "vegan")


@frozen
class _Trip:
    """A trip that somebody will make; `booked` is the day on which they do so."""

    customer: int
    place: str
    booked: date
    departs: date
    days: int
    travellers: int
    price: int
    cancelled: bool

    @property
    def back(self) -> date:
        return self.departs + timedelta(days=self.days)

    def fields(self, currency: str) -> dict[str, Any]:
        return {
            "destination": self.place,
            "departs": self.departs,
            "back": self.back,
            "ask_on": self.departs - timedelta(days=10),
            "travellers": self.travellers,
            "price": Money.of(str(self.price), currency),
        }


@define
class _Diary:
    """What is still to happen, by the day on which it does."""

    bookings: dict[date, list[_Trip]] = field(factory=lambda: defaultdict(list))
    calls: dict[date, list[_Trip]] = field(factory=lambda: defaultdict(list))
    cancelled: dict[date, list[int]] = field(factory=lambda: defaultdict(list))
    returns: dict[date, list[int]] = field(factory=lambda: defaultdict(list))


def _record(story: Story) -> None:
    """Most travellers come in the first year; each makes some trips, and calls when something goes wrong."""
    for name, address, role in _AGENTS:
        story.crm.people.add(name, address, role=role)
    companies = [_company(story, name) for name in _COMPANIES]
    waiting, diary, head = list(story.people[len(companies) :]), _Diary(), 0
    for day in story.days():
        if day.weekday() == _SUNDAY:
            continue
        for _ in range(_newcomers(story, len(waiting))):
            person = waiting.pop(0)
            head = _met(story, person, companies, head)
            _think_up(story, diary, head, _HOMES.get(person.locale, _PLACES), day)
        _book(story, diary, day)
        _travel(story, diary, day)
        _solve(story, diary, day)
    assert not waiting
    _this_morning(story)


def _this_morning(story: Story) -> None:
    """Two wrote on Friday evening, somebody who is away called a quarter of an hour ago, and there are things
    to do."""
    from crmkit.plugins.operational.api import Cases, Tasks

    evening = story.sample.now - timedelta(days=3, hours=-7)
    story.at(evening)
    asking = sorted(
        story.crm.predicates.members("exists(trip where state = 'travelled') and email is not null")
    )
    story.record(
        [
            InteractionDraft(
                customer=customer, type="enquiry", at=story.instant(evening), channel="email", direction="in",
                payload={"subject": subject},
            )
            for customer, subject in zip(asking, _ASKED, strict=False)
        ]
    )  # fmt: skip
    story.at(story.sample.now - timedelta(minutes=15))
    members, today = story.crm.predicates.members, story.sample.now.date()
    zofia = story.crm.people.get("zofia@example.org").id
    for customer in sorted(members("in(away) and email is not null"))[:1]:
        story.crm.service(Cases).open(
            customer, "The hotel has no room for us", priority="urgent", channel="phone", owner="Bilal Ahmad"
        )
    for customer in sorted(members("exists(trip where state = 'booked' and departs > today)"))[:2]:
        story.crm.service(Tasks).add(customer, "Print the tickets", due=today, employee_id=zofia)


def _newcomers(story: Story, waiting: int) -> int:
    return min(waiting, int(story.random.random() < (0.85 if waiting > 60 else 0.3)))


def _company(story: Story, name: str) -> int:
    address = ContactPoint(kind="email", value=f"travel{_COMPANIES.index(name)}@example.org", is_primary=True)
    draft = CustomerDraft(
        name=name, is_organization=True, lifecycle="customer", contact_points=(address,), locale="en"
    )
    return story.crm.customers.save(draft, source="contract").id


def _met(story: Story, person: Person, companies: Sequence[int], before: int) -> int:
    """Somebody comes in: one in four is of the household of who came before, one in nine of a company."""
    random, customers = story.random, story.crm.customers
    likes = random.sample(("beach", "mountains", "cities"), random.randint(1, 2))
    muslim = person.locale == "ur_PK"
    fields: dict[str, Any] = {
        "seat": random.choice(_SEATS) if random.random() < 0.6 else None,
        "meals": "halal" if muslim else random.choice(_MEALS),
        "likes": ["family visits", *likes[:1]] if muslim else likes,
    }
    if person.birthday:
        fields["birthday"] = date.fromisoformat(person.birthday)
    shared = person.number % _SHARES_AN_ADDRESS == 0
    draft = story.draft(
        evolve(person, email="") if shared else person,
        city=person.city,
        fields={key: value for key, value in fields.items() if value is not None},
        lifecycle="customer",
        preferences=(Preference(topic="travel", value="wheelchair", source="said so"),)
        if random.random() < 0.03
        else (),
    )
    id_ = customers.save(draft, source="at the desk").id
    if before and (shared or random.random() < 0.25):
        customers.relate(id_, "household_of", before)
    elif random.random() < 0.12:
        customers.relate(id_, "works_at", random.choice(companies))
    if person.email and not shared and random.random() < 0.55:
        story.crm.consent.grant(id_, "ideas", "email", source="at the desk")
    return id_


def _think_up(story: Story, diary: _Diary, customer: int, places: Sequence[_Place], day: date) -> None:
    """The trips of one customer: the first soon, others months later, some until after the last day."""
    random = story.random
    booked = day + timedelta(days=random.randint(0, 12))
    for _ in range(random.choice((1, 1, 2, 2, 3, 4, 5))):
        place, days, price = random.choice(places)
        departs = booked + timedelta(days=random.randint(15, 90))
        travellers = random.choice((1, 2, 2, 3, 4))
        trip = _Trip(
            customer, place, booked, departs, days, travellers, price * travellers, random.random() < 0.05
        )
        diary.bookings[_open_day(booked)].append(trip)
        booked = trip.back + timedelta(days=random.randint(60, 240))


def _open_day(day: date) -> date:
    return day + timedelta(days=1) if day.weekday() == _SUNDAY else day


def _book(story: Story, diary: _Diary, day: date) -> None:
    """What is booked today: a call before it, the trip, what it costs, and how it is paid."""
    trips = diary.bookings.pop(day, [])
    if not trips:
        return
    story.record([draft for trip in trips for draft in _sold(story, trip, day)])
    _close_talks(story, [trip.customer for trip in trips])
    currency = story.crm.config.crs.currency
    drafts = [
        RecordDraft(customer=trip.customer, fields=trip.fields(currency), state="booked") for trip in trips
    ]
    report = story.crm.records.save_all("trip", drafts)
    assert not report.refused, report.refused
    for trip, id_ in zip(trips, report.ids, strict=True):
        assert id_ is not None
        if trip.cancelled:
            diary.cancelled[_open_day(trip.departs - timedelta(days=7))].append(id_)
            continue
        diary.returns[_open_day(trip.back + timedelta(days=1))].append(id_)
        diary.calls[_open_day(trip.departs)].append(trip)


def _close_talks(story: Story, customers: Sequence[int]) -> None:
    """What was asked has been answered: nobody waits."""
    from crmkit.plugins.collaborative.api import Conversations

    talks = story.crm.service(Conversations)
    for each in talks.list(state="waiting", customer_ids=customers).conversations:
        talks.close(each.id)


def _sold(story: Story, trip: _Trip, day: date) -> list[InteractionDraft]:
    on_the_phone = story.random.random() < 0.5
    at = story.some_time(day, 9, 17)
    amount = trip.price * 100
    lines = [{"product": trip.place, "quantity": trip.travellers, "unit_price": amount // trip.travellers}]
    method = story.random.choice(("card", "card", "transfer", "cash"))
    channel = "phone" if on_the_phone else "in_person"
    return [
        InteractionDraft(
            customer=trip.customer, type=kind, at=at + minutes * _MINUTE, channel=channel,
            direction=direction, amount=money, payload=payload,
        )
        for kind, direction, minutes, money, payload in (
            ("enquiry", "in", 0, None, {"subject": trip.place}),
            ("message", "out", 15, None, {"subject": trip.place, "text": _OFFER.format(trip.days)}),
            ("purchase", "in", 20, amount, {"lines": lines}),
            ("payment", "in", 25, amount, {"method": "card" if on_the_phone else method}),
        )
    ]  # fmt: skip


def _travel(story: Story, diary: _Diary, day: date) -> None:
    """Who came back yesterday has travelled, and some say how it was; others did not leave at all."""
    back, off = diary.returns.pop(day, []), diary.cancelled.pop(day, [])
    moved = [(id_, "travelled") for id_ in back] + [(id_, "cancelled") for id_ in off]
    if not moved:
        return
    report = story.crm.records.save_all("trip", [RecordDraft(id=id_, state=state) for id_, state in moved])
    assert not report.refused, report.refused
    said = [id_ for id_ in back if story.random.random() < 0.25]
    whose = [story.crm.records.get("trip", id_).customer_id for id_ in said]
    story.record([_feedback(story, customer, day) for customer in whose])


def _feedback(story: Story, customer: int, day: date) -> InteractionDraft:
    rating, text = story.random.choice(_SAID)
    payload = {"rating": rating, "text": text}
    return InteractionDraft(
        customer=customer, type="feedback", at=story.some_time(day, 9, 17), payload=payload
    )


def _solve(story: Story, diary: _Diary, day: date) -> None:
    """One trip in ten has its trouble on the way: a call, a case, and now and then a fee on the telephone."""
    from crmkit.plugins.operational.api import Cases

    for trip in diary.calls.pop(day, []):
        if story.random.random() > 0.1:
            continue
        category, subject, answer = story.random.choice(_TROUBLE)
        story.at(datetime.combine(day, time(14, 20)))
        story.crm.service(Cases).solve(trip.customer, subject, answer=answer, category=category)
        if category == "change":
            fee = InteractionDraft(
                customer=trip.customer, type="payment", channel="phone", direction="in", amount=18000,
                payload={"method": "card", "text": "Fee of the airline for the change"},
            )  # fmt: skip
            story.record([fee])


SAMPLE: Final = Sample(
    name="Wisła Travel",
    currency="PLN",
    timezone="Europe/Warsaw",
    locale="pl",
    begins=datetime(2024, 11, 18, 8),  # noqa: DTZ001 - by the business's own clock
    now=datetime(2026, 11, 16, 9, 30),  # noqa: DTZ001 - likewise
    people=300,
    languages={"pl": 9, "ur_PK": 5, "en_GB": 2, "uk": 2, "de": 2},
    record=_record,
)
