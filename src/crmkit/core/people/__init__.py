"""People: employees, teams, roles, on whose behalf something is done and what they see."""

from crmkit.core.people.service import People

__all__ = ["People"]
