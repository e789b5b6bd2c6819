"""What strangers can fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from crmkit.core.config.faults import fault
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from attrs import Attribute

EMAIL: Final = "email"
# Attributes and points of a customer that a stranger may say of themselves, beside the fields of `[fields]`;
# and what they want to tell, which is no part of a customer.
BUILT_IN: Final = ("name", "given_name", "family_name", EMAIL, "phone", "message")
_MOST: Final = 30


def _fields(_: object, __: Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    if EMAIL not in value:
        raise fault(phrase("does not name email: by it the customer is known, and asked to confirm"))
    if len(set(value)) < len(value):
        raise fault(phrase("names a field twice"))
    if len(value) > _MOST:
        raise fault(phrase("names more than {most} fields", most=_MOST))


@frozen(kw_only=True)
class FormDeclaration:
    """`[forms.NAME]`: a page at `/f/NAME` with a form. Who fills it in is a prospect; whoever claims an
    address that is known changes nothing of that customer."""

    title: str = field(metadata={"doc": "What stands over it."})
    text: str = field(default="", metadata={"doc": "What stands before its fields."})
    fields: tuple[str, ...] = field(
        default=(EMAIL,),
        validator=_fields,
        metadata={
            "doc": "What it asks for: email, which it always asks for, name, given_name, family_name, phone, "
            "message, or a field of [fields]."
        },
    )
    required: tuple[str, ...] = field(default=(), metadata={"doc": "Which of them must be filled in."})
    purpose: str | None = field(
        default=None, metadata={"doc": "What it asks consent for, with a box that nobody has ticked before."}
    )
    channel: str = field(default="email", metadata={"doc": "The channel that the consent is for."})
    thanks: str = field(default="", metadata={"doc": "What is said once it is sent."})
    tags: tuple[str, ...] = field(default=(), metadata={"doc": "Tags of the prospects that it makes."})
    owner: str | None = field(
        default=None, metadata={"doc": "The employee who looks after them, by name or e-mail address."}
    )
    doc: str = field(default="", metadata={"doc": "One line on what it is for."})
