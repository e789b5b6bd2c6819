"""How the names that a business chooses are spelled, and which ones the core has taken."""

from __future__ import annotations

import re
from collections.abc import Collection

from attrs import frozen

from crmkit.core.config.faults import fault
from crmkit.core.config.problems import quoted
from crmkit.core.language import N_
from crmkit.core.nearest import nearest
from crmkit.core.phrase import phrase

# What every customer has already; a declared field of the same name could not be told from it.
RESERVED_FIELDS = frozenset(
    {
        "address", "addresses", "archived", "archived_at", "channel", "city", "contact_points", "country",
        "created", "created_at", "customer", "customer_id", "customer_type", "email", "emails", "erased",
        "family_name", "fields", "given_name", "id", "identities", "identity", "is_organization",
        "language", "lifecycle", "locale", "merged_into", "name", "organization", "owner", "owner_id",
        "phone", "phones", "postal_code", "preferences", "preferred_channel", "preferred_language",
        "preferred_time", "relationships", "restricted", "source", "tag", "tags", "timezone", "type",
        "uid", "updated", "updated_at", "version", "ago", "and", "between", "contains", "false", "from",
        "in", "is", "last", "like", "not", "null", "or", "since", "to", "true", "where",
    }
)  # fmt: skip

# What every record has already, and what the language of conditions means by itself.
RESERVED_RECORD_FIELDS = frozenset(
    {
        "archived", "archived_at", "at", "created", "created_at", "customer", "customer_id", "employee",
        "employee_id", "fields", "fold", "id", "owner", "owner_id", "record", "ref", "state", "title", "type",
        "updated", "updated_at", "version", "ago", "and", "between", "contains", "false", "from", "in", "is",
        "last", "like", "not", "null", "or", "since", "to", "true", "where",
    }
)  # fmt: skip
RESERVED_RECORD_TYPES = frozenset(
    {
        "any", "avg", "count", "customer", "days_since", "employee", "exists", "field", "first",
        "interaction", "last", "max", "min", "records", "sum", "types", "ago", "and", "between", "contains",
        "false", "from", "in", "is", "like", "not", "null", "or", "since", "to", "true", "where",
    }
)  # fmt: skip


@frozen
class Names:
    """A rule for the keys of a table, attached to the key's type; `otherwise` says what a name is not."""

    pattern: str
    otherwise: str
    reserved: Collection[str] = ()

    def check(self, name: str) -> str:
        """The name; Faults says why it cannot be used."""
        if name in self.reserved:
            raise fault(phrase("the name is taken by the core; choose another"))
        if re.fullmatch(self.pattern, name) is None:
            raise fault(phrase(self.otherwise), suggestion=self._respelled(name))
        return name

    def _respelled(self, name: str) -> str | None:
        words = re.sub(r"[^a-z0-9]+", "_", name[:48].lower()).strip("_")
        fits = re.fullmatch(self.pattern, words) is not None and words not in self.reserved
        return words if fits else None


WORD = Names(
    r"[a-z][a-z0-9_]{0,47}",
    N_("the name is not a lower-case letter followed by up to 47 letters a-z, digits and _"),
)
FIELD = Names(WORD.pattern, WORD.otherwise, RESERVED_FIELDS)
# A trait must not be taken for what every customer has, nor for a function of the language.
TRAIT = Names(
    WORD.pattern,
    WORD.otherwise,
    (RESERVED_FIELDS | RESERVED_RECORD_TYPES) - {"address", "customer", "employee", "field", "types"},
)
RECORD_FIELD = Names(WORD.pattern, WORD.otherwise, RESERVED_RECORD_FIELDS)
RECORD_TYPE = Names(WORD.pattern, WORD.otherwise, RESERVED_RECORD_TYPES)
HYPHENATED = Names(
    r"[a-z][a-z0-9_-]{0,47}",
    N_("the name is not a lower-case letter followed by up to 47 letters a-z, digits, _ and -"),
)


def choose(value: str, among: Collection[str]) -> str:
    """The value; Faults names what could have been meant if it is none of `among`."""
    if value not in among:
        raise fault(
            phrase("{value} is not one of {among}", value=quoted(value), among=", ".join(among)),
            suggestion=nearest(value, among),
        )
    return value
