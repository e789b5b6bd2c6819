"""Traits: named, typed quantities of one customer."""
