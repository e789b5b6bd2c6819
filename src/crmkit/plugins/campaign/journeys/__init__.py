"""Journeys: steps that people are led through, one after the other."""
