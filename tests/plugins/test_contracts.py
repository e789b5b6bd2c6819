"""The bundled plugins, and the example, keep what crmkit asks of every plugin."""

from __future__ import annotations

from crmkit.testing import contract_checks

test_operational = contract_checks("operational")
test_analytical = contract_checks("analytical")
test_campaign = contract_checks("campaign")
test_collaborative = contract_checks("collaborative")
test_email = contract_checks("email")
