"""Exchange rates: what amounts in other currencies are worth in the business's own, day by day."""
