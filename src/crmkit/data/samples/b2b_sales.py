"""A company that sells ovens to others: its accounts, the people in them, and a year and a half of deals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve, field

from crmkit.core.model.customer import ContactPoint, CustomerDraft, Identity
from crmkit.core.model.interaction import InteractionDraft
from crmkit.data.samples.sample import Sample

if TYPE_CHECKING:
    from crmkit.data.people import Person
    from crmkit.data.samples.story import Story

_SELLERS: Final = (
    ("Ewa Lis", "ewa@example.org"),
    ("Jan Wilk", "jan@example.org"),
    ("Sana Mir", "sana@example.org"),
)
_LEADER: Final = ("Maria Nowak", "maria@example.org")
# SKU, what it is, tax in percent, and what it costs, in whole units.
_PRODUCTS: Final = (
    ("OVEN-S", "Deck oven, two decks", 23, 18400), ("OVEN-L", "Deck oven, four decks", 23, 39900),
    ("MIXER", "Spiral mixer, 60 kg", 23, 12700), ("PROOF", "Proofing cabinet", 23, 8900),
    ("CARE", "Maintenance, a year", 23, 3600),
)  # fmt: skip
_FIRST: Final = (
    "Piekarnia",
    "Cukiernia",
    "Bäckerei",
    "Mühle",
    "Пекарня",
    "Bakers of",
    "Nova",
    "Młyn",
    "Konditorei",
    "Café",
)
_SECOND: Final = (
    "Żak",
    "Lipa",
    "Sonne",
    "Калина",
    "Harbour",
    "Weide",
    "Nowak & Syn",
    "Ratusz",
    "Podolska",
    "Krone",
    "Lahore",
)
_INDUSTRIES: Final = ("food", "food", "food", "trade", "services", "public")
_PARTS: Final = ("decides", "pays", "uses", "uses", "advises", "blocks")
_REASONS: Final = ("price", "price", "competitor", "no budget", "no decision", "not a fit")
_STAGES: Final = ("needs", "trial", "offer")
_SATURDAY: Final = 5
_SHARES_AN_ADDRESS: Final = 40
# Of the customers these are organisations, each with some people; two more asked for something lately.
_ACCOUNTS: Final = 90
_NEW: Final = ("Пекарня Зоря", "Backstube Linde")


@define
class _Deal:
    """What will become of a deal: on which day it goes into which stage, and how it ends."""

    account: int
    moves: list[tuple[date, str]]
    products: list[int]
    won: bool
    id: int = 0
    quote: int = 0


@define
class _Year:
    """What is still to happen, by day."""

    moves: dict[date, list[tuple[_Deal, str]]] = field(factory=lambda: defaultdict(list))
    owners: dict[int, str] = field(factory=dict)
    people: dict[int, list[int]] = field(factory=lambda: defaultdict(list))


def _record(story: Story) -> None:
    """Accounts come in the first year; their deals go through the stages until they are won or lost."""
    _house(story)
    year, accounts = _Year(), _arrivals(story)
    for day in story.days():
        if day.weekday() >= _SATURDAY:
            continue
        for people in accounts.pop(day, []):
            _arrive(story, year, people, day)
        for deal, stage in year.moves.pop(day, []):
            story.at(datetime.combine(day, time(15, 0)))
            _move(story, year, deal, stage, day)
    _this_week(story)


def _house(story: Story) -> None:
    """The sales team, and what there is to sell."""
    from crmkit.plugins.operational.api import Prices, Products

    crm = story.crm
    crm.people.add(*_LEADER, role="administrator", teams=["Sales"])
    for name, address in _SELLERS:
        crm.people.add(name, address, teams=["Sales"])
    for sku, name, tax, price in _PRODUCTS:
        crm.service(Products).save(sku, name, tax_rate=tax)
        crm.service(Prices).set(sku, str(price))
        crm.service(Prices).set(sku, str(price * 9 // 10), price_list="partners")


def _arrivals(story: Story) -> dict[date, list[list[Person]]]:
    """On which day whose account comes in. Each has one to three people, until all have a place."""
    accounts = min(_ACCOUNTS, len(story.people) // 3)
    people = list(story.people[accounts + len(_NEW) :])
    groups: list[list[Person]] = [[people.pop()] for _ in range(accounts)]
    for person in people:
        story.random.choice(groups).append(person)
    weekdays = [
        day
        for number in range((story.sample.now - story.sample.begins).days - 30)
        if (day := story.sample.begins.date() + timedelta(days=number)).weekday() < _SATURDAY
    ]
    found: dict[date, list[list[Person]]] = defaultdict(list)
    for group in groups:
        found[story.random.choice(weekdays)].append(group)
    return found


def _arrive(story: Story, year: _Year, people: Sequence[Person], day: date) -> None:
    """An account asks for something, with the people in it; most of them become a deal."""
    random, customers = story.random, story.crm.customers
    number = len(year.owners) + 1
    name = f"{_FIRST[number % len(_FIRST)]} {_SECOND[number % len(_SECOND)]}"
    owner = _SELLERS[number % len(_SELLERS)][0]
    address = ContactPoint(kind="email", value=f"office{number}@example.com", is_primary=True)
    draft = CustomerDraft(
        name=name,
        is_organization=True,
        lifecycle="lead",
        locale=people[0].locale,
        contact_points=(address,),
        identities=(Identity("erp", f"{10000 + number}"),),
        tags=tuple(tag for tag, share in (("key", 0.12), ("partner", 0.08)) if random.random() < share),
        fields={"industry": random.choice(_INDUSTRIES), "employees": random.choice((4, 9, 20, 45, 120, 400))},
        owner_id=story.crm.people.get(owner).id,
    )
    account = customers.save(draft, source="fair").id
    year.owners[account] = owner
    for person in people:
        year.people[account].append(_meet(story, person, account))
    story.record([_contact(story, account, "enquiry", day, {"subject": "Ovens"})])
    _call_back(story, account, owner)
    for _ in range(random.choice((0, 1, 1, 1, 2, 2, 3))):
        _foresee(story, year, account, day)


def _call_back(story: Story, account: int, owner: str) -> None:
    """Who looks after a new account calls on the same day, as the task of new leads says."""
    from crmkit.plugins.operational.api import Tasks

    tasks = story.crm.acting_as(owner).service(Tasks)
    for task in tasks.list(customer_ids=[account]):
        tasks.done(task.id)


def _meet(story: Story, person: Person, account: int) -> int:
    random = story.random
    shared = person.number % _SHARES_AN_ADDRESS == 0
    draft = story.draft(
        evolve(person, email="") if shared else person, fields={"part": random.choice(_PARTS)}
    )
    id_ = story.crm.customers.save(draft, source="fair").id
    story.crm.customers.relate(id_, "works_at", account)
    if person.email and not shared and random.random() < 0.25:
        story.crm.consent.grant(id_, "news", "email", source="fair")
    return id_


def _foresee(story: Story, year: _Year, account: int, day: date) -> None:
    """Through the stages with some weeks between; two in five are won, and what would end later is open."""
    random = story.random
    at = day + timedelta(days=random.choice((1, 30, 120, 200, 300)))
    won = random.random() < 0.4
    moves = [(_working(at), "new")]
    for stage in _STAGES[: 3 if won else random.randint(0, 3)]:
        at += timedelta(days=random.randint(5, 24))
        moves.append((_working(at), stage))
    at += timedelta(days=random.randint(6, 28))
    moves.append((_working(at), "won" if won else "lost"))
    products = random.sample(range(len(_PRODUCTS)), random.choice((1, 1, 2)))
    deal = _Deal(account, moves, products, won)
    for when, stage in moves:
        year.moves[when].append((deal, stage))


def _working(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= _SATURDAY else 0)


def _move(story: Story, year: _Year, deal: _Deal, stage: str, day: date) -> None:
    from crmkit.plugins.operational.api import Quotes, SalesDesk

    desk, quotes = story.crm.service(SalesDesk), story.crm.service(Quotes)
    lines = [f"{_PRODUCTS[each][0]} x {1 + each % 2}" for each in deal.products]
    worth = sum(_PRODUCTS[each][3] * (1 + each % 2) for each in deal.products)
    closes = {"close_on": day + timedelta(days=30)}
    if stage == "new":
        name = f"{_PRODUCTS[deal.products[0]][1]}"
        owner = year.owners[deal.account]
        story.crm.customers.save(CustomerDraft(id=deal.account, lifecycle="customer"))
        deal.id = desk.add(deal.account, name, str(worth), owner=owner, fields=closes).id
        for person in year.people[deal.account][:1]:
            desk.add_contact(deal.id, person, "decision maker")
    elif stage == "won":
        quotes.accept(deal.quote)
        desk.win(deal.id, day)
    elif stage == "lost":
        if deal.quote:
            quotes.decline(deal.quote)
        desk.lose(deal.id, story.random.choice(_REASONS), day)
    else:
        more: dict[str, Any] = {"commitment": "commit"} if stage == "offer" and deal.won else {}
        desk.move(deal.id, stage, fields=closes | more)
        kind = "call" if stage == "needs" else "meeting"
        story.record([_contact(story, deal.account, kind, day, {"text": f"About the {stage}"})])
    if stage == "offer":
        deal.quote = quotes.new(deal.account, lines, deal=f"deal:{deal.id}").id
        quotes.send(deal.quote)


def _contact(story: Story, account: int, kind: str, day: date, payload: dict[str, Any]) -> InteractionDraft:
    at = story.some_time(day, 9, 15)
    direction = "in" if kind == "enquiry" else "out"
    return InteractionDraft(
        customer=account, type=kind, at=at, channel="phone", direction=direction, payload=payload
    )


def _this_week(story: Story) -> None:
    """What the team still has to do, and two firms that asked for something on Friday."""
    from crmkit.plugins.operational.api import SalesDesk

    story.at(story.sample.now - timedelta(minutes=20))
    desk, today = story.crm.service(SalesDesk), story.sample.now.date()
    for deal in story.crm.records.list("deal", open=True, limit=6).records:
        desk.next(deal.id, "Ask how the trial went", today)
    for number, name in enumerate(_NEW):
        draft = CustomerDraft(
            name=name, is_organization=True, lifecycle="lead",
            contact_points=(ContactPoint(kind="email", value=f"new{number}@example.com", is_primary=True),),
        )  # fmt: skip
        lead = story.crm.customers.save(draft, source="web form").id
        story.record([_contact(story, lead, "enquiry", today - timedelta(days=3), {"subject": "An oven"})])


SAMPLE: Final = Sample(
    name="Piec & Ciepło",
    currency="PLN",
    timezone="Europe/Warsaw",
    locale="pl",
    begins=datetime(2025, 5, 12, 8),  # noqa: DTZ001 - by the business's own clock
    now=datetime(2026, 11, 16, 9, 30),  # noqa: DTZ001 - likewise
    people=262,
    languages={"pl": 9, "de": 4, "uk": 3, "en_GB": 2, "ur_PK": 2},
    record=_record,
)
