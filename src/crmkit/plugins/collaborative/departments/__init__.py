"""Departments: who sees whose customers."""

from __future__ import annotations

from typing import Final

from crmkit.plugin import Capability, lazily

DEPARTMENTS: Final = Capability(
    name="departments",
    narrows=lazily("crmkit.plugins.collaborative.departments.own_customers:own_customers"),
)
