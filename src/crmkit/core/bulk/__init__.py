"""Statements over many customers: answered by a copy where one is fresh, else by the database."""
