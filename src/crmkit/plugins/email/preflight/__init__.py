"""Preflight: whether mail servers will believe that messages are the business's own, and let it end them."""
