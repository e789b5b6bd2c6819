"""Departments: who sees whose customers."""

from __future__ import annotations

from typing import Final

from crmkit.plugin import Capability
from crmkit.plugins.collaborative.departments.own_customers import own_customers

DEPARTMENTS: Final = Capability(name="departments", narrows=own_customers)
