"""What the public reaches: pages behind the links in messages, forms, and doors for other systems."""
