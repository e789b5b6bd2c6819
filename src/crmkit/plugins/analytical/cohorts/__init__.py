"""Cohorts: customers who began together, and what became of them."""
