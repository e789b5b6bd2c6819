"""The replica: the log of interactions as Parquet files, from which answers over many customers are read."""
