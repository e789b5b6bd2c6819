"""Customers: saved one by one or in bulk, found, shown, and tied to each other."""

from crmkit.core.customers.customers import Customers, match_or_create
from crmkit.core.customers.fields import parse_field, show_field
from crmkit.core.customers.profile import Profile

__all__ = ["Customers", "Profile", "match_or_create", "parse_field", "show_field"]
