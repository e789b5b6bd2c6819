"""Audiences: for whom something is, and whom it would lose on the way."""
