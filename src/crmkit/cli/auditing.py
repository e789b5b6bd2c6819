"""`crm db check --audit`: is the change log what it was when it was written?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit.cli.findings import is_wrong, show_findings
from crmkit.cli.plain import plain
from crmkit.cli.state import State
from crmkit.core.language import _, ngettext

if TYPE_CHECKING:
    from crmkit.core.store.verifying import Audit


def verify_log(state: State, expect: str) -> None:
    """Verify the change log, say what was found, and print its head. Leaves with 6 when it was altered."""
    from crmkit.cli.errors import Findings
    from crmkit.core.store.verifying import verify

    crm = state.rescued
    crm.require("audit.read")
    with state.progress(_("Verifying")) as advance, crm.kernel.store.reading() as connection:
        audit = verify(connection, expect, progress=advance)
    output = state.output
    if output.is_json:
        output.json({"ok": not is_wrong(audit.findings), **plain(audit)})
        if is_wrong(audit.findings):
            raise Findings
        return
    output.data(_("Head  {head}", head=audit.head or _("none: the log is empty")))
    show_findings(state, audit.findings, "\n".join(_well(audit, expect)))


def _well(audit: Audit, expect: str) -> list[str]:
    lines = [
        ngettext(
            "The change log is whole: {count} entry, not altered.",
            "The change log is whole: {count} entries, in their order, none altered.",
            audit.entries,
        )
    ]
    if audit.erased:
        lines.append(
            ngettext(
                "{count} of them is empty, because whose it was was erased.",
                "{count} of them are empty, because whose they were was erased.",
                audit.erased,
            )
        )
    if audit.since_expected is not None:
        lines.append(
            ngettext(
                "It holds the head you gave; {count} entry came after it.",
                "It holds the head you gave; {count} entries came after it.",
                audit.since_expected,
            )
        )
    elif not expect and audit.head:
        lines.append(_("Note the head elsewhere. Later: crm db check --expect {head}", head=audit.head))
    return lines
