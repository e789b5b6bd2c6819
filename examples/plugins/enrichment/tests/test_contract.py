"""What crmkit asks of every plugin."""

from __future__ import annotations

from crmkit.testing import contract_checks

test_contract = contract_checks("enrichment")
