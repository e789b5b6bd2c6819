"""What the strategy can ask of messages: traits and metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from crmkit import Invalid
from crmkit.plugin import N_, Duration, Metric, MetricParameter, Trait, phrase
from crmkit.plugins.campaign.results.settings import MODELS, micros

if TYPE_CHECKING:
    from datetime import tzinfo

    from crmkit.plugin import MetricQuestion, Tables
    from crmkit.plugins.campaign.results.settings import AttributionSettings

_OPENED: Final = ("email.opened", "email.clicked")
_GROUPS: Final = ("customer", "time", "origin", "step", "variant", "channel")
_ORIGIN: Final = MetricParameter(name="origin", kind="text")
_APART: Final = N_(
    "{reading} Of one campaign, journey or rule: {name}(campaign:spring). Messages count on the day they "
    "left."
)
_RATES: Final = {
    "delivery_rate": (
        N_("Share of the messages sent that did not come back"),
        N_("messages sent that no bounce came of / messages sent"), "delivered", "sent",
        N_("A mail server may take a message and lose it all the same."),
    ),
    "open_rate": (
        N_("Share of the messages delivered that people opened"),
        N_("messages delivered that a person opened, followed a link of or answered / messages delivered"),
        "opened", "delivered", N_("Machines that fetch pictures count as nothing: see machine_open_rate."),
    ),
    "machine_open_rate": (
        N_("Share of the messages delivered that only machines opened"),
        N_("messages delivered that a machine opened and no person did / messages delivered"),
        "opened_by_machines", "delivered", N_("What an open rate would be too high by, if it counted them."),
    ),
    "click_rate": (
        N_("Share of the messages delivered of which people followed a link"),
        N_("messages delivered of which a person followed a link / messages delivered"),
        "clicked", "delivered", N_("Links that scanners follow count as nothing."),
    ),
    "click_to_open": (
        N_("Share of the messages opened of which people followed a link"),
        N_("messages of which a person followed a link / messages that a person opened"),
        "clicked", "opened", N_("What the text itself does, once it is read."),
    ),
    "reply_rate": (
        N_("Share of the messages delivered that were answered"),
        N_("messages delivered that a person answered / messages delivered"), "replied", "delivered",
        N_("Answers of machines, such as while somebody is away, are none."),
    ),
    "bounce_rate": (
        N_("Share of the messages sent that came back"),
        N_("messages sent that a bounce came of / messages sent"),
        "bounced", "sent", N_("Above two in a hundred, mail servers begin to distrust the sender."),
    ),
    "complaint_rate": (
        N_("Share of the messages delivered that were called spam"),
        N_("messages delivered that somebody called spam / messages delivered"), "complained", "delivered",
        N_("Above one in a thousand, large mail services refuse what comes next."),
    ),
    "unsubscribe_rate": (
        N_("Share of the messages delivered by which somebody unsubscribed"),
        N_("messages delivered by whose link somebody unsubscribed for good / messages delivered"),
        "unsubscribed", "delivered", N_("By their links alone; what people say elsewhere is not."),
    ),
}  # fmt: skip


def result_traits() -> Iterator[Trait]:
    """What somebody was sent lately, and whether they took notice."""
    yield Trait(
        name="messages_received", type="number", missing=0, select=messages_received,
        doc="messages_received(window): how many messages we sent within it that did not fail",
    )  # fmt: skip
    yield Trait(
        name="engaged", type="bool", missing=0, select=engaged,
        doc="engaged(window): opened a message, followed a link or answered within it; machines do not count",
    )  # fmt: skip


def messages_received(
    as_of: int, tables: Tables, tz: tzinfo, past: bool, whose: Callable[[Any], Any], window: Duration
) -> Any:
    """(customer_id, how many) of the ledger's messages that left within the window."""
    import sqlalchemy as sa

    effect = tables.effect
    at = sa.func.coalesce(effect.c.settled_at, effect.c.contact_at)
    undone: Any = effect.c.undone_at.is_(None)
    gone: Any = effect.c.state.in_(("done", "unconfirmed"))
    if past:
        undone = sa.or_(undone, effect.c.undone_at > as_of)
        gone = sa.or_(gone, effect.c.undone_at > as_of)
    return (
        sa.select(effect.c.customer_id, sa.func.count().label("value"))
        .where(
            effect.c.channel.is_not(None), effect.c.rehearsed == 0,
            *(whose(effect.c.customer_id) or (effect.c.customer_id.is_not(None),)),
            gone, undone, at > window.before(as_of, tz), at <= as_of,
        )
        .group_by(effect.c.customer_id)
    )  # fmt: skip


