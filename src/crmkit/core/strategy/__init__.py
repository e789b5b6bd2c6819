"""The strategy: goals, rules, and the plans that come of them."""
