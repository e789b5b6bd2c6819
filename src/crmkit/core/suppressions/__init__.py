"""Suppression: addresses that are not written to, for what reason and until when.

The list outlives customers and holds addresses that no customer has: it keeps keyed hashes of them.
"""
