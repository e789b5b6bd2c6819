"""Data that ships with crmkit."""
