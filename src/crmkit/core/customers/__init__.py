"""Customers: saved one by one or in bulk, found, shown, tied to each other, and asked for consent."""

from crmkit.core.customers.consent import Consents
from crmkit.core.customers.customers import Customers, match_or_create
from crmkit.core.customers.fields import parse_field, show_field
from crmkit.core.customers.profile import Profile

__all__ = ["Consents", "Customers", "Profile", "match_or_create", "parse_field", "show_field"]
