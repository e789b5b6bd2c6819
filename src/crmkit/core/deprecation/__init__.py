"""What still works and will go: one list, who uses what is on it, and how they hear of it."""
