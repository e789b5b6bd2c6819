"""Both logs as one stream of events."""
