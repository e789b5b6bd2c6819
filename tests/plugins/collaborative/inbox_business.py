"""A bakery that is written to by mail, chat and telephone, and answers."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define

from crmkit import ContactPoint, Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.plugins.collaborative.inbox.answering import Answering
from crmkit.plugins.collaborative.inbox.conversations import Conversations
from crmkit.plugins.collaborative.inbox.model import Conversation
from tests.plugins.incoming.letters import letter

# Monday 4 May 2026, 10:00 UTC.
MONDAY = 1_777_888_800_000_000
TOML = """
[purposes.answers]
type = "service"

[hours]
open = { mon-fri = "09:00-17:00" }

[plugins.email]
from = "Rye Bakery <post@rye.example>"
host = "127.0.0.1"
port = 1
security = "none"

[roles.baker]
sees = "own"
permissions = ["customers.read", "records.read", "records.write", "messages.send"]

[incoming.chat]
secret = "env:CHAT_SECRET"

[incoming.chat.map]
"user.mail" = "email"
"room" = "payload:thread"
"id" = "source_ref"
"said" = "payload:text"
"at" = "at"

[incoming.chat.defaults]
type = "message"
channel = "chat"
direction = "in"
source = "chat"

[rules.received]
on = "message"
who = "unanswered >= 1"
once = "per occasion"
not_again_for = "1 day"
send_email = "received"
purpose = "answers"

[rules.turns]
on = "message"
who = "unanswered >= 1"
once = "per occasion"
assign_conversation = "round robin"

[webhooks.chat]
url = "CHAT_URL"
secret = "env:CHAT_SECRET"
internal = true
channel = "chat"

[plugins.collaborative.inbox]
teams = { email = "Counter" }
"""


@define
class Bakery:
    """The open business."""

    crm: Crm
    clock: FakeClock

    @property
    def inbox(self) -> Conversations:
        """Its conversations."""
        return self.crm.service(Conversations)

    def add(self, name: str, email: str) -> int:
        """A new customer's id."""
        point = ContactPoint(kind="email", value=email)
        return self.crm.customers.save(CustomerDraft(name=name, contact_points=(point,))).id

    def read(self, *raw: bytes) -> None:
        """Read messages as they come in from outside."""
        from crmkit.plugins.email.incoming.found import Found
        from crmkit.plugins.email.incoming.reading import read_messages

        read_messages(
            self.crm, [Found(raw=each, place="t", key=str(n), has_come=True) for n, each in enumerate(raw)]
        )

    def write(self, sender: str, text: str, subject: str = "Bread", **headers: str) -> None:
        """A customer writes now."""
        from email.utils import formatdate

        raw = letter(sender, "post@rye.example", text, Subject=subject, **headers)
        self.read(
            raw.replace(b"Mon, 04 May 2026 11:00:00 +0200", formatdate(self.clock.now() / 1e6).encode())
        )

    def plan(self) -> None:
        """Do what the rules say."""
        plan = self.crm.strategy.plan()
        if plan.state == "waiting":
            self.crm.strategy.apply(plan.number)

    def as_(self, name: str) -> tuple[Conversations, Answering]:
        """The services, for an employee."""
        crm = self.crm.acting_as(name)
        return crm.service(Conversations), crm.service(Answering)

    def all(self, *states: str) -> Sequence[Conversation]:
        """The conversations in these states, all of them without."""
        chosen = states or ("open", "waiting", "closed")
        return [each for state in chosen for each in self.inbox.list(state=state).conversations]

    def texts(self, conversation: int) -> list[str]:
        """What was said."""
        return [each.payload.text for each in self.inbox.thread(conversation)]
