"""What a business can set under `[plugins.analytical.report]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

from crmkit.plugin import phrase

if TYPE_CHECKING:
    from attrs import Attribute


def _within(_: object, __: Attribute[str], value: str) -> None:
    from pathlib import PurePath

    if not value.strip() or ".." in PurePath(value).parts:
        raise ValueError(phrase("{value} is not the name of a folder, such as reports", value=repr(value)))


@frozen(kw_only=True)
class ReportSettings:
    """When a report is written by itself, and who hears of it."""

    every: Literal["week", "month"] | None = field(
        default=None, metadata={"doc": "How often `crm worker` writes a report, of the week or month before."}
    )
    folder: str = field(
        default="reports", validator=_within, metadata={"doc": "Where to, from the folder of crm.toml."}
    )
    mail_to: tuple[str, ...] = field(
        default=(), metadata={"doc": "E-mail addresses of employees who are told of it, with its figures."}
    )
