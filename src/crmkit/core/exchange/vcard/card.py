"""A business card as plain values, the same for every version of the format."""

from __future__ import annotations

from attrs import evolve, frozen

from crmkit.core.exchange.vcard.escaping import escaped, plain


@frozen
class Property:
    """One line of a card, `group.NAME;PARAM=value:VALUE`, as it stands: `value` is still escaped.

    `name` and the names of parameters are in capitals; a parameter with several values is several pairs.
    """

    name: str
    value: str
    params: tuple[tuple[str, str], ...] = ()
    group: str = ""

    @classmethod
    def of(cls, name: str, text: str, **params: str) -> Property:
        """The property `name` with a plain text as its value."""
        return cls(name.upper(), escaped(text), tuple((key.upper(), value) for key, value in params.items()))

    @property
    def text(self) -> str:
        """The value as plain text."""
        return plain(self.value)

    def param(self, name: str) -> str:
        """The first value of a parameter; empty where there is none."""
        return next((value for key, value in self.params if key == name), "")

    def all_of(self, name: str) -> tuple[str, ...]:
        """All values of a parameter."""
        return tuple(value for key, value in self.params if key == name)


@frozen
class Point:
    """A way to reach somebody. `types` are words such as `work`, `home`, `cell`, in small letters; `label`
    is a name that somebody made up for it."""

    value: str
    types: tuple[str, ...] = ()
    label: str = ""
    preferred: bool = False


@frozen(kw_only=True)
class Address:
    """A postal address in parts; `text` is how it stands on an envelope, and may be all there is."""

    street: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    pobox: str = ""
    extended: str = ""
    text: str = ""
    types: tuple[str, ...] = ()
    label: str = ""
    preferred: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """The seven parts in the order of the format."""
        return (
            self.pobox, self.extended, self.street, self.city, self.region, self.postcode, self.country,
        )  # fmt: skip


@frozen
class Related:
    """Somebody else that the card names: `types` say how (`spouse`), `value` is a URI or a name."""

    value: str
    types: tuple[str, ...] = ()


@frozen(kw_only=True)
class Card:
    """One card. All texts are plain (not escaped), and empty where the card says nothing.

    `name` is FN; `organization` is ORG, the name and then the units; `birthday` and `anniversary` are
    `1990-05-01`, `--05-01`, `1990-05`, `1990`, or words; `uid` is without `urn:uuid:`; `kind` is
    `individual`, `org`, `group` or `location`; `handles` are IMPP. `others` is everything else, X-properties
    included, in its order.
    """

    name: str = ""
    family_name: str = ""
    given_name: str = ""
    additional_names: str = ""
    prefixes: str = ""
    suffixes: str = ""
    nicknames: tuple[str, ...] = ()
    kind: str = ""
    organization: tuple[str, ...] = ()
    title: str = ""
    role: str = ""
    emails: tuple[Point, ...] = ()
    phones: tuple[Point, ...] = ()
    addresses: tuple[Address, ...] = ()
    urls: tuple[Point, ...] = ()
    handles: tuple[Point, ...] = ()
    birthday: str = ""
    anniversary: str = ""
    categories: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    timezone: str = ""
    related: tuple[Related, ...] = ()
    uid: str = ""
    revised: str = ""
    others: tuple[Property, ...] = ()

    def plus(self, *others: Property) -> Card:
        """The card with more properties."""
        return evolve(self, others=(*self.others, *others))
