"""Large answers as Arrow record batches, straight from the database's own driver."""
