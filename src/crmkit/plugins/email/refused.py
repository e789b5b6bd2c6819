"""What follows when the mail server refuses a recipient at once: the same as when a bounce comes later."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from crmkit.plugin import N_

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.email.pool import Answered

_NEVER: Final = 500
log = logging.getLogger("crmkit.email")


def note_refused(answered: Answered, crm: Crm) -> None:
    """Note a recipient that was refused for good, and what that says of the address.

    On the thread that delivers, outside of any unit of work. Its own failure changes nothing about what the
    server said.
    """
    reply = answered.reply
    if reply is None or reply.stage != "RCPT" or reply.code < _NEVER:
        return
    from crmkit.plugins.email.bounces import note_bounce
    from crmkit.plugins.email.incoming.failure import code_in, kind_of

    message = answered.job.message
    try:
        code = code_in(reply.text)
        kind = kind_of(code, reply.text)
        note_bounce(crm, effect=message.effect, address=message.to, kind=kind, code=code, text=reply.text)
    except Exception:
        log.exception(N_("A refused recipient could not be noted: effect %s"), message.effect)
