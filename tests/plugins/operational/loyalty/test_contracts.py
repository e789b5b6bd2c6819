"""The plugin with a loyalty programme keeps what crmkit asks of every plugin."""

from __future__ import annotations

from crmkit.testing import contract_checks

# Without tiers: what is told of them is numbered in the log, in another place where a batch comes whole.
test_loyalty = contract_checks(
    "operational",
    toml="""
[plugins.operational.leads.assign.all]
to = "Somebody"

[plugins.operational.loyalty]
expire = "24 months"
earn.all = { on = "purchase", points = "amount / 10" }
rewards.bread = { points = 10 }
stamps.bread = { on = "purchase", needs = 10, reward = "free-bread" }
""",
)
