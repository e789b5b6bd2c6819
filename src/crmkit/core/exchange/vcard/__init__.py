"""vCard: `write_card(card, version="4.0")` writes one card, `read_cards(file)` reads all cards of a file."""

from crmkit.core.exchange.vcard.card import Address, Card, Point, Property, Related
from crmkit.core.exchange.vcard.own import own_property, own_target
from crmkit.core.exchange.vcard.reading import ReadCard, read_cards
from crmkit.core.exchange.vcard.writing import write_card

__all__ = [
    "Address",
    "Card",
    "Point",
    "Property",
    "ReadCard",
    "Related",
    "own_property",
    "own_target",
    "read_cards",
    "write_card",
]
