"""The messages of the ledger, with what was heard of each: the rows from which results are counted.

What is heard of a message says its number in the ledger: `effect` in the payload of a channel's interactions
`….opened`, `….clicked` (`machine` where no person did), `….bounced` and `….complained`; `in_reply_to` of a
message that answers; the evidence of a consent that was withdrawn by its link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs
import sqlalchemy as sa
from attrs import frozen

from crmkit.plugin import known_and_current, payload_value

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion

KINDS: Final = ("campaign", "journey", "rule")
HEARD: Final = ("opened", "clicked", "bounced", "complained")
# What left the house, or may have.
GONE: Final = ("done", "unconfirmed")
_SETTLED: Final = ("done", "unconfirmed", "failed", "skipped", "withheld", "undone")
_REPLY: Final = "message"
_PREFIX: Final = "effect:"
_UNSUBSCRIBED: Final = "unsubscribed"
_BY_MISTAKE: Final = "unsubscribed by mistake"
FOREVER: Final = 2**62
Measures = Mapping[str, Any]


@frozen(kw_only=True)
class Whose:
    """Whose messages are meant: those of one `origin`, such as `campaign:spring`, or of everything that
    writes by rule; with `rehearsed` also what went to files."""

    origin: str | None = None
    rehearsed: bool = False

    def among(self, effect: Any) -> sa.ColumnElement[bool]:
        """The condition over rows of the ledger."""
        if self.origin is not None:
            mine = effect.c.origin == self.origin
        else:
            mine = sa.or_(*(effect.c.origin.like(f"{kind}:%") for kind in KINDS))
        return sa.and_(mine, effect.c.channel.is_not(None), effect.c.rehearsed <= int(self.rehearsed))


def heard_types(question: MetricQuestion) -> dict[str, list[str]]:
    """The interaction types that tell of messages, by what they tell; what no channel tells is left out."""
    found: dict[str, list[str]] = {}
    for word in question.words.interaction_types:
        told = word.name.rpartition(".")[2]
        payload: Any = word.payload
        is_said = told in HEARD and payload is not None and attrs.has(payload)
        if is_said and "effect" in attrs.fields_dict(payload):
            found.setdefault(told, []).append(word.name)
    return found


def sent(question: MetricQuestion, whose: Whose, *, start: int | None = None) -> sa.Subquery:
    """The messages that were planned in the period, by what was known: `state` is the ledger's, where all
    that is still under way is `pending`.

    Columns: id, customer_id, occurred_at (when it left; else when it was planned), state, origin, step, arm,
    channel.
    """
    effect = question.tables.effect
    state = _state(effect, question)
    left = sa.func.coalesce(effect.c.settled_at, effect.c.contact_at, effect.c.created_at)
    at = sa.case((state.in_(GONE), left), else_=effect.c.created_at)
    columns = [effect.c[name] for name in ("id", "customer_id", "origin", "step", "arm", "channel")]
    rows = (
        sa.select(*columns, at.label("occurred_at"), state.label("state"))
        .where(whose.among(effect), effect.c.created_at <= question.as_of)
        .where(*(effect.c.customer_id.in_(each) for each in question.scope))
    )
    inner = rows.subquery("planned")
    first = question.start if start is None else start
    return sa.select(inner).where(
        inner.c.occurred_at >= first, inner.c.occurred_at < question.end
    ).subquery("sent")  # fmt: skip


def _state(effect: Any, question: MetricQuestion) -> Any:
    """What had become of an effect by the instant that is asked about."""
    # What could not even be prepared, such as for a fault of the template, was never tried.
    unprepared = sa.and_(effect.c.state == "failed", effect.c.attempts == 0)
    now = sa.case((unprepared, "skipped"), (effect.c.state.in_(_SETTLED), effect.c.state), else_="pending")
    if not question.past:
        return now
    known = sa.case((effect.c.state == "undone", "done"), else_=now)
    return sa.case(
        (effect.c.undone_at <= question.as_of, "undone"),
        (sa.func.coalesce(effect.c.settled_at, effect.c.contact_at) <= question.as_of, known),
        else_="pending",
    )


def numeric(text: Any, dialect: str) -> Any:
    """A number that payloads have as text; NULL, or no number of anything, for other text."""
    number = sa.cast(text, sa.BigInteger)
    if dialect == "sqlite":
        return number
    return sa.case((text.regexp_match("^[0-9]{1,18}$"), number))


def heard(question: MetricQuestion, types: Mapping[str, Sequence[str]]) -> sa.Subquery:
    """(key, and 1 or 0 for each thing that can be heard) by message; `key` is its number.

    `opened` and `clicked` are people's alone; `opened_any` and `clicked_any` machines' as well.
    """
    interaction = question.tables.interaction
    in_force = (
        known_and_current(question.tables, question.as_of)
        if question.past
        else interaction.c.superseded_by.is_(None)
    )
    is_reply = sa.and_(interaction.c.type == _REPLY, interaction.c.direction == "in")
    answered = payload_value(interaction, "in_reply_to")
    number = sa.func.substr(answered, len(_PREFIX) + 1, type_=sa.Text())
    key = numeric(sa.case((is_reply, number), else_=payload_value(interaction, "effect")), question.dialect)
    machine = sa.func.coalesce(payload_value(interaction, "machine"), "").in_(("1", "true"))
    names = [name for each in types.values() for name in each]
    told = sa.or_(
        interaction.c.type.in_(names), sa.and_(is_reply, answered.like(f"{_PREFIX}%"))
    ) if names else sa.and_(is_reply, answered.like(f"{_PREFIX}%"))  # fmt: skip
    rows = sa.select(
        key.label("key"), interaction.c.type, sa.case((machine, 1), else_=0).label("machine")
    ).where(
        interaction.c.type.in_([*names, _REPLY]),
        told,
        in_force,
        interaction.c.occurred_at >= question.start,
        interaction.c.occurred_at <= question.as_of,
    )
    one = rows.subquery("one")

    def any_(name: str, condition: Any) -> Any:
        return sa.func.max(sa.case((condition, 1), else_=0)).label(name)

    flags = [any_("replied", one.c.type == _REPLY)]
    for name in HEARD:
        its = one.c.type.in_(types[name]) if name in types else sa.false()
        flags.append(any_(name, sa.and_(its, one.c.machine == 0)))
        if name in ("opened", "clicked"):
            flags.append(any_(f"{name}_any", its))
    return sa.select(one.c.key, *flags).where(one.c.key.is_not(None)).group_by(one.c.key).subquery("heard")


def unsubscribed(question: MetricQuestion) -> sa.Subquery:
    """`key` of the messages by whose link somebody unsubscribed, and did not take it back."""
    consent = question.tables.consent
    comma = sa.literal(",", sa.Text)
    find = sa.func.instr if question.dialect == "sqlite" else sa.func.strpos
    end = find(consent.c.evidence.op("||")(comma), comma)
    said = sa.func.substr(consent.c.evidence, len(_PREFIX) + 1, end - len(_PREFIX) - 1, type_=sa.Text())
    key = numeric(said, question.dialect)
    left = sa.func.max(sa.case((consent.c.source == _UNSUBSCRIBED, consent.c.id), else_=0))
    back = sa.func.max(sa.case((consent.c.source == _BY_MISTAKE, consent.c.id), else_=0))
    return (
        sa.select(key.label("key"))
        .where(
            consent.c.source.in_((_UNSUBSCRIBED, _BY_MISTAKE)),
            consent.c.evidence.like(f"{_PREFIX}%"),
            consent.c.at <= question.as_of,
        )
        .group_by(key)
        .having(left > back)
        .subquery("unsubscribed")
    )


def told(question: MetricQuestion, whose: Whose) -> sa.Subquery:
    """`sent`, and beside each message 1 or 0 for what was heard of it."""
    rows = sent(question, whose)
    found, gone = heard(question, heard_types(question)), unsubscribed(question)
    flags = [sa.func.coalesce(each, 0).label(each.key) for each in found.c if each.key != "key"]
    quits = sa.case((gone.c.key.is_not(None), 1), else_=0).label("unsubscribed")
    source = rows.outerjoin(found, found.c.key == rows.c.id).outerjoin(gone, gone.c.key == rows.c.id)
    return sa.select(*rows.c, *flags, quits).select_from(source).subquery("told")


def by_its_own(question: MetricQuestion, rows: Any) -> Any:
    """`rows` with `grp`, where groups by what messages are themselves are asked for."""
    group = question.group
    if group is None or group.kind != "own":
        return rows
    column = {"variant": "arm"}.get(group.name, group.name)
    return sa.select(*rows.c, rows.c[column].label("grp")).subquery("own_groups")


def _number(condition: Any) -> Any:
    return sa.func.count().filter(condition)


def _in(*states: str) -> Any:
    return lambda c: _number(c.state.in_(states))


def _gone(name: str) -> Any:
    """How many left the house and had this heard of them."""
    return lambda c: _number(sa.and_(c.state.in_(GONE), c[name] == 1))


def _by_machines(name: str) -> Any:
    return lambda c: _number(sa.and_(c.state.in_(GONE), c[f"{name}_any"] == 1, ~_person(c, name)))


def _person(c: Any, name: str) -> Any:
    """Whoever follows a link of a message, or answers it, has opened it, pictures or not."""
    if name == "opened":
        return sa.or_(c.opened == 1, c.clicked == 1, c.replied == 1)
    return c[name] == 1


MEASURES: Final[Measures] = {
    "planned": lambda _: sa.func.count(),
    "people": lambda c: sa.func.count(sa.distinct(c.customer_id)),
    "sent": _in("done"),
    "unconfirmed": _in("unconfirmed"),
    "failed": _in("failed"),
    "skipped": _in("skipped"),
    "withheld": _in("withheld"),
    "waiting": _in("pending"),
    "undone": _in("undone"),
    "bounced": _gone("bounced"),
    "delivered": lambda c: _number(sa.and_(c.state == "done", c.bounced == 0)),
    "opened": lambda c: _number(sa.and_(c.state.in_(GONE), _person(c, "opened"))),
    "opened_by_machines": _by_machines("opened"),
    "clicked": _gone("clicked"),
    "clicked_by_machines": _by_machines("clicked"),
    "replied": _gone("replied"),
    "complained": _gone("complained"),
    "unsubscribed": _gone("unsubscribed"),
}


def counted(question: MetricQuestion, whose: Whose) -> sa.Select[Any]:
    """SELECT of all the counts, for each group where groups are asked for."""
    return question.count(by_its_own(question, told(question, whose)), **MEASURES)
