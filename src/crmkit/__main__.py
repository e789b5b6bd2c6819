"""`python -m crmkit` is `crm`."""

from __future__ import annotations

from crmkit.cli import main

main()
