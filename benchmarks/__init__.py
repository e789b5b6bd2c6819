"""Benchmarks: what crmkit costs, as a ratio to a raw baseline measured in the same run."""
