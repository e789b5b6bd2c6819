"""A person with unmistakable values, planted wherever a plugin keeps something, and found again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.model.customer import ContactPoint, CustomerDraft, Identity, Preference
from crmkit.core.model.interaction import InteractionDraft
from crmkit.core.phrase import phrase
from crmkit.core.store.ownership import links, personal_columns
from crmkit.core.store.status import is_internal
from crmkit.testing.contract import samples
from crmkit.testing.contract.in_use import kept_contracts

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.testing.contract.subject import Subject

WORD: Final = "zyxcanary"
PHONE: Final = "512345678"
# Folding and normalising change spellings, so these are spelled as they come out.
MARKS: Final = (WORD, PHONE)


@frozen(order=True)
class Trace:
    """A column in which something of the person was found."""

    table: str
    column: str


def canary(subject: Subject) -> Iterator[str]:
    """What a plugin keeps of a person lies in columns declared personal, so that erasing reaches it."""
    with subject.business() as crm:
        yield from plant(crm, subject)
        kept = kept_contracts(crm)
        for trace in sorted(traces(crm)):
            declared: Any = kept.get(trace.table, {}).get("personal", {})
            if trace.column not in declared:
                yield (
                    phrase(
                        "{table}.{column} holds something of a person and does not say so; declare it: "
                        'personal("{column}", …)',
                        table=trace.table,
                        column=trace.column,
                    )
                )


def plant(crm: Crm, subject: Subject) -> Iterator[str]:
    """Put the person into `crm`: saved, written to, and into each table of the plugin. Yields what fails."""
    customer = crm.customers.save(person(crm, subject.name))
    types = [word for word in crm.words.interaction_types if word.owner == subject.name]
    drafts = [
        InteractionDraft(
            customer=customer.id,
            type=word.name,
            payload=samples.payload(word, WORD, subject.samples.get(word.name, {})),
            amount=samples.amount(word, subject.samples.get(word.name, {})),
            source="canary",
            source_ref=f"{WORD}-{word.name}",
        )
        for word in types
    ]
    for refusal in crm.interactions.record_all(drafts).refused:
        yield phrase(
            "a {name} with made-up values is refused: {reason}; its manifest can say others: "
            '[check.samples] "{name}" = {{ KEY = … }}',
            name=types[refusal.index].name,
            reason=refusal.reason,
        )
    yield from _plant_rows(crm, subject, customer.id)


def person(crm: Crm, owner: str) -> CustomerDraft:
    """The person, with a value in each field that `owner` contributes."""
    return CustomerDraft(
        name=f"{WORD} Quill",
        given_name=WORD,
        contact_points=(
            ContactPoint(kind="email", value=f"{WORD}@example.com"),
            ContactPoint(kind="phone", value=f"+48{PHONE}"),
            ContactPoint(kind="address", value=f"{WORD} Street 1", street=f"{WORD} Street 1", city=WORD),
        ),
        identities=(Identity("ref", WORD),),
        preferences=(Preference(topic=WORD, value=WORD),),
        tags=(WORD,),
        fields=samples.field_values(crm, owner, WORD),
    )


def _plant_rows(crm: Crm, subject: Subject, customer_id: int) -> Iterator[str]:
    offered = crm.plugins.tables.get(subject.name)
    ids = {"customer": customer_id}
    tables = offered.metadata.sorted_tables if offered else []
    # Rows of theirs may need one in a table that is nobody's.
    needed = {key.column.table.name for table in tables if links(table) for key in table.foreign_keys}
    if "employee" in needed:
        ids["employee"] = crm.people.add("Somebody").id
    for table in tables:
        if not links(table) and table.name not in needed:
            continue
        (key,) = table.primary_key.columns
        with crm.reading() as execute:
            known = execute(sa.select(sa.func.min(key))).scalar()
        personal = frozenset(personal_columns(table))
        values = samples.row(table, ids, personal, WORD, subject.samples.get(table.name, {}))
        try:
            ids[table.name] = _planted(crm, table, values) if known is None else int(known)
        except sa.exc.StatementError as error:
            yield phrase(
                "{name} takes no made-up row ({error}); its manifest can say one: "
                "[check.samples] {name} = {{ COLUMN = … }}",
                name=table.name,
                error=error.orig,
            )


def _planted(crm: Crm, table: sa.Table, values: Mapping[str, Any]) -> int:
    """The key of a new row."""
    with crm.transaction() as tx:
        (key,) = tx.execute(sa.insert(table).values(values)).inserted_primary_key or (0,)
    return int(key)


def traces(crm: Crm) -> set[Trace]:
    """Every column of the database in which something of the person is found."""
    with crm.kernel.reading() as connection:
        names = [name for name in sa.inspect(connection).get_table_names() if not is_internal(name)]
        return {
            Trace(name, column)
            for name in names
            for found in connection.execute(sa.select(sa.text("*")).select_from(sa.table(name))).mappings()
            for column, value in found.items()
            if isinstance(value, str) and any(mark in value.casefold() for mark in MARKS)
        }
