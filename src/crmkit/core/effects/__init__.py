"""The ledger of effects: what is entered, and how it reaches the world outside."""
