"""What the public reaches: whether it is declared so that it can work, and the work it leaves behind."""
