"""Webhooks: signed requests to programs elsewhere, and to no address that was not looked at."""
