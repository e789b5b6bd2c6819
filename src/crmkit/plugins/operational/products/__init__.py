"""Products and what they cost: on which list, from which quantity, in which currency and when."""
