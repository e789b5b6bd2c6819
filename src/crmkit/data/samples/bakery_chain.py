"""Three bakeries of a town, two thousand people with a card, the cafés they deliver to, and a year of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import cycle
from typing import TYPE_CHECKING, Any, Final

from attrs import define, frozen

from crmkit.core.model.customer import ContactPoint, CustomerDraft, Identity
from crmkit.core.model.interaction import InteractionDraft
from crmkit.data.samples.sample import Sample

if TYPE_CHECKING:
    from crmkit.data.people import Person
    from crmkit.data.samples.story import Story
    from crmkit.plugins.operational.api import Cases, SalesDesk

_OUTLETS: Final = ("Market Square", "Station", "Mill Lane")
# What the shops sell, with its price in the smallest units.
_PRICES: Final = {"rye": 890, "wheat": 650, "sourdough": 1290, "spelt": 1390, "rolls": 480, "cake": 3200}
_BREADS: Final = ("rye", "wheat", "sourdough", "spelt", "rolls")
_SUNDAY: Final = 6
_PEOPLE: Final = (
    ("Ewa Lis", "seller", "Sales"), ("Jan Wilk", "seller", "Sales"), ("Olena Bondar", "clerk", "Service"),
    ("Piotr Zając", "clerk", "Service"), ("Halina Kruk", "manager", "Service"),
)  # fmt: skip
_CAFES: Final = (
    "Café Nova", "Kawiarnia Pod Lipą", "Кав'ярня Львів", "Bistro Zielone", "Hotel Bzura", "Lahore Grill",
    "Bar Mleczny Społem", "Café Central", "Restauracja Młyn", "Szkoła nr 4", "Kino Fenix", "Hostel Stacja",
    "Cukiernia Róża", "Pizzeria Napoli", "Dom Seniora Jutrzenka", "Teahouse Mill", "Przedszkole Słoneczko",
    "Klub 77",
)  # fmt: skip
_WRONG: Final = (
    "The rye was burnt", "Zła reszta", "Rolls of yesterday sold as fresh", "Zamówiony tort nie był gotowy",
    "Картка не спрацювала", "Unfriendly at the counter",
)  # fmt: skip


@frozen
class _Complaint:
    """What is wrong with whom, who answers, and in how many hours; None where nobody has yet."""

    customer: int
    wrong: str
    owner: str
    hours: int | None


@define
class _Regular:
    """Who has a card: how often they come, to which shop, and until when."""

    id: int
    bread: str
    outlet: str
    a_week: float
    until: date


def _record(story: Story) -> None:
    """Week by week: purchases of the shops, complaints, and what the sales team does."""
    from crmkit.plugins.operational.api import Cases, SalesDesk

    for name, role, team in _PEOPLE:
        story.crm.people.add(name, role=role, teams=[team])
    known = _met(story)
    cafes = iter(_CAFES)
    sellers = cycle(("Ewa Lis", "Jan Wilk"))
    cases, desk, weeks = story.crm.service(Cases), story.crm.service(SalesDesk), 0
    complaint = None
    for day in story.days():
        if complaint:
            _look_into(story, cases, complaint, day)
            complaint = None
        if day.weekday() != _SUNDAY:
            continue
        weeks += 1
        with story.crm.transaction():
            story.record([each for one in known if one.until >= day for each in _week(story, one, day)])
        complaint = _complaint(story, known, day)
        if weeks % 3 == 0 and (cafe := next(cafes, None)):
            _approach(story, desk, cafe, next(sellers))
        _go_on(story, desk, day)
    story.record([_not_content(story, known)])


def _met(story: Story) -> list[_Regular]:
    """Everybody whose card was known when crmkit came: they are entered at once, shop by shop."""
    random, end = story.random, story.sample.now.date()
    drafts, known = [], []
    for person in story.people:
        outlet, bread = random.choice(_OUTLETS), random.choice(_BREADS)
        drafts.append(_card(story, person, outlet, bread if random.random() < 0.4 else ""))
        stays = random.random() > 0.15
        until = end if stays else story.sample.begins.date() + timedelta(days=random.randrange(365))
        often = random.choice((1.2, 0.6, 0.15, 0.08, 0.05, 0.03, 0.02))
        known.append(_Regular(person.number, bread, outlet, often, until))
    with story.crm.transaction():
        ids = story.crm.customers.save_all(drafts, source="cards").ids
        for regular, person, id_ in zip(known, story.people, ids, strict=True):
            assert id_ is not None
            regular.id = id_
            if person.email and random.random() < 0.5:
                story.crm.consent.grant(id_, "letters", "email", source="card")
    return known


def _card(story: Story, person: Person, outlet: str, bread: str) -> CustomerDraft:
    fields: dict[str, Any] = {"home_outlet": outlet}
    if person.birthday:
        fields["birthday"] = date.fromisoformat(person.birthday)
    if bread:
        fields["favourite_bread"] = bread
    identity = Identity(scheme="card", value=str(70_000 + person.number))
    return story.draft(person, city="Łowicz", fields=fields, lifecycle="customer", identities=(identity,))


def _week(story: Story, one: _Regular, sunday: date) -> list[InteractionDraft]:
    """What somebody bought in the six days before a Sunday."""
    times = int(one.a_week + story.random.random())
    return [_purchase(story, one, sunday - timedelta(days=story.random.randint(1, 6))) for _ in range(times)]


def _purchase(story: Story, one: _Regular, day: date) -> InteractionDraft:
    random = story.random
    basket = [one.bread, *(["cake"] if random.random() < 0.15 else [])]
    lines = [{"product": each, "quantity": 1, "unit_price": _PRICES[each]} for each in basket]
    return InteractionDraft(
        customer=one.id,
        type="purchase",
        channel="in_person",
        outlet=one.outlet if random.random() < 0.85 else random.choice(_OUTLETS),
        at=story.some_time(day, 6, 14),
        amount=sum(_PRICES[each] for each in basket),
        payload={"lines": lines},
    )


def _complaint(story: Story, known: Sequence[_Regular], day: date) -> _Complaint | None:
    """One in most weeks; of the last ones some are still open."""
    random = story.random
    if random.random() < 0.3:
        return None
    wrong, who = random.choice(_WRONG), random.choice(known)
    owner = random.choice(("Olena Bondar", "Piotr Zając"))
    late = story.sample.now.date() - timedelta(days=5) <= day
    return _Complaint(who.id, wrong, owner, None if late else random.choice((1, 2, 3)))


def _look_into(story: Story, cases: Cases, complaint: _Complaint, day: date) -> None:
    """Somebody rings up in the morning, and is rung back."""
    story.at(datetime.combine(day, time(9, 0)))
    case = cases.open(complaint.customer, complaint.wrong, owner=complaint.owner, channel="in_person")
    if complaint.hours is not None:
        story.clock.advance(hours=complaint.hours)
        cases.answer(case.id, "We are sorry, and have a loaf for you", channel="phone", resolve=True)


def _approach(story: Story, desk: SalesDesk, cafe: str, seller: str) -> None:
    """A café is visited for the first time."""
    point = ContactPoint(
        kind="email", value=f"kitchen.{len(cafe)}{sum(map(ord, cafe))}@example.org", is_primary=True
    )
    draft = CustomerDraft(
        name=cafe,
        is_organization=True,
        lifecycle="lead",
        contact_points=(point,),
        owner_id=story.crm.people.get(seller).id,
    )
    id_ = story.crm.customers.save(draft, source="visit").id
    story.crm.interactions.record(id_, "visit", employee=seller, payload={"text": "Left a basket to taste"})
    value = f"{story.random.randint(6, 40) * 1000} PLN"
    desk.add(id_, f"Bread for {cafe}", value, owner=seller)


def _go_on(story: Story, desk: SalesDesk, day: date) -> None:
    """Open deals go on, are won, or are lost."""
    for deal in story.crm.records.list("deal", open=True, limit=100).records:
        chance = story.random.random()
        if deal.state == "new" and chance < 0.25:
            desk.move(deal.id, "tasting")
        elif deal.state == "tasting" and chance < 0.2:
            desk.move(deal.id, "offer")
        elif deal.state == "offer" and chance < 0.2:
            desk.win(deal.id, day)
            story.crm.customers.update(deal.customer_id, CustomerDraft(lifecycle="customer"))
        elif chance > 0.96:
            desk.lose(deal.id, "price")


def _not_content(story: Story, known: Sequence[_Regular]) -> InteractionDraft:
    """On the evening before the day on which we look somebody complains at the station."""
    when = story.instant(story.sample.now - timedelta(hours=15))
    said = {"subject": "Stale rolls", "text": "The rolls were of yesterday, for the second time"}
    angry = next(
        one for one in known if one.a_week > 1 and one.until > story.sample.now.date() - timedelta(days=1)
    )
    return InteractionDraft(customer=angry.id, type="complaint", at=when, outlet="Station", payload=said)


SAMPLE: Final = Sample(
    name="Piekarnie Żytnia",
    currency="PLN",
    timezone="Europe/Warsaw",
    locale="pl",
    begins=datetime(2025, 11, 17, 8),  # noqa: DTZ001 - by the business's own clock
    now=datetime(2026, 11, 17, 9, 0),  # noqa: DTZ001 - likewise
    people=2_000,
    languages={"pl": 14, "uk": 3, "en_GB": 2, "ur_PK": 1},
    record=_record,
)
