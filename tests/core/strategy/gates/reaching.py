"""A plugin whose action writes to customers, and whose gate refuses some; and what tests ask of contacts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crmkit import ContactPoint, Crm, CustomerDraft
from crmkit.core.instants import format_instant, parse_instant
from crmkit.core.model.strategy import DONE, PENDING
from crmkit.core.store.bulk import reserve
from crmkit.core.strategy.gates.contacts import Contact, judge_contacts

_MANIFEST = 'name = "reaching"\ntitle = "Reaching"\ndoc = "Writes to customers"\n'
_SOURCE = '''
"""Writes to customers."""
from attrs import frozen
from crmkit.plugin import Action, Channel, Parcel, Performed, Refusal, Touch, hookimpl

@frozen
class Letter:
    write: str
    purpose: str
    channel: str = "email"

def prepare(items, crm):
    return [Parcel(index=i, to=str(item.customer_id), says=item.params.write) for i, item in enumerate(items)]

def perform(parcels, crm):
    return (Performed(parcel.index) for parcel in parcels)

seen = []

@hookimpl
def crmkit_review_proposals(proposals, crm):
    seen.append(proposals)
    if any(getattr(each.params, "write", "") == "raise" for each in proposals):
        raise RuntimeError("no idea")
    if any(getattr(each.params, "write", "") == "tag" for each in proposals):
        crm.customers.tag(1, "reviewed")
    return [Refusal(i, "not like that") for i, each in enumerate(proposals)
            if getattr(each.params, "write", "") == "rude"]

@hookimpl
def crmkit_register_strategy_words():
    yield Action(name="write", doc="Writes", params=Letter, shorthand="write", rendered=("write",),
                 prepare=prepare, perform=perform, says=lambda p: f"write {p.write}",
                 touches=lambda p: Touch(p.channel, p.purpose))

@hookimpl
def crmkit_register_interaction_words():
    yield Channel(name="door", doc="At the door")
'''
PURPOSES = """
[purposes.offers]
type = "marketing"
[purposes.news]
type = "marketing"
[purposes.orders]
type = "contract"
"""
PLUGINS = ("email", "reaching")


def write_plugin(folder: Path) -> None:
    """Put the plugin `reaching` into the business in `folder`."""
    plugins = folder / "plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    (plugins / "reaching.py").write_text(_SOURCE, encoding="utf-8")
    (plugins / "reaching.toml").write_text(_MANIFEST, encoding="utf-8")


def add(
    crm: Crm, name: str, *, email: str | None = "", agrees: Sequence[str] = ("offers", "news"), zone: str = ""
) -> int:
    """A customer with an address of their own (None for none) who agreed to these purposes by e-mail."""
    address = f"{name.lower()}@example.org" if email == "" else email
    points = () if address is None else (ContactPoint(kind="email", value=address),)
    draft = CustomerDraft(name=name, contact_points=points, timezone=zone or None)
    id_ = crm.customers.save(draft).id
    for purpose in agrees:
        crm.consent.grant(id_, purpose, "email")
    return id_


def pair(crm: Crm) -> tuple[int, int]:
    """Anna and Bea, who share an address and agree to everything."""
    anna, bea = add(crm, "Anna", email="both@example.org"), add(crm, "Bea", email=None)
    point = ContactPoint(kind="email", value="both@example.org")
    crm.customers.update(bea, CustomerDraft(contact_points=(point,)))
    return anna, bea


def contact(
    customer_id: int,
    purpose: str = "offers",
    *,
    origin: str = "send:a",
    occasion: str = "1",
    effect: int = 0,
    channel: str = "email",
) -> Contact:
    """Somebody who is to be written to."""
    return Contact(
        customer_id=customer_id,
        channel=channel,
        purpose=purpose,
        origin=origin,
        step="1",
        occasion=occasion,
        effect=effect,
    )


def judged(crm: Crm, *contacts: Contact) -> list[tuple[str, str | None]]:
    """(state, reason) of each contact, judged together now."""
    with crm.kernel.reading() as connection:
        judge_contacts(crm.kernel, connection, contacts, crm.kernel.clock.now())
    return [(each.state, each.reason) for each in contacts]


def at(crm: Crm, text: str) -> int:
    """The instant, by the business's clock."""
    return parse_instant(text, crm.kernel.tz, 0)


def entered(
    crm: Crm,
    customer_id: int,
    when: str,
    *,
    purpose: str = "offers",
    state: str = DONE,
    origin: str = "send:before",
    recipient: str | None = None,
    rehearsed: int = 0,
) -> int:
    """The number of an effect put into the ledger: a contact that was made then, or waits until then."""
    instant, waits = at(crm, when), state == PENDING
    occasion = "1" if recipient else when
    with crm.transaction() as tx:
        number = reserve(tx.connection, "effect", "id", 1)[0]
        tx.execute(
            crm.tables.effect.insert().values(
                id=number, origin=origin, step="1", occasion=occasion, customer_id=customer_id,
                action="write", params="{}", state=state, actor="crmkit", created_at=instant,
                settled_at=None if waits else instant, channel="email", purpose=purpose, contact_at=instant,
                due_at=instant if waits else None, recipient=recipient, rehearsed=rehearsed,
            )
        )  # fmt: skip
    return number


def local(crm: Crm, instant: int | None) -> str | None:
    """The instant by the business's clock."""
    return None if instant is None else format_instant(instant, crm.kernel.tz)
