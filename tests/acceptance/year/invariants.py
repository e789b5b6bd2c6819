"""What must hold after the year."""
