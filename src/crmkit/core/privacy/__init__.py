"""What people may ask about their data: to see it, to have it restricted, and to be forgotten."""
