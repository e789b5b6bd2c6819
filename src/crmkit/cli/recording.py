"""Recording one contact, for every command that does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from crmkit.cli.deprecated import tell_of_word
from crmkit.cli.records import interaction_record, local_time, moment, with_currency
from crmkit.cli.terminal import safe
from crmkit.cli.values import amount as read_amount
from crmkit.cli.values import instant, pairs
from crmkit.core.language import _
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.cli.state import State
    from crmkit.core.crm import Crm
    from crmkit.core.model.interaction import Interaction
    from crmkit.core.words.payloads import Line

F = TypeVar("F", bound=Callable[..., Any])
_LINE = re.compile(
    r"(?P<product>.*?\S.*?)(:(?P<quantity>\d{1,9}([.,]\d{1,6})?)(:(?P<price>\d+([.,]\d+)*))?)?", re.DOTALL
)

_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--source-ref", metavar="TEXT", help="Its number there: recording it again changes nothing."
    ),
    click.option("--source", metavar="TEXT", help="The system it comes from."),
    click.option("--employee", metavar="EMPLOYEE", help="Who of us it was, if not who records it."),
    click.option("--outlet", metavar="TEXT", help="At which place of ours."),
    click.option(
        "--direction", type=click.Choice(["in", "out"]), help="in: they came to us; out: we to them."
    ),
    click.option("--channel", metavar="CHANNEL", help="By which channel: phone, in_person, …"),
    click.option("--currency", metavar="CODE", help="The amount's currency, if not the business's own."),
    click.option("--set", "values", metavar="KEY=VALUE", multiple=True, help="Set a key of what it says."),
    click.option(
        "--line",
        "lines",
        metavar="PRODUCT[:N[:PRICE]]",
        multiple=True,
        help='What was bought, such as "Rye bread:2:8.50"; again for each product.',
    ),
    click.option("--text", metavar="TEXT", help="What there is to say about it."),
    click.option("--at", metavar="TIME", help="When, if not now: 2026-05-01 10:00, yesterday."),
)


def describes_contact(command: F) -> F:
    """Add the options of a contact to a command; it receives them as keyword arguments."""
    for option in _OPTIONS:
        command = option(command)
    return command


def record_one(state: State, ref: str, type_: str, amount: str | None, described: Mapping[str, Any]) -> None:
    """Record a contact and print its receipt."""
    crm = state.crm
    word = crm.words.interaction_types[type_]
    tell_of_word(state, "interaction_types", word)
    customer_id = crm.customers.resolve(ref)
    started = crm.clock.now()
    given = details(state, described)
    paid = read_amount(crm, amount, described.get("currency"))
    recorded: Any = crm.interactions.record(
        customer_id, word.name, amount=bought_for(given) if paid is None else paid, **given
    )
    if recorded.recorded_at < started:
        _show_repeated(state, recorded)
    else:
        show_receipt(state, recorded, _("Recorded"))


def _show_repeated(state: State, interaction: Interaction) -> None:
    """Say that nothing was recorded: there is nothing to take back."""
    state.output.receipt(
        _("It was on record already, and nothing was added: {line}", line=_line(state, interaction)),
        reference=interaction.seq,
        record={"interaction": interaction_record(state.crm, interaction), "repeated": True},
    )


def details(state: State, described: Mapping[str, Any]) -> dict[str, Any]:
    """The options as arguments of `Interactions.record` and `correct`, those given alone."""
    crm = state.crm
    employee = described.get("employee")
    given = {
        "at": instant(crm, described.get("at")),
        "payload": payload(crm, described) or None,
        "employee": crm.people.get(employee).id if employee else None,
        **{
            k: described.get(k)
            for k in ("currency", "channel", "direction", "outlet", "source", "source_ref")
        },
    }
    return {key: value for key, value in given.items() if value is not None}


def payload(crm: Crm, described: Mapping[str, Any]) -> dict[str, Any]:
    """What `--text`, `--line` and `--set` say."""
    text, currency = described.get("text"), described.get("currency")
    lines = [line(crm, each, currency) for each in described.get("lines", ())]
    given = ({"text": text} if text else {}) | ({"lines": lines} if lines else {})
    return given | pairs(described.get("values", ()))


def line(crm: Crm, text: str, currency: str | None) -> dict[str, Any]:
    """A line of a purchase: `Rye bread:2:8.50` is two of them, each for 8.50. A product may hold colons."""
    parts = _LINE.fullmatch(text)
    if parts is None:
        raise click.UsageError(
            phrase("--line {text!r} names no product.\nSuch as: --line 'Rye bread:2:8.50'", text=text)
        )
    made: dict[str, Any] = {"product": parts["product"].strip()}
    if parts["quantity"]:
        made["quantity"] = parts["quantity"].replace(",", ".")
    if parts["price"]:
        made["unit_price"] = read_amount(crm, parts["price"], currency)
    return made


def bought_for(given: Mapping[str, Any]) -> int | None:
    """The sum of the lines that have a price, in minor units; None where none has."""
    from decimal import ROUND_HALF_UP, Decimal

    lines = (given.get("payload") or {}).get("lines", ())
    priced = [each for each in lines if "unit_price" in each]
    total = sum((each["unit_price"] * Decimal(each.get("quantity", 1)) for each in priced), Decimal(0))
    return int(total.quantize(Decimal(1), ROUND_HALF_UP)) if priced else None


def show_receipt(state: State, interaction: Interaction, done: str, undo: str = "") -> None:
    """Say what is on record now and how to take it back: by voiding it, unless `undo` says otherwise."""
    remarks = state.crm.interactions.remarks(interaction)
    record: dict[str, Any] = {"interaction": interaction_record(state.crm, interaction)}
    state.output.receipt(
        "\n  ".join((f"{done}: {_line(state, interaction)}", *map(safe, remarks))),
        undo=undo or f"crm interactions void {interaction.seq}",
        reference=interaction.seq,
        record=record | ({"remarks": remarks} if remarks else {}),
    )


def _line(state: State, interaction: Interaction) -> str:
    crm = state.crm
    (customer,) = crm.customers.summaries([interaction.customer_id])
    when = local_time(moment(crm, interaction.occurred_at) or "")
    money = with_currency(interaction_record(crm, interaction))
    what = " ".join(filter(None, (interaction.type, money)))
    return _(
        "{what} with {customer} (#{id}) at {when}, as number {seq}",
        what=what,
        customer=customer.name,
        id=customer.id,
        when=when,
        seq=interaction.seq,
    )


def _as_line(bought: Line, currency: str) -> str:
    from crmkit.core.model.money import format_amount

    said = f"{bought.product}:{bought.quantity}"
    return said if bought.unit_price is None else f"{said}:{format_amount(bought.unit_price, currency)}"


def as_options(crm: Crm, interaction: Interaction) -> str:
    """An interaction as the options that would record it again."""
    import shlex

    record = interaction_record(crm, interaction)
    given: dict[str, Any] = {"--at": local_time(record["at"])}
    given |= {f"--{key}": record[key] for key in ("amount", "currency", "channel", "direction", "outlet")}
    words = [word for option, value in given.items() if value is not None for word in (option, value)]
    for each in getattr(interaction.payload, "lines", ()):
        words += ["--line", _as_line(each, str(interaction.currency))]
    for key, value in dict(record["payload"]).items():
        if isinstance(value, (str, int)) and value != "":
            words += ["--set", f"{key}={value}"]
    return " ".join(map(shlex.quote, map(str, words)))
