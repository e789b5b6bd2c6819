"""A business that keeps something of a person everywhere: core, fields, records, plugins, gone ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa

from crmkit import ContactPoint, CustomerDraft, Identity, InteractionDraft, Preference
from crmkit.core.crm import Crm
from crmkit.core.store.ownership import customer_column, owned, personal, via
from crmkit.core.store.status import is_internal
from crmkit.core.store.tables import Text, key_column, plugin_metadata
from crmkit.core.store.upgrade import _keep_contracts
from crmkit.plugins.operational.api import Tasks

MARK: Final = "zyxquill"
PHONE: Final = "512345678"
OTHER: Final = "qwowren"
EMPLOYEE: Final = "Maria Clerk"

TOML: Final = """
currency = "PLN"
timezone = "Europe/Warsaw"
locale = "pl_PL"

[identities]
shop = "Customer number of the web shop"

[fields.nickname]
type = "text"

[fields.friend]
type = "reference"

[fields.allergies]
type = "multi-choice"
choices = ["nuts", "milk"]

[records.cake_order]
label = "Cake order"
states = ["ordered", "delivered"]

[records.cake_order.fields.inscription]
type = "text"

[segments]
mailable = "reachable(email, offers)"

[purposes.offers]
type = "marketing"

[purposes.bookings]
type = "service"

[interactions.tasting]
fields = { wine = "text" }

[retention]
enquiry = "2 years"
tasting = "1 year"
customers = "10 years"

