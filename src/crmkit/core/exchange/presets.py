"""The columns of other CRMs' exports, and how their files are recognised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from crmkit.core.errors import NotFound
from crmkit.core.exchange.headers import folded
from crmkit.core.nearest import did_you_mean
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.words.registry import Words

_NAMES: Final = ("name", "given_name", "family_name")
# Schemes of numbers that organisations had under another scheme, together with people, before.
FORMERLY: Final = {"hubspot_company": "hubspot"}
# Replaced by the business's own word for marketing.
_PURPOSE: Final = "{marketing}"


@frozen(kw_only=True)
class Preset:
    """One product's export of people and companies.

    `columns` maps headers, as the product writes them, to targets; of several columns for one target the
    first that the file has counts. `ignored` are the product's own bookkeeping. A file is taken for such an
    export when it has at least one header of each group of `signs`; one of `companies` says that it lists
    organisations. Then `of_companies` comes first: where a product counts people and organisations apart, its
    number 12 is two customers.
    """

    name: str
    label: str
    columns: Mapping[str, str]
    ignored: tuple[str, ...]
    signs: tuple[tuple[str, ...], ...]
    companies: tuple[str, ...] = ()
    of_companies: Mapping[str, str] = field(factory=dict)
    _targets: dict[str, str] = field(init=False, repr=False, eq=False)

    @_targets.default
    def _by_folded(self) -> dict[str, str]:
        own = {folded(header): target for header, target in self.columns.items()}
        return {**{folded(header): "ignore" for header in self.ignored}, **own}

    def target(self, header: str, words: Words, *, of_companies: bool = False) -> str | None:
        """What the product means by a column, in the business's words; None where that is not known."""
        wanted = folded(header)
        own = {folded(each): target for each, target in self.of_companies.items()} if of_companies else {}
        target = own.get(wanted, self._targets.get(wanted))
        if target is None or _PURPOSE not in target:
            return target
        purpose = marketing_purpose(words)
        return None if purpose is None else target.replace(_PURPOSE, purpose)

    def fits(self, headers: Iterable[str]) -> bool:
        """Whether a file with these headers is such an export."""
        there = {folded(header) for header in headers}
        return all(any(folded(sign) in there for sign in group) for group in self.signs)

    def lists_companies(self, headers: Iterable[str]) -> bool:
        """Whether a file with these headers lists organisations."""
        there = {folded(header) for header in headers}
        return any(folded(sign) in there for sign in self.companies)

    def is_of_companies(self, headers: Iterable[str], told: Iterable[str] = ()) -> bool:
        """Whether the product counts the rows of such a file as companies: it lists them, or names companies
        and no people, also not by what was `told` of its columns."""
        every = list(headers)
        meant = {self._targets.get(folded(header), "") for header in every} | set(told)
        return self.lists_companies(every) or ("organization" in meant and meant.isdisjoint(_NAMES))

    def rank(self, header: str) -> int:
        """Where the column stands in the order of preference."""
        order = [folded(each) for each in self.columns]
        wanted = folded(header)
        return order.index(wanted) if wanted in order else len(order)


def marketing_purpose(words: Words) -> str | None:
    """The business's purpose for marketing: the first one declared; None where there is none."""
    return next((purpose.name for purpose in words.purposes if purpose.type == "marketing"), None)


def preset_named(name: str) -> Preset:
    """The preset `name`. Raises `NotFound` with the nearest."""
    for preset in PRESETS:
        if preset.name == name.strip().casefold():
            return preset
    names = [preset.name for preset in PRESETS]
    raise NotFound(
        phrase('There is no preset "{name}"', name=name),
        hint=did_you_mean(name, names),
    )


def recognised(headers: Iterable[str]) -> Preset | None:
    """The product whose export has these headers; None where that is not clear."""
    found = [preset for preset in PRESETS if preset.fits(list(headers))]
    return found[0] if len(found) == 1 else None


