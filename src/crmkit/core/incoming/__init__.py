"""What other programs report of their own accord, by signed requests."""