[plugins.email]
maildir = "mail"
own_addresses = ["shop@example.org"]
"""


@pytest.fixture
def crm_plugins() -> list[str]:
    """The bundled plugins that keep something."""
    return ["operational", "email", "campaign", "collaborative", "analytical"]


@pytest.fixture
def crm_toml() -> str:
    """What the business declares."""
    return TOML


class Gone:
    """The tables of a plugin that is gone: two customers in a row, rows by way of others, rows that stay."""

    def __init__(self, crm: Crm) -> None:
        customer = crm.tables.customer
        metadata = plugin_metadata()
        self.tie = sa.Table(
            "gone_tie", metadata, key_column(),
            customer_column("a_id", customer, erase="delete", nullable=False),
            customer_column("b_id", customer, erase="blank"),
            personal("a_said", Text, of="a_id"),
            personal("b_said", Text, of="b_id"),
            info=owned(self_link="drop"),
        )  # fmt: skip
        self.ticket = sa.Table(
            "gone_ticket", metadata, key_column(),
            customer_column("customer_id", customer, erase="blank"),
            personal("subject", Text, nullable=False, blank="(erased)"),
            info=owned(),
        )  # fmt: skip
        self.message = sa.Table(
            "gone_message", metadata, key_column(),
            via("ticket_id", self.ticket, erase="blank"),
            personal("body", Text),
            info=owned(),
        )  # fmt: skip
        self.tables = (self.tie, self.ticket, self.message)
        with crm.kernel.store.writing() as connection:
            metadata.create_all(connection, tables=list(self.tables))
            _keep_contracts(connection, "gone", self.tables)

    def fill(self, crm: Crm, id_: int, other: int) -> None:
        """Rows of both customers, in each of which each says something of their own."""
        with crm.transaction() as tx:
            tx.execute(
                sa.insert(self.tie),
                [
                    {"a_id": id_, "b_id": other, "a_said": f"{MARK} tie a", "b_said": f"{OTHER} tie b"},
                    {"a_id": other, "b_id": id_, "a_said": f"{OTHER} tie a", "b_said": f"{MARK} tie b"},
                ],
            )
            for owner, mark in ((id_, MARK), (other, OTHER)):
                key = tx.execute(
                    sa.insert(self.ticket).values(customer_id=owner, subject=f"{mark} ticket")
                ).inserted_primary_key
                assert key is not None
                tx.execute(sa.insert(self.message).values(ticket_id=key[0], body=f"{mark} message"))


def plant(crm: Crm, mark: str = MARK, phone: str = PHONE) -> int:
    """A customer with unmistakable values in everything that the core and the plugins keep."""
    customer = crm.customers.save(
        CustomerDraft(
            name=f"{mark} Quill",
            given_name=mark,
            family_name="Quill",
            locale="pl",
            contact_points=(
                ContactPoint(kind="email", value=f"{mark}@example.com"),
                ContactPoint(kind="phone", value=f"+48{phone}"),
                ContactPoint(kind="address", value=f"{mark} Street 1", street=f"{mark} Street", city=mark),
            ),
            identities=(Identity("shop", mark),),
            preferences=(Preference(topic="bread", value=mark),),
            tags=(mark,),
            fields={"nickname": mark, "allergies": ("nuts",)},
        ),
        source="web form",
    )
    id_ = customer.id
    crm.customers.update(id_, CustomerDraft(fields={"nickname": f"{mark} the second"}))
    crm.customers.prefer(id_, f"{mark} topic", f"{mark} value")
    crm.customers.forget_preference(id_, f"{mark} topic")
    crm.consent.grant(id_, "offers", "email", source=f"{mark} form", evidence=f"{mark} scan")
    crm.interactions.record_all(
        [
            InteractionDraft(
                customer=id_, type=type_, payload=payload, amount=amount, source="shop",
                source_ref=f"{mark}-{type_}",
            )
            for type_, payload, amount in (
                ("purchase", {"text": f"{mark} bread"}, 1250),
                ("note", {"text": f"{mark} note"}, None),
                ("tasting", {"wine": f"{mark} wine"}, None),
                ("enquiry", {"text": f"{mark} asks"}, None),
            )
        ]
    )  # fmt: skip
    crm.records.add("cake_order", id_, {"inscription": mark})
    tasks = crm.service(Tasks)
    task = tasks.add(id_, f"{mark} task")
    tasks.add(id_, f"{mark} open task")
    tasks.done(task.id)
    crm.privacy.request(id_, "access", note=f"{mark} asks for everything", channel="letter")
    return id_


@pytest.fixture
def story(crm_both: Crm) -> tuple[Crm, int, int]:
    """The business on each database, a person with something everywhere, and another who is tied to them."""
    return (crm_both, *tell(crm_both))


def tell(crm: Crm) -> tuple[int, int]:
    """The person and the other."""
    id_, other = plant(crm), plant(crm, OTHER, "698765432")
    crm.customers.relate(id_, "married_to", other)
    crm.customers.relate(other, "referred_by", id_)
    crm.customers.update(id_, CustomerDraft(fields={"friend": str(other)}))
    crm.customers.update(other, CustomerDraft(fields={"friend": str(id_)}))
    Gone(crm).fill(crm, id_, other)
    return id_, other


def columns_with(crm: Crm, *marks: str) -> set[str]:
    """`table.column` of everything in the database that holds any of `marks`."""
    found = set()
    with crm.kernel.reading() as connection:
        for name in sa.inspect(connection).get_table_names():
            if is_internal(name):
                continue
            rows = connection.execute(sa.select(sa.text("*")).select_from(sa.table(name))).mappings()
            found |= {
                f"{name}.{column}"
                for row in rows
                for column, value in row.items()
                if isinstance(value, str) and any(mark in value.casefold() for mark in marks)
            }
    return found


def files_with(folder: Path, *marks: str) -> list[str]:
    """The files beneath a folder in whose bytes any of `marks` stands."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            text: Any = path.read_bytes().decode("latin-1").casefold()
            found += [path.name for mark in marks if mark in text]
    return found


def write_mail(folder: Path, sender: str, to: str, text: str, name: str) -> None:
    """A message in the Maildir `mail` of the business in `folder`."""
    for part in ("cur", "new", "tmp"):
        (folder / "mail" / part).mkdir(parents=True, exist_ok=True)
    message = f"From: {sender}\nTo: {to}\nSubject: Hello\nMessage-ID: <{name}@x>\n\n{text}\n"
    (folder / "mail" / "cur" / f"{name}:2,S").write_text(message)
