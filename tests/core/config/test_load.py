"""From `crm.toml` to values, or to every problem at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from attrs.exceptions import FrozenInstanceError

from crmkit.core.config import find, load
from crmkit.core.errors import ConfigError, NotFound

Write = Callable[..., Path]
Refused = Callable[..., list[str]]

CRS = '[crs]\nname = "x"\n'


def test_a_name_is_enough(write: Write) -> None:
    """Everything but the name of the business has a default."""
    config = load(write(CRS))
    assert (config.crs.currency, config.crs.timezone, config.crs.locale) == ("EUR", "UTC", "en")
    assert config.crs.plugins == ()
    assert config.matching.keys == ("identities", "email")
    assert config.people.default_actor is None
    assert not config.fields
    assert config.database() == config.path.parent / "crm.db"


def test_every_section_becomes_values(write: Write) -> None:
    """Fields, interactions, labels, purposes, matching, people, roles and plugins are read as written."""
    config = load(
        write(
            """
            [crs]
            name = "Rye & Co."
            currency = "PLN"
            timezone = "Europe/Warsaw"
            locale = "pl"
            plugins = ["operational"]
            clock = "1998-07-01T09:00"

            [fields.bread]
            type = "choice"
            choices = ["rye", "wheat"]
            default = "rye"
            was = "loaf"

            [interactions.tasting]
            label = "Tasting"
            amount = true
            version = 2
            fields = { rating = "number", wine = { type = "choice", choices = ["red"] } }

            [identities]
            shop = "Customer number"
            [channels]
            letter = "Letter"
            [relationships]
            works_at = "works at"

            [purposes.special-offers]
            type = "marketing"
            wording = "May we write?"
            wording_version = 3

            [matching]
            keys = ["email"]
            [people]
            default_actor = "ann"
            [roles.clerk]
            permissions = ["customers.write"]
            sees = "team"

            [plugins.operational]
            use = ["loyalty"]
            rate = 3
            nested = { deep = true }
            """
        )
    )
    assert config.crs.clock == "1998-07-01T09:00"
    assert config.fields["bread"].choices == ("rye", "wheat")
    assert config.fields["bread"].was == "loaf"
    tasting = config.interactions["tasting"]
    assert (tasting.amount, tasting.version, tasting.fields["rating"].type) == (True, 2, "number")
    assert tasting.fields["wine"].choices == ("red",)
    assert dict(config.identities) == {"shop": "Customer number"}
    assert dict(config.channels) == {"letter": "Letter"}
    assert dict(config.relationships) == {"works_at": "works at"}
    assert config.purposes["special-offers"].wording_version == 3
    assert config.matching.keys == ("email",)
    assert config.people.default_actor == "ann"
    assert (config.roles["clerk"].permissions, config.roles["clerk"].sees) == (("customers.write",), "team")
    section = config.plugins["operational"]
    assert (section.enabled, section.use) == (True, ("loyalty",))
    assert dict(section.settings) == {"rate": 3, "nested": {"deep": True}}


def test_the_result_cannot_be_changed(write: Write) -> None:
    """Neither attributes nor the tables within can be assigned to."""
    config = load(write(CRS + "[identities]\nshop = 'Shop'\n"))
    with pytest.raises(FrozenInstanceError):
        config.crs.name = "y"  # type: ignore[misc]
    with pytest.raises(TypeError):
        config.identities["other"] = "Other"  # type: ignore[index]


def test_every_problem_is_listed_at_once(refused: Refused) -> None:
    """Unknown keys, wrong types, wrong values and broken rules, each in its line, in one go."""
    assert refused(
        """\
        [crs]
        name = "x"
        curency = "PLN"
        timezone = "Europe/Warsow"
        plugins = [
            "operational",
            3,
        ]
        [fields.bread]
        type = "chioce"
        [fields.email]
        type = "text"
        [purpose.x]
        type = "marketing"
        """
    ) == [
        'crm.toml:3: [crs] curency: is not known here; did you mean "currency"?',
        (
            'crm.toml:4: [crs] timezone: "Europe/Warsow" is not an IANA time zone such as Europe/Warsaw; '
            'did you mean "Europe/Warsaw"?'
        ),
        "crm.toml:7: [crs] plugins[1]: 3 is not text",
        (
            'crm.toml:10: [fields.bread] type: "chioce" is not one of text, number, money, date, datetime, '
            'bool, choice, multi-choice, reference; did you mean "choice"?'
        ),
        "crm.toml:11: [fields.email]: the name is taken by the core; choose another",
        'crm.toml:13: [purpose]: is not known here; did you mean "purposes"?',
    ]


def test_problems_are_plain_values_for_programs(write: Write) -> None:
    """`details["problems"]` has file, line, key, message and suggestion of each."""
    path = write(CRS + '[fields.bread]\ntype = "chioce"\n')
    with pytest.raises(ConfigError) as caught:
        load(path)
    (problem,) = caught.value.details["problems"]
    assert (problem["file"], problem["line"], problem["key"]) == (str(path), 4, "fields.bread.type")
    assert problem["suggestion"] == "choice"
    assert problem["message"].startswith('"chioce" is not one of text')
    assert caught.value.exit_status == 5


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("", "crm.toml:1: [crs]: is missing"),
        ("[crs]", "crm.toml:1: [crs] name: is missing"),
        ("[crz]\nname = 'x'", 'crm.toml:1: [crz]: is not known here; did you mean "crs"?'),
        ("crs = 3", "crm.toml:1: crs: 3 is not a table"),
        ("[crs]\nname = ' '", "crm.toml:2: [crs] name: must not be empty"),
        ("[crs]\nname = 'x'\nlocale = 'English'", "is not a language such as en, pl or pt_BR"),
        ("[crs]\nname = 'x'\ncurrency = 'eur'", 'ISO 4217 currency code such as EUR; did you mean "EUR"?'),
        ("[crs]\nname = 'x'\ntimezone = '../etc'", "is not an IANA time zone"),
        ("[crs]\nname = 'x'\ntimezone = 'Europe'", "is not an IANA time zone"),
        ("[crs]\nname = 'x'\nplugins = 'email'", 'crm.toml:3: [crs] plugins: "email" is not an array'),
        ("[crs]\nname = 'x'\nplugins = ['a', 'a']", 'crm.toml:3: [crs] plugins[1]: "a" is given twice'),
        ("[crs]\nname = 'x'\nclock = '09:00'", "is not a local date and time such as 1998-07-01T09:00"),
        ("[crs]\nname = 'x'\nclock = '1998-07-01T09:00Z'", "is not a local date and time"),
        ("[crs]\nname = 'x'\ndatabase = ''", "must be the path of a file or a URL postgresql://…"),
        ("[crs]\nname = 'x'\ndatabase = 'postgres://h/d'", 'did you mean "postgresql://…"?'),
        ("[crs]\nname = true", "crm.toml:2: [crs] name: true is not text"),
    ],
)
def test_the_business_itself_is_checked(refused: Refused, lines: str, expected: str) -> None:
    """Each setting of [crs] says what it accepts."""
    (line,) = refused(lines)
    assert expected in line


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("type = 'choice'", "choices: a choice field needs at least one choice"),
        ("type = 'text'\nchoices = ['a']", "only choice and multi-choice fields have choices, not text"),
        ("type = 'choice'\nchoices = ['a', 'a']", 'choices[1]: "a" is given twice'),
        ("type = 'choice'\nchoices = ['']", "choices[0]: must not be empty"),
        ("type = 'number'\ndecimals = 10", "decimals: 10 is not between 0 and 9"),
        ("type = 'money'\ndecimals = 2", "only number fields have decimals, not money"),
        (
            "type = 'choice'\nchoices = ['rye']\ndefault = 'rey'",
            '"rey" is not one of rye; did you mean "rye"?',
        ),
        ("type = 'multi-choice'\nchoices = ['a']\ndefault = 'a'", 'default: "a" is not an array of choices'),
        ("type = 'multi-choice'\nchoices = ['a']\ndefault = ['a', 'a']", "a choice is given twice"),
        ("type = 'multi-choice'\nchoices = ['a']\nunique = true", "a multi-choice field cannot be unique"),
        ("type = 'number'\ndefault = 1.5", "has more digits after the point than decimals = 0"),
        ("type = 'number'\ndefault = true", "true is not a number"),
        ("type = 'number'\ndefault = inf", "inf is not a finite number"),
        ("type = 'money'\ndefault = 'ten'", '"ten" is not a number'),
        ("type = 'bool'\ndefault = 1", "1 is not true or false"),
        ("type = 'date'\ndefault = 2026-01-31T09:00:00", "is not a date such as 2026-01-31"),
        ("type = 'date'\ndefault = '31.1.2026'", '"31.1.2026" is not a date such as 2026-01-31'),
        ("type = 'datetime'\ndefault = 2026-01-31", "is not a date and time"),
        ("type = 'text'\ndefault = 3", "3 is not text"),
        ("type = 'text'\nunique = true\ndefault = 'a'", "a unique field cannot have a default"),
        ("type = 'text'\nrequired = 'yes'", 'required: "yes" is not true or false'),
        ("label = 'x'", "crm.toml:3: [fields.bread] type: is missing"),
    ],
)
def test_fields_are_checked_against_their_type(refused: Refused, field: str, expected: str) -> None:
    """A declaration that contradicts itself is refused at the key that is wrong."""
    (line,) = refused(f"{CRS}[fields.bread]\n{field}")
    assert expected in line


@pytest.mark.parametrize(
    ("field", "default"),
    [
        ("type = 'number'\ndecimals = 2\ndefault = 12.50", Decimal("12.5")),
        ("type = 'money'\ndefault = '12.50'", Decimal("12.50")),
        ("type = 'date'\ndefault = '2026-01-31'", date(2026, 1, 31)),
        ("type = 'date'\ndefault = 2026-01-31", date(2026, 1, 31)),
        ("type = 'datetime'\ndefault = 2026-01-31T09:00:00Z", datetime(2026, 1, 31, 9, tzinfo=UTC)),
        ("type = 'bool'\ndefault = false", False),
        ("type = 'multi-choice'\nchoices = ['a', 'b']\ndefault = ['b']", ("b",)),
        ("type = 'reference'\ndefault = 'shop:1'", "shop:1"),
    ],
)
def test_a_default_has_the_fields_own_type(write: Write, field: str, default: object) -> None:
    """Numbers and money are exact decimals, dates are dates, choices a tuple."""
    value = load(write(f"{CRS}[fields.bread]\n{field}")).fields["bread"].default
    assert value == default
    assert type(value) is type(default)


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("[fields.Bread]\ntype = 'text'", 'did you mean "bread"?'),
        ("[fields.\"a b\"]\ntype = 'text'", 'crm.toml:3: [fields."a b"]: the name is not'),
        ("[fields.and]\ntype = 'text'", "the name is taken by the core"),
        (f"[fields.{'a' * 49}]\ntype = 'text'", "the name is not a lower-case letter"),
        ("[identities]\nWeb-shop = 'x'", 'did you mean "web_shop"?'),
        ("[interactions.tasting.fields]\n1st = 'text'", "[interactions.tasting.fields] 1st: the name is not"),
        ("[interactions.tasting]\nversion = 0", "0 is less than 1"),
        ("[interactions.tasting]\nfields = { a = 'txt' }", 'did you mean "text"?'),
        ("[purposes.x]\ntype = 'marketting'", 'did you mean "marketing"?'),
        ("[matching]\nkeys = ['phone']", "a number may belong to a household or a switchboard"),
        ("[matching]\nkeys = ['e-mail']", 'did you mean "email"?'),
        ("[roles.x]\nsees = 'everything'", "is not one of all, team, own"),
        ("[fields.a]\ntype = 'text'\n[fields.b]\ntype = 'text'\nwas = 'a'", '"a" is still declared'),
        ("[plugins.email]\nenabled = 1", "crm.toml:4: [plugins.email] enabled: 1 is not true or false"),
        ("[plugins]\nemail = true", "crm.toml:4: [plugins] email: true is not a table"),
        ("[[fields]]\ntype = 'text'", "crm.toml:3: fields: an array is not a table"),
    ],
)
def test_names_and_rules_of_the_other_sections(refused: Refused, section: str, expected: str) -> None:
    """Names are spelled in one way, and each section refuses what it cannot mean."""
    (line,) = refused(CRS + section)
    assert expected in line


def test_one_old_name_for_two_fields(refused: Refused) -> None:
    """Two fields cannot both be the renamed form of a third."""
    (line,) = refused(CRS + "[fields.a]\ntype = 'text'\nwas = 'c'\n[fields.b]\ntype = 'text'\nwas = 'c'\n")
    assert 'crm.toml:8: [fields.b] was: "c" was already renamed to a' in line


def test_the_nearest_file_upwards_is_found(write: Write, tmp_path: Path) -> None:
    """`find` looks in the directory and in those above it."""
    path = write(CRS)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert find(deep) == path


def test_no_file_upwards_says_how_to_get_one(tmp_path: Path) -> None:
    """Without any crm.toml the hint is the command that makes one."""
    with pytest.raises(NotFound, match=r"no crm\.toml") as caught:
        find(tmp_path)
    assert "crm init" in caught.value.hint
