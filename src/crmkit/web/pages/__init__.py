"""The pages that people see: how they look, and in which languages."""
