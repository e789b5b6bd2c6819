"""A hundred and twenty customers of a bicycle workshop, and what they said in a year and a half."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from crmkit.core.model.customer import Preference
from crmkit.core.model.interaction import InteractionDraft
from crmkit.data.samples.sample import Sample

if TYPE_CHECKING:
    from crmkit.data.people import Person
    from crmkit.data.samples.story import Story

_WORK: Final = {
    "inspection": 9_900, "new tyres": 6_400, "brakes": 4_800, "chain": 3_900, "wheel trued": 2_500,
    "child seat": 12_900,
}  # fmt: skip
_FOUND: Final = ("passing by", "a friend", "a friend", "the internet", "an advertisement")
_SAID: Final = {
    "de": ((5, "Schnell, freundlich, günstig"), (4, "Gute Arbeit"), (2, "Drei Tage länger als versprochen")),
    "pl": ((5, "Rower jak nowy"), (3, "Dobrze, ale drogo")),
    "uk": ((5, "Дякую, все чудово"), (2, "Гальма знову скриплять")),
    "en_GB": ((5, "Rides like new"), (1, "The chain came off on the way home")),
    "ur_PK": ((5, "بہت اچھا کام"), (4, "سائیکل بالکل ٹھیک ہے")),
    "tr": ((5, "Çok memnun kaldım"), (3, "Biraz pahalı")),
}
_LIKINGS: Final = (
    ("call", "after six"),
    ("bicycle", "cargo bike"),
    ("bicycle", "racing bike"),
    ("tyres", "Schwalbe"),
)


def _record(story: Story) -> None:
    """They come for the first time, some come again, and one in six says what they think."""
    waiting = list(story.people)
    known: list[tuple[int, str]] = []
    for day in story.days():
        if day.weekday() > 4:  # closed at the weekend
            continue
        here = story.random.sample(known, min(len(known) // 50, 3))
        left = (story.sample.now.date() - day).days * 5 // 7
        if waiting and story.random.random() < len(waiting) / max(left, 1):
            here.append(_met(story, waiting.pop()))
        with story.crm.transaction():
            story.record([draft for one in here for draft in _visit(story, one, day)])
        known += here[-1:] if here and here[-1] not in known else []


def _met(story: Story, person: Person) -> tuple[int, str]:
    random = story.random
    fields: dict[str, Any] = {"found_us": random.choice(_FOUND)} if random.random() < 0.8 else {}
    if person.birthday:
        fields["birthday"] = date.fromisoformat(person.birthday)
    likings = random.sample(_LIKINGS, 1) if random.random() < 0.4 else []
    draft = story.draft(
        person,
        city="Lübeck",
        fields=fields,
        lifecycle="customer",
        preferences=tuple(Preference(topic=topic, value=value, source="said so") for topic, value in likings),
        tags=("cargo bike",) if random.random() < 0.1 else (),
    )
    id_ = story.crm.customers.save(draft, source="order form").id
    if person.email and random.random() < 0.6:
        story.crm.consent.grant(id_, "news", "email", source="order form")
    return id_, person.locale


def _visit(story: Story, one: tuple[int, str], day: date) -> list[InteractionDraft]:
    """What was done and paid, and perhaps what they said of it."""
    random, (id_, locale) = story.random, one
    work = random.sample(sorted(_WORK), random.choice((1, 1, 2)))
    lines = [{"product": each, "quantity": 1, "unit_price": _WORK[each]} for each in work]
    at = story.some_time(day, 9, 17)
    amount = sum(_WORK[each] for each in work)
    done = [
        InteractionDraft(
            customer=id_, type="purchase", at=at, channel="in_person", amount=amount, payload={"lines": lines}
        )
    ]
    if random.random() < 0.17:
        rating, text = random.choice(_SAID[locale])
        said = {"rating": rating, "text": text}
        done.append(InteractionDraft(customer=id_, type="feedback", at=at, channel="in_person", payload=said))
    return done


SAMPLE: Final = Sample(
    name="Radwerkstatt am Holstentor",
    currency="EUR",
    timezone="Europe/Berlin",
    locale="de",
    begins=datetime(2025, 5, 5, 8),  # noqa: DTZ001 - by the business's own clock
    now=datetime(2026, 11, 16, 9, 30),  # noqa: DTZ001 - likewise
    people=120,
    languages={"de": 6, "tr": 1, "pl": 1, "uk": 1, "en_GB": 1, "ur_PK": 1},
    record=_record,
)
