"""The bundled plugins, and the example, keep what crmkit asks of every plugin."""

from __future__ import annotations

from crmkit.testing import contract_checks

test_operational = contract_checks(
    "operational",
    toml='[plugins.operational]\nfollow_up = { complaint = "Call back" }\nnew_lead = "Say hello"',
)
test_analytical = contract_checks("analytical")
test_campaign = contract_checks(
    "campaign",
    toml='[plugins.campaign.campaigns]\nspring = "Flyer in May"',
    samples={"campaign.response": {"campaign": "spring"}},
)
test_collaborative = contract_checks("collaborative")
test_email = contract_checks("email", toml='[plugins.email]\nrefused_domains = ["example.org"]')
