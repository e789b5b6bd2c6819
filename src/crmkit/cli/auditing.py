"""`crm db check --audit`: is the change log what it was when it was written?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.cli.findings import is_wrong, show_findings
from crmkit.cli.plain import plain
from crmkit.cli.state import State

if TYPE_CHECKING:
    from crmkit.core.store.verifying import Audit


def verify_log(state: State, expect: str) -> None:
    """Verify the change log, say what was found, and print its head. Leaves with 6 when it was altered."""
    from crmkit.cli.errors import Findings
    from crmkit.core.store.verifying import verify

    crm = state.rescued
    crm.require("audit.read")
    with state.progress("Verifying") as advance, crm.kernel.store.reading() as connection:
        audit = verify(connection, expect, progress=advance)
    output = state.output
    if output.is_json:
        output.json({"ok": not is_wrong(audit.findings), **plain(audit)})
        if is_wrong(audit.findings):
            raise Findings
        return
    output.data(f"Head  {audit.head or 'none: the log is empty'}")
    show_findings(state, audit.findings, "\n".join(_well(audit, expect)))


def _well(audit: Audit, expect: str) -> list[str]:
    count = f"{audit.entries:,} {'entry' if audit.entries == 1 else 'entries'}"
    lines = [f"The change log is whole: {count}, in their order, none altered."]
    if audit.erased:
        lines.append(f"{audit.erased:,} of them are empty, because whose they were was erased.")
    if audit.since_expected is not None:
        lines.append(f"It holds the head you gave; {audit.since_expected:,} came after it.")
    elif not expect and audit.head:
        lines.append(f"Note the head elsewhere. Later: crm db check --expect {audit.head}")
    return lines
