"""Forms that strangers fill in."""
