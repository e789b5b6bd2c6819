"""What came of messages: what was heard of them, what customers did, and what each had a part in."""