_HUBSPOT: Final = Preset(
    name="hubspot",
    label="HubSpot",
    columns={
        "Record ID": "identity:hubspot",
        "Record ID - Contact": "identity:hubspot",
        "Contact ID": "identity:hubspot",
        "First Name": "given_name",
        "Last Name": "family_name",
        "Email": "email",
        "Work email": "email:work",
        "Additional email addresses": "email",
        "Phone Number": "phone",
        "Mobile Phone Number": "phone:mobile",
        "Company name": "organization",
        "Company": "organization",
        "Associated Company": "organization",
        "Primary Company": "organization",
        "Primary Associated Company": "organization",
        "Contact owner": "owner",
        "Company owner": "owner",
        "Lifecycle Stage": "lifecycle",
        "Street Address": "address.street",
        "City": "address.city",
        "Postal Code": "address.postcode",
        "State/Region": "address.region",
        "Country/Region": "address.country",
        "Country": "address.country",
        "Preferred language": "locale",
        "Unsubscribed from all email": f"opt_out:{_PURPOSE}:email",
        "Opted out of all email": f"opt_out:{_PURPOSE}:email",
    },
    ignored=(
        "Create Date", "Last Modified Date", "Last Activity Date", "Last Contacted", "Next Activity Date",
        "Associated Company IDs", "Associated Contact IDs", "Associated Deal IDs", "Associated Contact",
        "Associated Deals", "Associated Note IDs", "Number of times contacted", "Number of Associated Deals",
        "Number of Associated Contacts", "Number of Sales Activities", "Number of Pageviews",
        "Number of Sessions", "Original Source", "Original Source Type", "Original Source Drill-Down 1",
        "Original Source Drill-Down 2", "Latest Source", "Latest Source Date", "Owner Assigned Date",
        "Became a Lead Date", "Became a Customer Date", "Became a Subscriber Date",
        "Became an Opportunity Date", "First Deal Created Date", "Recent Deal Amount", "Close Date",
        "Days To Close", "Time of First Visit", "Time of Last Visit", "Record source",
        "Record source detail 1", "Marketing contact status", "HubSpot Score", "HubSpot Team",
        "Contact unworked", "Record ID - Company", "Company ID",
        "Time Zone", "Email Domain", "Created by user ID", "Updated by user ID",
    ),
    signs=(
        ("Record ID", "Record ID - Contact", "Record ID - Company", "Contact ID", "Company ID"),
        (
            "Contact owner", "Company owner", "Marketing contact status", "Lifecycle Stage",
            "Associated Company IDs", "Associated Contact IDs", "HubSpot Score",
        ),
    ),
    companies=("Record ID - Company", "Company owner", "Company Domain Name"),
    of_companies={
        "Record ID": "identity:hubspot_company",
        "Record ID - Company": "identity:hubspot_company",
        "Company ID": "identity:hubspot_company",
    },
)  # fmt: skip
_ODOO: Final = Preset(
    name="odoo",
    label="Odoo",
    columns={
        "External ID": "identity:odoo",
        "id": "identity:odoo",
        "Name": "name",
        "Complete Name": "name",
        "Display Name": "name",
        "complete_name": "name",
        "display_name": "name",
        "Is a Company": "is_organization",
        "is_company": "is_organization",
        "Company Type": "is_organization",
        "company_type": "is_organization",
        "Company Name": "organization",
        "company_name": "organization",
        "Company Name Entity": "organization",
        "Related Company": "organization",
        "Related Company/Display Name": "organization",
        "parent_id": "organization",
        "Email": "email",
        "Phone": "phone",
        "Mobile": "phone:mobile",
        "Street": "address.street",
        "City": "address.city",
        "Zip": "address.postcode",
        "State": "address.region",
        "state_id": "address.region",
        "Country": "address.country",
        "country_id": "address.country",
        "Language": "locale",
        "lang": "locale",
        "Timezone": "timezone",
        "tz": "timezone",
        "Tags": "tag",
        "category_id": "tag",
        "Salesperson": "owner",
        "user_id": "owner",
        "Blacklist": f"opt_out:{_PURPOSE}:email",
        "is_blacklisted": f"opt_out:{_PURPOSE}:email",
        "Opt-Out": f"opt_out:{_PURPOSE}:email",
    },
    ignored=(
        "Activities", "Active", "Address Type", "Contact Address Type", "Type", "Color Index", "Company",
        "company_id", "Created on", "Created by", "Last Updated on", "Last Updated by", "Avatar", "Image",
        "Activity State", "Next Activity Deadline", "Next Activity Summary", "Next Activity Type",
        "Latest Invoices & Payments Matching Date", "Display Type", "Is Public", "Followers", "Messages",
        "Sales Team", "Sanitized Number", "Commercial Entity", "Geo Latitude", "Geo Longitude",
        "activity_ids", "write_date", "create_date", "Customer Rank", "Supplier Rank",
    ),
    signs=(
        ("External ID", "id", "Complete Name", "complete_name", "Display Name", "display_name"),
        (
            "Is a Company", "is_company", "Company Type", "company_type", "Related Company", "parent_id",
            "Salesperson", "category_id", "Related Company/Display Name", "state_id", "country_id",
        ),
        ("Street", "Email", "Phone", "Country", "Tags", "Name", "City"),
    ),
)  # fmt: skip
_ESPOCRM: Final = Preset(
    name="espocrm",
    label="EspoCRM",
    columns={
        "ID": "identity:espocrm",
        "Name": "name",
        "First Name": "given_name",
        "Last Name": "family_name",
        "Account": "organization",
        "Account Name": "organization",
        "Email": "email",
        "Email Address": "email",
        "Phone": "phone",
        "Phone Number": "phone",
        "Address Street": "address.street",
        "Address City": "address.city",
        "Address Postal Code": "address.postcode",
        "Address State": "address.region",
        "Address Country": "address.country",
        "Billing Address Street": "address.street",
        "Billing Address City": "address.city",
        "Billing Address Postal Code": "address.postcode",
        "Billing Address State": "address.region",
        "Billing Address Country": "address.country",
        "Shipping Address Street": "address.street:shipping",
        "Shipping Address City": "address.city:shipping",
        "Shipping Address Postal Code": "address.postcode:shipping",
        "Shipping Address State": "address.region:shipping",
        "Shipping Address Country": "address.country:shipping",
        "Assigned User": "owner",
        "Assigned User Name": "owner",
        "Email Address is Opted-Out": f"opt_out:{_PURPOSE}:email",
        "Email Address Is Opted Out": f"opt_out:{_PURPOSE}:email",
        "Opted Out": f"opt_out:{_PURPOSE}:email",
        "Do Not Call": f"opt_out:{_PURPOSE}:phone",
        "Phone Number is Opted-Out": f"opt_out:{_PURPOSE}:phone",
    },
    ignored=(
        "Created At", "Modified At", "Created By", "Created By Name", "Created By ID", "Modified By",
        "Modified By Name", "Modified By ID", "Assigned User ID", "Account ID", "Accounts", "Teams",
        "Teams IDs", "Campaign ID", "Salutation Name", "Salutation", "Email Address is Invalid",
        "Phone Number is Invalid", "Deleted", "Followers", "Is Starred", "Original Lead ID", "Portal User",
        "Has Portal User", "Accept Status", "Stream Updated At", "Target Lists", "Version Number",
    ),
    signs=(
        ("Assigned User", "Assigned User Name", "Assigned User ID", "Modified By", "Modified By Name"),
        ("Address Postal Code", "Billing Address Postal Code", "Address Street", "Billing Address Street",
         "Email Address", "Account Name", "Teams", "Salutation Name"),
        ("ID", "Created At", "Name", "First Name"),
    ),
    companies=("Billing Address Street", "Billing Address City", "SIC Code", "Sic Code"),
)  # fmt: skip
_MAILCHIMP: Final = Preset(
    name="mailchimp",
    label="Mailchimp",
    columns={
        "Email Address": "email",
        "First Name": "given_name",
        "Last Name": "family_name",
        "Phone Number": "phone",
        "Phone": "phone",
        "Address": "address",
        "Company": "organization",
        "TAGS": "tag",
        "EUID": "identity:mailchimp",
        "CONFIRM_TIME": f"consent:{_PURPOSE}:email",
        "OPTIN_TIME": f"consent:{_PURPOSE}:email",
        "UNSUB_TIME": f"opt_out:{_PURPOSE}:email",
    },
    ignored=(
        "MEMBER_RATING", "OPTIN_IP", "CONFIRM_IP", "LATITUDE", "LONGITUDE", "GMTOFF", "DSTOFF",
        "TIMEZONE", "CC", "REGION", "LAST_CHANGED", "LEID", "UNSUB_CAMPAIGN_TITLE",
        "UNSUB_CAMPAIGN_ID", "UNSUB_REASON",
        "UNSUB_REASON_OTHER", "CLEAN_TIME", "CLEAN_CAMPAIGN_TITLE", "CLEAN_CAMPAIGN_ID",
    ),
    signs=(("MEMBER_RATING", "LEID", "EUID"), ("OPTIN_TIME", "CONFIRM_TIME", "LAST_CHANGED")),
)  # fmt: skip
PRESETS: Final = (_HUBSPOT, _ODOO, _ESPOCRM, _MAILCHIMP)
