"""Two hundred people of a Polish town, and what they bought of its baker in a year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from random import Random
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve

from crmkit.core.model.customer import Preference
from crmkit.core.model.interaction import InteractionDraft
from crmkit.data.samples.sample import Sample

if TYPE_CHECKING:
    from crmkit.data.people import Person
    from crmkit.data.samples.story import Story
    from crmkit.plugins.operational.api import Coupons

# What the bakery sells, with its price in the smallest units.
_PRICES: Final = {
    "rye": 890, "wheat": 650, "sourdough": 1290, "spelt": 1390, "rolls": 480, "bun": 550, "cheesecake": 1600,
}  # fmt: skip
_BREADS: Final = ("rye", "wheat", "sourdough", "spelt", "rolls")
_LIKINGS: Final = (
    ("bread", "no caraway"), ("bread", "sliced"), ("bread", "well done"), ("allergy", "nuts"),
    ("allergy", "sesame"), ("cake", "cheesecake on Sundays"), ("coffee", "with milk"),
)  # fmt: skip
_SUNDAY: Final = 6
_BORN: Final = "1984-11-16"
_WORDS: Final = {
    "pl": ((5, "Najlepszy chleb w mieście"), (4, "Smaczne, ale bułki kończą się o dziesiątej"),
           (2, "Długa kolejka, jedna osoba przy ladzie")),
    "uk": ((5, "Дуже смачні булочки"), (3, "Хліб добрий, але дорогий")),
    "en_GB": ((5, "The sourdough is the best in town"), (3, "Rolls were sold out at ten again")),
    "ur_PK": ((5, "بہت عمدہ روٹی"), (4, "روٹی تازہ تھی")),
}  # fmt: skip


@define
class _Regular:
    """A customer of the bakery: how often they come, from when, and until when."""

    id: int
    locale: str
    bread: str
    chance: float
    until: date


def _record(story: Story) -> None:
    """A year: people come for the first time, come again, fill their cards, and some stay away."""
    from crmkit.plugins.operational.api import Coupons

    coupons = story.crm.service(Coupons)
    waiting = _as_it_happens(story.people)
    known: list[_Regular] = []
    for day in story.days():
        known += [_met(story, waiting.pop(), day) for _ in range(_newcomers(story.random, len(waiting)))]
        if day.weekday() == _SUNDAY:
            continue
        here = [one for one in known if day <= one.until and story.random.random() < one.chance]
        with story.crm.transaction():
            _redeem(story, coupons)
            story.record([*(_purchase(story, one, day) for one in here), *_said(story, here, day)])
    story.record([_not_content(story, known)])


def _as_it_happens(people: Sequence[Person]) -> list[Person]:
    """The people, the last of whom come first. Three of the first were born on the day on which we look."""
    born = [one.number for one in people if one.email][-3:]
    return [evolve(one, birthday=_BORN) if one.number in born else one for one in people]


def _newcomers(random: Random, waiting: int) -> int:
    """Most were met in the first weeks: the baker put a list beside the till."""
    return min(waiting, random.randint(2, 5) if waiting > 60 else int(random.random() < 0.22))


def _met(story: Story, person: Person, day: date) -> _Regular:
    random = story.random
    bread = random.choice(_BREADS)
    fields: dict[str, Any] = {}
    if person.birthday:
        fields["birthday"] = date.fromisoformat(person.birthday)
    if random.random() < 0.7:
        fields["favourite_bread"] = bread
    likings = random.sample(_LIKINGS, 1) if random.random() < 0.4 else []
    draft = story.draft(
        person,
        city="Łowicz",
        fields=fields,
        lifecycle="customer",
        preferences=tuple(Preference(topic=topic, value=value, source="said so") for topic, value in likings),
    )
    id_ = story.crm.customers.save(draft, source="list at the till").id
    if person.email and (random.random() < 0.65 or person.birthday == _BORN):
        story.crm.consent.grant(id_, "letters", "email", source="list at the till")
    chance, until = random.choice((0.3, 0.18, 0.13, 0.13, 0.06, 0.03)), _last_day(story, day)
    if person.birthday == _BORN:
        chance, until = 0.3, story.sample.now.date()
    return _Regular(id_, person.locale, bread, chance, until)


def _last_day(story: Story, first: date) -> date:
    """Most come to this day; one in six has stopped since."""
    end = story.sample.now.date()
    if story.random.random() > 0.17:
        return end
    return date.fromordinal(story.random.randint(first.toordinal(), end.toordinal()))


def _purchase(story: Story, one: _Regular, day: date) -> InteractionDraft:
    random = story.random
    basket = [one.bread if random.random() < 0.7 else random.choice(_BREADS)]
    basket += [more for more in ("bun", "cheesecake") if random.random() < 0.2]
    bought = [(product, 2 if product == "bun" else 1) for product in basket]
    lines = [{"product": each, "quantity": n, "unit_price": _PRICES[each]} for each, n in bought]
    return InteractionDraft(
        customer=one.id,
        type="purchase",
        channel="in_person",
        at=story.some_time(day),
        amount=sum(n * _PRICES[each] for each, n in bought),
        payload={"lines": lines},
    )


def _said(story: Story, here: Sequence[_Regular], day: date) -> list[InteractionDraft]:
    """Once in a while somebody says what they think."""
    if not here or story.random.random() > 0.1:
        return []
    who = story.random.choice(here)
    rating, text = story.random.choice(_WORDS[who.locale])
    payload = {"rating": rating, "text": text}
    return [InteractionDraft(customer=who.id, type="feedback", at=story.some_time(day), payload=payload)]


def _not_content(story: Story, known: Sequence[_Regular]) -> InteractionDraft:
    """On Saturday somebody who comes often went away angry."""
    said = {"rating": 1, "text": "Half an hour for a loaf, and then it was burnt"}
    when = datetime(2026, 11, 14, 9, 40)  # noqa: DTZ001 - by the business's own clock
    angry = next(one for one in known[10:] if one.chance > 0.2 and one.until > when.date())
    return InteractionDraft(
        customer=angry.id, type="feedback", at=story.instant(when), channel="in_person", payload=said
    )


def _redeem(story: Story, coupons: Coupons) -> None:
    """Of ten who have a free bread, about one takes it today."""
    for coupon in coupons.list(state="open"):
        if story.random.random() < 0.1:
            coupons.redeem(coupon.code)


SAMPLE: Final = Sample(
    name="Piekarnia Żytnia",
    currency="PLN",
    timezone="Europe/Warsaw",
    locale="pl",
    begins=datetime(2025, 11, 17, 8),  # noqa: DTZ001 - by the business's own clock
    now=datetime(2026, 11, 16, 7, 30),  # noqa: DTZ001 - likewise
    people=200,
    languages={"pl": 14, "uk": 3, "en_GB": 2, "ur_PK": 1},
    record=_record,
)
