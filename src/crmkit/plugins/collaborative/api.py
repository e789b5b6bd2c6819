"""What programs use of the collaborative plugin: `crm.service(Surveys)`."""

from __future__ import annotations

from crmkit.plugins.collaborative.surveys.measuring import Estimate
from crmkit.plugins.collaborative.surveys.surveys import Result, Summary, Surveys, Verbatim

__all__ = ("Estimate", "Result", "Summary", "Surveys", "Verbatim")
