"""Records: what a business keeps of its customers beside their pages, with fields, states and history."""
