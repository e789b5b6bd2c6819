"""What a column means, guessed from its header."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

from crmkit.core.errors import Invalid
from crmkit.core.exchange import rejects
from crmkit.core.exchange.targets import IGNORE, Target, parse_target
from crmkit.core.normalise import fold

if TYPE_CHECKING:
    from crmkit.core.words.registry import Words

# Headers, folded, by what they mean; the first target that lists a header has it.
_CUSTOMERS: Final = {
    "name": "name, full name, display name, customer name, client name, company, company name, organisation, "
    "organization, contact name",
    "given_name": "given name, first name, firstname, forename, given names, christian name",
    "family_name": "family name, last name, lastname, surname",
    "email": "email, e mail, mail, email address, e mail address, email 1, email 2, primary email",
    "phone": "phone, telephone, tel, mobile, mobile phone, cell, cell phone, phone number, phone 1, phone 2, "
    "telephone number, home phone, work phone",
    "address": "address, postal address, full address",
    "address.street": "street, street address, address line 1, address 1",
    "address.city": "city, town, suburb",
    "address.postcode": "postcode, post code, zip, zip code, zipcode, postal code",
    "address.region": "region, state, province, county",
    "address.country": "country, country code",
    "tag": "tag, tags, labels",
    "lifecycle": "lifecycle, lifecycle stage, stage",
    "owner": "owner, account manager, account owner, customer owner",
    "customer_type": "customer type",
    "locale": "locale, language, preferred language",
    "timezone": "timezone, time zone",
    "organization": "is organization, is organisation",
    "identity:ref": "ref, customer number, customer no, customer id, client number, our number",
}
_INTERACTIONS: Final = {
    "customer": "customer, client, customer reference",
    "email": "email, e mail, email address, e mail address, customer email",
    "type": "type, kind, interaction type",
    "at": "at, date, datetime, date time, time, timestamp, when, occurred at, order date, purchase date, "
    "created at, invoice date",
    "amount": "amount, total, order total, revenue, sum, dollar value, amount paid",
    "currency": "currency, currency code",
    "source_ref": "source ref, order, order id, order number, order no, transaction, transaction id, "
    "invoice, invoice number, receipt, reference",
    "channel": "channel",
    "direction": "direction",
    "outlet": "outlet, branch, store",
    "employee": "employee, clerk, salesperson, handled by",
    "line.product": "product, item, sku, article",
    "line.quantity": "quantity, qty, units, number of cds",
    "line.unit_price": "unit price",
    "payload:text": "text, note, notes, comment, comments, description",
    "payload:subject": "subject",
    "identity:ref": "ref, customer number, customer no, customer id, client number",
}
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def guess(header: str, what: str, words: Words) -> Target | None:
    """What the column called `header` means in a file of `what`; None when nobody can tell."""
    if header in (rejects.LINE, rejects.REASON):
        return IGNORE
    ways = (_by_word, _spelled_out, _by_table)
    return next((found for way in ways if (found := way(header, what, words))), None)


def _spelled_out(header: str, what: str, words: Words) -> Target | None:
    """A header that is itself a target, such as `address.city` or `identity:shop`."""
    try:
        return parse_target(header, what, words)
    except Invalid:
        return None


def _by_word(header: str, what: str, words: Words) -> Target | None:
    """A declared field's name or label; an identity scheme's, alone or as `customer_SCHEME`."""
    wanted = _folded(header)
    for scheme in words.identity_schemes:
        names = {_folded(scheme.name), _folded(scheme.label)} - {""}
        if wanted in names or any(wanted in (f"customer {name}", f"{name} id") for name in names):
            return Target("identity", scheme.name)
    if what == "customers":
        for field in words.fields:
            if wanted in (_folded(field.name), _folded(words.fields.shown(field)), _folded(field.label)):
                return Target("field", field.name)
    return None


def _by_table(header: str, what: str, words: Words) -> Target | None:
    found = _table(what).get(_folded(header))
    return None if found is None else _spelled_out(found, what, words)


@cache
def _table(what: str) -> Mapping[str, str]:
    rows = _CUSTOMERS if what == "customers" else _INTERACTIONS
    table: dict[str, str] = {}
    for target, headers in rows.items():
        for header in headers.split(", "):
            table.setdefault(fold(header), target)
    return table


def _folded(header: str) -> str:
    """`firstName`, `First_Name` and `FIRST NAME` are the same header."""
    return fold(_WORDS.sub(" ", header))
