"""Campaigns: one message to many, sent once, on a day, or upon an event."""
