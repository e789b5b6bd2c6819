"""What a message is: a report of a machine, an answer, or mail from or to a customer."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from attrs import define

from crmkit import Employee, InteractionDraft, Invalid
from crmkit.plugins.email.bounces import SOURCE, note_bounce, note_complaint
from crmkit.plugins.email.incoming.bounce_report import BounceReport, bounce_report
from crmkit.plugins.email.incoming.capture import Colleagues, is_authentic
from crmkit.plugins.email.incoming.complaint_report import ComplaintReport, complaint_report
from crmkit.plugins.email.incoming.failure import DELAYED
from crmkit.plugins.email.incoming.found import Found
from crmkit.plugins.email.incoming.mail import Mail, read_mail
from crmkit.plugins.email.incoming.own_messages import effect_answered, effect_called, effect_proven
from crmkit.plugins.email.incoming.report import ReadReport
from crmkit.plugins.email.incoming.strangers import Strangers
from crmkit.plugins.email.mailbox import written_mailbox
from crmkit.plugins.email.settings import Settings

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Effect

_AUTO_TEXT = 500


def own_addresses(settings: Settings) -> frozenset[str]:
    """The business's own addresses, in lower case."""
    own = {address.lower() for address in settings.own_addresses}
    for written in filter(None, (settings.from_, settings.reply_to, settings.capture)):
        try:
            own.add(written_mailbox(written).address.lower())
        except Invalid:  # the check of the settings says so
            continue
    return frozenset(own)


