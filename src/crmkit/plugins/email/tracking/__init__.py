"""Clicks and opens: which links of marketing messages were followed, and by whom: a person or a machine."""
