"""Customers and interactions as rows: plain data for programs, with what a table needs beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from attrs import evolve

from crmkit.cli.plain import plain
from crmkit.cli.values import tz

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.customer import Consent, Customer, CustomerSummary
    from crmkit.core.model.interaction import Change, Interaction

Record = dict[str, Any]
# What the change log says of a customer that is an instant.
_INSTANTS = ("archived_at", "restricted_at")


def moment(crm: Crm, instant: int | None) -> str | None:
    """An instant in ISO 8601, in the business's time zone."""
    from crmkit.core.instants import format_instant

    return None if instant is None else format_instant(instant, tz(crm), exact=True)


def local_time(text: str) -> str:
    """A moment as a person reads it: `2026-05-01 10:00`."""
    return text[:16].replace("T", " ")


def local_end(text: str) -> str:
    """The end of a period as a person reads it: a day that is meant as a whole as that day, else the time."""
    from datetime import date, timedelta

    day, time = text[:10], text[11:16]
    return str(date.fromisoformat(day) - timedelta(days=1)) if time == "00:00" else local_time(text)


def local_day(text: str) -> str:
    """The day of a moment: `2026-05-01`."""
    return text[:10]


def money(amount: int | None, currency: str | None) -> str | None:
    """An amount in major units, `12.50`, without its currency."""
    from crmkit.core.model.money import format_amount

    return None if amount is None or currency is None else format_amount(amount, currency)


def with_currency(row: Mapping[str, Any]) -> str:
    """The amount of a row with its currency."""
    from crmkit.core.cldr import written_sum

    return written_sum(row["amount"], row["currency"]) if row.get("amount") is not None else ""


def summary_record(crm: Crm, summary: CustomerSummary) -> Record:
    """A customer in one line."""
    return {
        "id": summary.id,
        "name": summary.name,
        "lifecycle": summary.lifecycle,
        "email": summary.email,
        "phone": summary.phone,
        "city": summary.city,
        "uid": summary.uid,
        "archived_at": moment(crm, summary.archived_at),
    }


def customer_record(crm: Crm, customer: Customer) -> Record:
    """A customer with everything that hangs on them; instants in ISO 8601."""
    record: Record = plain(customer)
    for key in ("created_at", "archived_at", "restricted_at"):
        record[key] = moment(crm, record[key])
    for point in record["contact_points"]:
        point["verified_at"] = moment(crm, point["verified_at"])
        for part in ("street", "city", "postcode", "region", "country"):
            if point[part] is None:
                del point[part]
    for preference in record["preferences"]:
        preference["at"] = moment(crm, preference["at"])
    record["identities"] = [str(identity) for identity in customer.identities]
    record["fields"] = {name: field_plain(crm, name, value) for name, value in customer.fields.items()}
    return record


def field_plain(crm: Crm, name: str, value: Any) -> Any:
    """A field's value for programs: a datetime in ISO 8601 instead of microseconds."""
    word = crm.words.fields.get(name)
    if word is not None and word.type == "datetime":
        return moment(crm, value)
    return plain(value)


def interaction_record(crm: Crm, interaction: Interaction, **more: Any) -> Record:
    """An interaction; `at` is when it happened, `summary` what it says in one line."""
    from crmkit.core.interactions.summary import summary_of

    return {
        "seq": interaction.seq,
        "customer_id": interaction.customer_id,
        **more,
        "type": interaction.type,
        "at": moment(crm, interaction.occurred_at),
        "amount": money(interaction.amount, interaction.currency),
        "currency": interaction.currency,
        "channel": interaction.channel,
        "direction": interaction.direction,
        "outlet": interaction.outlet,
        "employee_id": interaction.employee_id,
        "summary": summary_of(interaction, crm.words),
        "payload": plain(interaction.payload),
        "recorded_at": moment(crm, interaction.recorded_at),
        "source": interaction.source,
        "source_ref": interaction.source_ref,
        "corrects": interaction.corrects,
        "superseded_by": interaction.superseded_by,
    }


def consent_record(crm: Crm, consent: Consent) -> Record:
    """One entry of the consent history."""
    return plain(consent) | {"at": moment(crm, consent.at)}  # type: ignore[no-any-return]


def change_record(crm: Crm, change: Change) -> Record:
    """One entry of the change log."""
    told = with_instants(crm, change, lambda at: moment(crm, at))
    return plain(told) | {"at": moment(crm, change.at)}  # type: ignore[no-any-return]


def with_instants(crm: Crm, change: Change, shown: Callable[[int], Any]) -> Change:
    """The change with `shown` of the instants that fields of customers and records hold."""
    values = {"old": change.old, "new": change.new}
    if change.field:
        told = {side: shown(at) for side, at in values.items() if _is_instant(crm, change, change.field, at)}
    else:
        told = {side: _begun(crm, change, kept, shown) for side, kept in values.items()}
    return evolve(change, **told) if any(told[side] != values[side] for side in told) else change


def _begun(crm: Crm, change: Change, kept: Any, shown: Callable[[int], Any]) -> Any:
    """The values with which something began."""
    if not isinstance(kept, Mapping):
        return kept
    return {
        name: shown(value) if _is_instant(crm, change, name, value) else value for name, value in kept.items()
    }


def _is_instant(crm: Crm, change: Change, name: str, kept: Any) -> bool:
    if not isinstance(kept, int):
        return False
    kind, _, type_ = change.entity.partition(":")
    if kind == "customer":
        return name in _INSTANTS
    if kind == "record":
        found = crm.words.record_types.get(type_)
        word = found.field_named(name) if found is not None else None
    else:
        word = crm.words.fields.get(name) if kind == "field" else None
    return word is not None and word.type == "datetime"
