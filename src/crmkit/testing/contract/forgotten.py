"""Whether what a plugin keeps of a person is handed out whole, and erased whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crmkit.core.model.customer import ContactPoint, CustomerDraft
from crmkit.core.phrase import phrase
from crmkit.testing.contract.canary import MARKS, WORD, plant, traces
from crmkit.testing.contract.in_use import kept_contracts

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.testing.contract.subject import Subject

BYSTANDER: Final = "qwobystander"
# What a plugin's errors say of people is cut short at an erasure; it is nobody's row.
_IMPERSONAL: Final = ("job", "observer")


def forgotten(subject: Subject) -> Iterator[str]:
    """What it keeps of a person is in their privacy export, and gone after their erasure."""
    with subject.business() as crm:
        yield from plant(crm, subject)
        crm.customers.save(_bystander())
        while crm.kernel.observers.catch_up():
            pass
        customer = crm.customers.get(f"ref:{WORD}")
        yield from _lacking(crm, customer.id)
        crm.privacy.erase(customer.id)
        yield from _left(crm)


def forgotten_after_merge(subject: Subject) -> Iterator[str]:
    """What it keeps of a person is gone after the erasure of whom they were merged into."""
    with subject.business() as crm:
        yield from plant(crm, subject)
        person = crm.customers.get(f"ref:{WORD}")
        twin = crm.customers.save(_bystander())
        crm.merging.merge(twin.id, person.id)
        while crm.kernel.observers.catch_up():
            pass
        crm.privacy.erase(twin.id)
        yield from _left(crm)


def _bystander() -> CustomerDraft:
    return CustomerDraft(
        name=f"{BYSTANDER} Wren",
        contact_points=(ContactPoint(kind="email", value=f"{BYSTANDER}@example.com"),),
    )


def _lacking(crm: Crm, customer_id: int) -> Iterator[str]:
    """Tables with something of the person that their export does not show, and others whom it shows."""
    export = crm.privacy.export(customer_id)
    shown = {each.table: repr(each.rows).casefold() for each in export.tables}
    contracts: dict[str, Any] = kept_contracts(crm)
    for table in sorted({trace.table for trace in traces(crm)}):
        if contracts.get(table, {}).get("links") and not _marked(shown.get(table, "")):
            yield phrase(
                "{table} holds something of a person that their privacy export does not show", table=table
            )
    text = export.to_json().casefold()
    if BYSTANDER in text:
        yield phrase(
            "the privacy export of a person shows another customer's data; say of= whose a column is"
        )


def _left(crm: Crm) -> Iterator[str]:
    for trace in sorted(traces(crm)):
        if trace.table not in _IMPERSONAL:
            yield phrase(
                "{table}.{column} still holds something of a person after their erasure",
                table=trace.table,
                column=trace.column,
            )
    path = crm.kernel.store.path
    for file in _files(path) if path is not None else ():
        if _marked(file.read_bytes().decode("latin-1").casefold()):
            yield phrase("the file {name} still holds bytes of a person after their erasure", name=file.name)


def _marked(text: str) -> bool:
    return any(mark in text for mark in MARKS)


def _files(database: Path) -> Iterable[Path]:
    return sorted(database.parent.glob(f"{database.name}*"))
