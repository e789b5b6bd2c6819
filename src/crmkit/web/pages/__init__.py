"""The core's public pages: unsubscribing, preferences, and confirming that somebody really asked."""