@define
class Sorter:
    """Sorts the messages of one business. Reports take effect at once; other entries are handed back."""

    _crm: Crm
    _settings: Settings
    _own: frozenset[str]
    _colleagues: Colleagues
    _strangers: Strangers
    report: ReadReport

    @classmethod
    def of(cls, crm: Crm, report: ReadReport) -> Sorter:
        """A sorter that counts in `report`."""
        settings: Settings = crm.plugins.settings("email")
        return cls(crm, settings, own_addresses(settings), Colleagues(crm), Strangers(crm, settings), report)

    def sort(self, found: Found) -> list[InteractionDraft]:
        """The entries on timelines that follow from a message."""
        mail = read_mail(found.raw, headers_only=found.headers_only)
        if not found.is_sent and not found.headers_only:
            complaint = complaint_report(mail.message)
            if complaint is not None:
                self._complained(mail, complaint)
                return []
            bounce = bounce_report(mail.message)
            if bounce is not None:
                self._bounced(mail, bounce)
                return []
        writer = self._colleagues.named(mail.sender)
        if mail.sender in self._own or writer is not None:
            return self._sent(mail, found, writer)
        return self._received(mail, found)

    def _bounced(self, mail: Mail, bounce: BounceReport) -> None:
        failed = [each for each in bounce.failures if each.kind != DELAYED]
        if not failed:
            self.report.automatic += 1
            return
        named = [*(each.address for each in failed if each.address), *bounce.copied_to]
        effect = effect_proven(
            self._crm, return_paths=mail.delivered_to, message_ids=bounce.original, to=named
        )
        if effect is None or effect.recipient is None:
            self.report.disbelieved += 1
            return
        ours = [each for each in failed if each.address == effect.recipient.lower()]
        # A report may name the address to which the mail was forwarded: it is the same message.
        failure = (ours or failed)[0]
        note_bounce(
            self._crm, effect=effect.number, address=effect.recipient,
            kind=failure.kind, code=failure.code, text=failure.text,
        )  # fmt: skip
        self.report.bounces += 1

    def _complained(self, mail: Mail, complaint: ComplaintReport) -> None:
        if not complaint.is_complaint:
            self.report.automatic += 1
            return
        effect = effect_proven(
            self._crm, return_paths=(*complaint.mail_from, *mail.delivered_to),
            message_ids=complaint.original, to=complaint.rcpt,
        )  # fmt: skip
        if effect is None or effect.recipient is None:
            self.report.disbelieved += 1
            return
        note_complaint(self._crm, effect=effect.number, address=effect.recipient, sort=complaint.sort)
        self.report.complaints += 1

    def _sent(self, mail: Mail, found: Found, writer: Employee | None) -> list[InteractionDraft]:
        """Mail in our name: our own messages are on timelines already, others if it is really ours."""
        if effect_called(self._crm, mail.message_id) is not None:
            self.report.repeated += 1
            return []
        if not self._is_ours(mail, found, writer):
            self.report.disbelieved += 1
            return []
        drafts = list(self._outgoing(mail, writer))
        self.report.strangers += not drafts
        self.report.captured += writer is not None and bool(drafts)
        return drafts

    def _is_ours(self, mail: Mail, found: Found, writer: Employee | None) -> bool:
        if found.is_sent or is_authentic(mail, self._settings.authserv_id):
            return found.is_sent or writer is None or self._is_captured(mail)
        # In files that somebody names, and in a Maildir of one's own, our addresses are believed.
        return writer is None and not found.has_come and self._settings.authserv_id is None

    def _is_captured(self, mail: Mail) -> bool:
        capture = self._settings.capture
        return capture is not None and capture.lower() in mail.delivered_to

    def _outgoing(self, mail: Mail, writer: Employee | None) -> Iterator[InteractionDraft]:
        seen: set[int] = set()
        for address in mail.recipients:
            customer = self._customer(address) if address not in self._own else None
            if customer is None or customer in seen:
                continue
            seen.add(customer)
            # Of the address and not of the customer, who may be merged before the message is met again.
            mark = sha256(f"{mail.message_id}\0{address}".encode()).hexdigest()[:16]
            yield self._draft(
                mail, customer, "message", f"{mail.message_id} {mark}", direction="out",
                employee_id=writer.id if writer else None, payload=mail.said(),
            )  # fmt: skip

    def _received(self, mail: Mail, found: Found) -> list[InteractionDraft]:
        effect = effect_answered(self._crm, mail.answers)
        customer = self._customer(mail.sender) if mail.sender else None
        if customer is None and effect is not None:
            customer = effect.customer_id
        if mail.is_automatic:
            return self._automatic(mail, customer, effect)
        if customer is None:
            customer = self._strangers.admit(mail)
            self.report.prospects += customer is not None
        if customer is None:
            self.report.strangers += 1
            return []
        said: dict[str, Any] = {}
        if effect is not None:
            self.report.replies += 1
            said["in_reply_to"] = effect.ref
            if effect.recipient is not None and effect.recipient.lower() != mail.sender:
                said["sender"] = mail.sender
        if found.headers_only:
            said["text"] = "(too large to be fetched: the message itself is in the mailbox)"
        return [
            self._draft(mail, customer, "message", mail.message_id, direction="in", payload=mail.said(**said))
        ]

    def _automatic(self, mail: Mail, customer: int | None, effect: Effect | None) -> list[InteractionDraft]:
        self.report.automatic += 1
        if customer is None:
            return []
        answered = effect.ref if effect else None
        said = {"subject": mail.subject, "text": mail.text[:_AUTO_TEXT], "in_reply_to": answered}
        return [
            self._draft(mail, customer, "email.auto_replied", mail.message_id, direction="in", payload=said)
        ]

    def _draft(self, mail: Mail, customer: int, type_: str, reference: str, **more: Any) -> InteractionDraft:
        # The sender's clock may be ahead, or wrong on purpose: nothing comes from the future.
        at = None if mail.at is None or mail.at < 0 else min(mail.at, self._crm.clock.now())
        return InteractionDraft(
            customer=customer, type=type_, at=at, channel="email", source=SOURCE, source_ref=reference, **more
        )

    def _customer(self, address: str) -> int | None:
        """The customer with this address; a shared one belongs to nobody in particular."""
        found = self._crm.customers.find_by_email(address)
        return found[0].id if len(found) == 1 else None
