"""Lifetime value: how customers buy and leave, by models fitted to what they bought."""
