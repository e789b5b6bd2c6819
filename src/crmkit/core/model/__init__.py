"""The values of the record: frozen attrs classes without input or output, SQLAlchemy or click."""