def engaged(
    as_of: int, tables: Tables, tz: tzinfo, past: bool, whose: Callable[[Any], Any], window: Duration
) -> Any:
    """(customer_id, 1) of those who took notice of a message within the window."""
    import sqlalchemy as sa

    from crmkit.plugin import known_and_current, payload_value

    interaction = tables.interaction
    machine = sa.func.coalesce(payload_value(interaction, "machine"), "")
    noticed = sa.or_(
        sa.and_(interaction.c.type.in_(_OPENED), machine.not_in(("1", "true"))),
        sa.and_(
            interaction.c.type == "message", interaction.c.direction == "in",
            payload_value(interaction, "in_reply_to").like("effect:%"),
        ),
    )  # fmt: skip
    in_force = known_and_current(tables, as_of) if past else interaction.c.superseded_by.is_(None)
    return (
        sa.select(interaction.c.customer_id, sa.literal(1).label("value"))
        .where(
            interaction.c.type.in_((*_OPENED, "message")), noticed, in_force,
            *(whose(interaction.c.customer_id) or (interaction.c.customer_id.is_not(None),)),
            interaction.c.occurred_at > window.before(as_of, tz), interaction.c.occurred_at <= as_of,
        )
        .distinct()
    )  # fmt: skip


def result_metrics(settings: AttributionSettings) -> Iterator[Metric]:
    """All rates of messages, and the money that is put down to them."""
    for name, (doc, formula, part, whole, reading) in _RATES.items():
        yield Metric(
            name=name, unit="share", doc=doc, formula=formula, parameters=(_ORIGIN,), groups=_GROUPS,
            reading=phrase(_APART, reading=phrase(reading), name=name),
            compute=partial(_rate, part=part, whole=whole),
        )  # fmt: skip
    yield Metric(
        name="revenue_attributed", unit="money", groups=_GROUPS,
        doc="What attribution puts down to the messages sent in the period",
        formula="purchases less refunds, each divided among the messages sent within the window before it by "
        "the model's weights, exact to the cent; the parts of the messages that left in the period",
        reading=phrase(
            "It describes what came before purchases, and does not say what the messages changed: see "
            "revenue_incremental. Models: {models}; revenue_attributed(campaign:spring, last).",
            models=", ".join(MODELS),
        ),
        parameters=(_ORIGIN, MetricParameter(name="model", kind="text", default=settings.model)),
        compute=partial(_attributed, settings=settings),
    )  # fmt: skip
    yield Metric(
        name="revenue_incremental", unit="money", groups=("customer",), period="all time",
        doc="What customers brought beyond what they would have brought if left alone",
        formula="net purchases within window of those it was done for - their number × the mean of the "
        "control group, of customers first met in the period whose window is over",
        reading="revenue_incremental(rule:hello, 30 days) of what has a control group; crm campaigns results "
        "tells between which amounts it lies. Across several variants it is their sum.",
        parameters=(
            MetricParameter(name="origin", kind="text"),
            MetricParameter(name="window", kind="duration", default="30 days"),
        ),
        compute=_incremental,
    )  # fmt: skip


def _whose(question: MetricQuestion) -> Any:
    from crmkit.plugins.campaign.results.messages import KINDS, Whose

    origin = question.arguments["origin"]
    if origin is not None and origin.partition(":")[0] not in KINDS:
        raise Invalid(
            phrase('"{origin}" is not the origin of messages', origin=origin),
            hint="Write one such as campaign:spring",
        )
    return Whose(origin=origin)


def _rate(question: MetricQuestion, part: str, whole: str) -> Any:
    """Both counts over the messages, as `crm campaigns results` has them."""
    from crmkit.plugins.campaign.results.messages import MEASURES, by_its_own, told

    measures: dict[str, Callable[[Any], Any]] = {
        "numerator": MEASURES[part], "denominator": MEASURES[whole]
    }  # fmt: skip
    return question.count(by_its_own(question, told(question, _whose(question))), **measures)


def _attributed(question: MetricQuestion, settings: AttributionSettings) -> Any:
    import sqlalchemy as sa

    from crmkit.plugins.campaign.results.credits import Division, parts
    from crmkit.plugins.campaign.results.messages import by_its_own

    model = question.arguments["model"]
    if model not in MODELS:
        raise Invalid(
            phrase('There is no attribution "{model}"', model=model),
            hint=phrase("There are: {names}", names=", ".join(MODELS)),
        )
    division = Division(
        model=model, window=micros(settings.window), half_life=micros(settings.half_life)
    )  # fmt: skip
    rows = by_its_own(question, parts(question, _whose(question), division))
    return question.count(rows, numerator=lambda c: sa.func.coalesce(sa.func.sum(c.credit), 0))


def _incremental(question: MetricQuestion) -> Any:
    from crmkit.plugins.campaign.results.incremental import incremental

    whose = _whose(question)
    if whose.origin is None:
        raise Invalid(
            "Whose revenue?", hint="Name what has a control group: revenue_incremental(campaign:spring)"
        )
    return incremental(question, whose.origin, micros(str(question.arguments["window"])))
