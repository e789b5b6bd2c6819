"""The interaction: a fact at a point of contact, written once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from crmkit.core.model.customer import CustomerDraft

DIRECTIONS: Final = ("in", "out")
# The type of what says that the interaction which it corrects never happened.
VOIDED: Final = "voided"


@frozen(kw_only=True)
class InteractionDraft:
    """A contact as somebody wants it recorded.

    `customer` is an id, a reference such as `shop:10042` or an e-mail address, or a `CustomerDraft` that is
    found as `[matching]` says and created where nobody matches. `at` is when it happened (now, when `None`).
    `amount` is in minor units of `currency` (the business's own, when `None`). `payload` is the type's
    payload class or a mapping of its keys. `(source, source_ref)` makes recording it again harmless.
    `history` marks a record from the past: it is taken as known when it happened.
    """

    customer: int | str | CustomerDraft
    type: str
    at: int | None = None
    channel: str | None = None
    direction: str | None = None
    employee_id: int | None = None
    outlet: str | None = None
    amount: int | None = None
    currency: str | None = None
    payload: Any = field(factory=dict)
    source: str | None = None
    source_ref: str | None = None
    history: bool = False


@frozen(kw_only=True)
class Interaction:
    """A contact as on record. `payload` is the type's payload class, or a mapping where the type is unknown.

    `superseded_by` is the number of the interaction that corrected or voided this one, `corrects` the number
    of the one that this one corrects.
    """

    seq: int
    customer_id: int
    type: str
    occurred_at: int
    recorded_at: int
    known_at: int
    channel: str | None = None
    direction: str | None = None
    employee_id: int | None = None
    outlet: str | None = None
    amount: int | None = None
    currency: str | None = None
    payload: Any = field(factory=dict)
    source: str | None = None
    source_ref: str | None = None
    corrects: int | None = None
    superseded_by: int | None = None
    identity_id: int | None = None
    contact_point_id: int | None = None


@frozen(kw_only=True)
class Change:
    """One entry of the change log: who changed which field of what, from what to what, when and from where.

    `action` is `created`, `changed`, `removed` (and `merged`, `erased`); `entity` and `entity_id` say of
    what; `old` and `new` are plain JSON values.
    """

    seq: int
    at: int
    actor: str
    action: str
    entity: str
    entity_id: int
    customer_id: int | None
    field: str = ""
    old: Any = None
    new: Any = None
    source: str = ""


@frozen(kw_only=True)
class Page:
    """The interactions of one customer's timeline, newest first, and the cursor of the next page, if any."""

    interactions: tuple[Interaction, ...]
    next_cursor: str | None = None
    labels: Mapping[str, str] = field(factory=dict)
