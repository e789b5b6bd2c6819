"""Customers who may be the same: found by rules that a person can read, and settled by people."""
