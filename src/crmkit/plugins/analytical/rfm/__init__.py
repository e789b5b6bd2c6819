"""Recency, frequency, monetary value: scores, and the segments that follow from them."""
