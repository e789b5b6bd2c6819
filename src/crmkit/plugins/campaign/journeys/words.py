"""The words of journeys: interaction types, actions, a trait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import field, frozen
from attrs.validators import instance_of

from crmkit.plugin import N_, Action, ActionItem, InteractionType, Tables, Trait, _, nphrase
from crmkit.plugins.campaign.journeys.payload import ENTERED, EXITED, STEP, JourneyMoved
from crmkit.plugins.campaign.journeys.reasons import written_why
from crmkit.plugins.campaign.journeys.tables import PERSON

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction


@frozen(kw_only=True)
class WhichJourney:
    """The parameters of `journey.enter` and `journey.exit`: which one."""

    journey: str = field(validator=instance_of(str))


def journey_types() -> Iterable[InteractionType]:
    """What is told of people on their way."""
    for name, doc, label in (
        (ENTERED, N_("The customer came into a journey"), N_("Journey entered")),
        (STEP, N_("The customer came to the next step of a journey"), N_("Journey step")),
        (EXITED, N_("The customer left a journey, and why"), N_("Journey left")),
    ):
        yield InteractionType(
            name=name, doc=doc, label=label, payload=JourneyMoved, contact=False,
            summary=lambda payload: " · ".join(
                filter(None, (payload.journey, payload.step, written_why(payload.why)))
            ),
        )  # fmt: skip


def journey_actions() -> Iterator[Action]:
    """In rules as `enter_journey = "win-back"` and `exit_journey = "win-back"`."""
    yield Action(
        name="journey.enter",
        doc="Takes the customer into a journey that runs",
        params=WhichJourney,
        shorthand="enter_journey",
        check=_known,
        perform=_enter,
        undo=_exit,
        undone=nphrase(
            "take {count} customer out of the journey again",
            "take {count} customers out of the journey again",
            0,
        ),
        says=lambda params: _("into the journey {journey}", journey=params.journey),
    )
    yield Action(
        name="journey.exit",
        doc="Has the customer leave a journey",
        params=WhichJourney,
        shorthand="exit_journey",
        check=_known,
        perform=_exit,
        says=lambda params: _("out of the journey {journey}", journey=params.journey),
    )


def journey_traits() -> Iterator[Trait]:
    """What can be asked of one customer."""
    yield Trait(
        name="in_journey",
        type="bool",
        missing=False,
        past=False,
        doc="in_journey(name): whether the customer is in the journey of that name",
        select=in_journey,
    )


def in_journey(as_of: int, tables: Tables, name: str) -> sa.Select[Any]:  # noqa: ARG001
    """(customer, true) of those who are in it."""
    from crmkit.plugins.campaign.journeys.states import ACTIVE

    person = sa.table(PERSON, sa.column("customer_id"), sa.column("journey"), sa.column("state"))
    return sa.select(person.c.customer_id, sa.true().label("value")).where(
        person.c.journey == name, person.c.state == ACTIVE
    )


def _known(params: WhichJourney, crm: Crm) -> None:
    from crmkit.plugins.campaign.journeys.files import journey_file

    journey_file(crm, params.journey)


def _enter(items: Sequence[ActionItem], crm: Crm, _tx: Transaction) -> None:
    from crmkit.plugins.campaign.journeys.journeys import Journeys

    for name, ids in _by_journey(items):
        crm.service(Journeys).enter(name, ids)


def _exit(items: Sequence[ActionItem], crm: Crm, _tx: Transaction) -> None:
    from crmkit.plugins.campaign.journeys.journeys import Journeys

    for name, ids in _by_journey(items):
        crm.service(Journeys).exit(name, ids)


def _by_journey(items: Sequence[ActionItem]) -> Iterable[tuple[str, list[int]]]:
    found: dict[str, list[int]] = defaultdict(list)
    for each in items:
        found[each.params.journey].append(each.customer_id)
    return found.items()
