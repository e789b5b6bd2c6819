"""What the core can undo."""

from __future__ import annotations

from typing import Final

# The kinds of the core, and the module that undoes each; loaded when asked for.
KINDS: Final = {
    "import": "crmkit.core.exchange.undoing",
    "merge": "crmkit.core.merging.undoing",
    "edit": "crmkit.core.editing.undoing",
    "plan": "crmkit.core.strategy.undoing",
}
