"""`crm.service(Experiences)`: what one customer lived with us, and what many did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import define, frozen

from crmkit.plugin import N_
from crmkit.plugins.collaborative.experience import telling
from crmkit.plugins.collaborative.experience.metrics import AGAIN, EFFORT, HAND_OFFS, WAIT
from crmkit.plugins.collaborative.experience.story import story

if TYPE_CHECKING:
    from crmkit import Crm, Interaction
    from crmkit.plugins.collaborative.experience.model import Experience
    from crmkit.plugins.collaborative.experience.settings import ExperienceSettings

_PAGE: Final = 1_000
_USUAL: Final = "last 90 days"
# Others bring those; they are told where they are.
_OTHERS: Final = (
    ("csat", N_("Content (CSAT)")),
    ("nps", N_("Would recommend (NPS)")),
    ("promises_kept", N_("Promises kept")),
)
_LINES: Final = (
    (WAIT, N_("Hours until answered")),
    (AGAIN, N_("Had to ask again")),
    (EFFORT, N_("Questions in a matter")),
    (HAND_OFFS, N_("Hand-offs each")),
    *_OTHERS,
)


@frozen(kw_only=True)
class Compared:
    """A metric for a group of customers, and for everybody whom one sees; None: there is nothing to say."""

    metric: str
    label: str
    unit: str
    group: Any
    everybody: Any


@define
class Experiences:
    """What customers lived, for whoever `crm` acts for: of customers whom one does not see nothing counts."""

    crm: Crm
    settings: ExperienceSettings

    def story(self, customer: int | str) -> Experience:
        """One customer's experience, from their timeline as it stands. Raises `NotFound`, `Ambiguous`."""
        id_ = self.crm.customers.resolve(customer)
        types = self.crm.words.interaction_types

        def is_contact(name: str) -> bool:
            word = types.get(name)
            return word is not None and word.contact

        def told(entry: Interaction) -> tuple[str, str]:
            word = types.get(entry.type)
            return (word.label if word else "") or entry.type, self.crm.interactions.summary(entry)

        return story(
            self._entries(id_), customer_id=id_, now=self.crm.clock.now(), within=self.settings.within,
            sent=self._sent(id_), is_contact=is_contact, told=told,
        )  # fmt: skip

    def compare(
        self, *, segment: str | None = None, where: str | None = None, period: str = _USUAL
    ) -> Sequence[Compared]:
        """What the members of a segment, or those for whom a condition holds, lived in a period, beside
        everybody. Raises as `crm.metrics.value` does."""
        return tuple(self._compared(segment, where, period))

    def _compared(self, segment: str | None, where: str | None, period: str) -> Iterator[Compared]:
        metrics = self.crm.metrics
        for name, label in _LINES:
            if self.crm.words.metrics.get(name) is None:
                continue
            ours = metrics.value(name, period, segment=segment, where=where)
            everybody = metrics.value(name, period)
            if not everybody.is_empty:
                yield Compared(
                    metric=name, label=label, unit=ours.unit, group=ours.value, everybody=everybody.value
                )

    def _entries(self, customer: int) -> list[Interaction]:
        found: list[Interaction] = []
        cursor: str | None = None
        while True:
            page = self.crm.interactions.timeline(customer, limit=_PAGE, cursor=cursor)
            found += page.interactions
            cursor = page.next_cursor
            if cursor is None:
                return found[::-1]

    def _sent(self, customer: int) -> dict[int, int | None]:
        """What employees sent to the customer by the ledger: by its number who did, where that is known."""
        import sqlalchemy as sa

        effect, staff = self.crm.tables.effect, self.crm.tables.employee
        sender = sa.select(sa.func.min(staff.c.id)).where(staff.c.name == effect.c.actor).scalar_subquery()
        chosen = sa.select(effect.c.id, sender).where(
            effect.c.customer_id == customer, effect.c.origin.startswith(telling.BY_HAND, autoescape=True)
        )
        with self.crm.reading() as execute:
            return {row[0]: row[1] for row in execute(chosen)}
