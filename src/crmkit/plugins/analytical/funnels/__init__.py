"""Funnels: how many customers take each step after the one before."""
