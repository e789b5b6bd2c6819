"""Which of the rules' actions would do most for a customer now: ranked by what was measured, never done."""
