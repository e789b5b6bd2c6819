"""Who may be the same customer, by a model that learns from the data: Splink, offline, on DuckDB."""
